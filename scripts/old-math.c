/* Debian 11's C library, which a release is linked with, has two versions of these functions. Asking for the older one (in all
   but error codes the same) lets the program start with glibc 2.28. */
#ifdef __x86_64__
#define OLD "GLIBC_2.2.5"
#else
#define OLD "GLIBC_2.17"
#endif

#define FORWARD(name, parameters, arguments) \
    double old_##name parameters; \
    __asm__(".symver old_" #name ", " #name "@" OLD); \
    __attribute__((visibility("hidden"))) double name parameters { return old_##name arguments; }

FORWARD(exp, (double x), (x))
FORWARD(log, (double x), (x))
FORWARD(log2, (double x), (x))
FORWARD(pow, (double x, double y), (x, y))
