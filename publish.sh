#!/bin/sh
# Builds the one file a user needs: dist/<rid>/codex-claude-proxy
#
#   ./publish.sh               for this machine
#   ./publish.sh linux-arm64   for another one, from Linux x64
#   ./publish.sh linux-x64 --static
#                              with OpenSSL and the C library inside, in dist/linux-x64-static: needs no library at all on the target
#   ./publish.sh linux-x64 --release [--static]
#                              as it is released: linked with Debian's packages of scripts/sysroot.packages instead of this machine's
#                              libraries, from the packages that the lock files name; fails if it needs a newer glibc than 2.28
#   ./publish.sh linux-x64 -p:SqliteLibrary=-lsqlite3
#                              further arguments go to dotnet publish as they are; this one uses the system's SQLite where there is
#                              no static one to link in
set -eu
release_floor=2.28
cd "$(dirname "$0")"

say() { printf '%s\n' "$@" >&2; }
die() { say "$@"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

here() {
  case "$(uname -m)" in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die "No .NET native compiler for $(uname -m)." ;;
  esac
  case "$(uname -s)" in
    Linux) if ldd --version 2>&1 | grep -qi musl; then echo "linux-musl-$arch"; else echo "linux-$arch"; fi ;;
    Darwin) echo "osx-$arch" ;;
    *) die "On Windows run publish.ps1." ;;
  esac
}

# Native code is linked by the system's own tools; what is missing is easier to read here than in the linker's words.
check_tools() {
  has dotnet || die "The .NET SDK 10 is missing: https://dotnet.microsoft.com/download"
  case "$1" in
    osx-*) xcode-select -p >/dev/null 2>&1 || die "Apple's linker is missing. Install it with: xcode-select --install" ;;
    *) has clang || has gcc || die "A linker is missing. Install clang or gcc:" \
         "  Debian, Ubuntu: apt-get install clang" \
         "  Fedora: dnf install clang" \
         "  Alpine: apk add clang build-base" ;;
  esac
  check_sqlite "$@"
}

# On Linux SQLite is linked in; macOS and Windows bring it along.
check_sqlite() {
  case "$*" in *SqliteLibrary=* | osx-*) return ;; esac
  [ -z "$sysroot" ] || return 0
  linker=clang target=
  has clang || linker=gcc
  [ "$1" = "$machine" ] || target=--target=aarch64-linux-gnu
  case "$($linker $target -print-file-name=libsqlite3.a)" in /*) return ;; esac
  [ -z "$target" ] || die "SQLite for linux-arm64 is missing. On Debian or Ubuntu:" \
    "  dpkg --add-architecture arm64 && apt-get update && apt-get install libsqlite3-dev:arm64"
  die "SQLite's static library is missing. Install it:" \
    "  Debian, Ubuntu: apt-get install libsqlite3-dev" \
    "  Alpine: apk add sqlite-static sqlite-dev" \
    "or use the system's shared one (Fedora: dnf install sqlite-devel) with: -p:SqliteLibrary=-lsqlite3"
}

# OpenSSL's part of .NET is compiled here, because the one that comes with it looks for the library at run time.
check_static() {
  case "$1" in linux-*) ;; *) die "Only Linux has static programs." ;; esac
  [ -z "$release" ] || return 0
  [ "$1" = "$machine" ] || die "A static program has to be built on a $1 machine, or with --release."
  linker=clang
  has clang || linker=gcc
  has cmake && has ld.lld && case "$($linker -print-file-name=libssl.a 2>/dev/null)" in /*) ;; *) false ;; esac ||
    die "A static program needs cmake, lld and OpenSSL's static library. Install them:" \
      "  Debian, Ubuntu: apt-get install cmake lld libssl-dev" \
      "  Alpine: apk add cmake lld openssl-dev openssl-libs-static"
}

check_release() {
  case "$1" in linux-x64 | linux-arm64) ;; *) die "A release for Linux is linux-x64 or linux-arm64; with --static either runs with musl, too." ;; esac
  has clang && has ld.lld && has cmake && has objdump && has curl || die "A release needs clang, lld, cmake, objdump and curl. On Debian or Ubuntu:" \
    "  apt-get install clang lld cmake binutils curl"
}

# The oldest glibc that has everything the program asks of it.
glibc_floor() {
  has objdump || return 0
  objdump -T "$1" 2>/dev/null | sed -n 's/.*GLIBC_\([0-9][0-9.]*\).*/\1/p' | sort -Vu | tail -n 1
}

# Whether a released program has come to need more than it may.
check_needs() {
  if [ -n "$static" ]; then
    ! objdump -p "$1" | grep NEEDED >&2 || die "A static program may need no library."
  else
    floor=$(glibc_floor "$1")
    [ -n "$floor" ] && [ "$(printf '%s\n' "$floor" "$release_floor" | sort -V | tail -n 1)" = "$release_floor" ] || die "$1 needs glibc ${floor:-of an unknown version}; a release may need $release_floor at most."
  fi
}

machine=$(here)
rid=$machine
case "${1:-}" in "" | -*) ;; *) rid=$1; shift ;; esac
static='' release='' sysroot=''
while :; do
  case "${1:-}" in --static) static=-static ;; --release) release=1 ;; *) break ;; esac
  shift
done
out=$rid$static

[ -z "$static" ] || check_static "$rid"
if [ "$rid" != "$machine" ]; then
  [ "$machine/$rid" = linux-x64/linux-arm64 ] || die "Native code for $rid has to be built on a $rid machine."
  has clang && has ld.lld && has aarch64-linux-gnu-objcopy || die "Building for linux-arm64 from here needs, on Debian or Ubuntu:" \
    "  apt-get install clang lld gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
  set -- -p:LinkerFlavor=lld -p:ObjCopyName=aarch64-linux-gnu-objcopy "$@"
fi

if [ -n "$release" ]; then
  # Forced, because otherwise a lock file is not looked at again.
  set -- -p:RestoreLockedMode=true -p:RestoreForce=true "$@"
  case "$rid" in
    linux-*)
      check_release "$rid"
      sysroot=$(scripts/sysroot.sh "$rid" ${static:+static})
      set -- -p:SysRoot="$sysroot" -p:LinkerFlavor=lld "$@"
      ;;
  esac
fi
if [ -n "$static" ]; then
  # The older GNU linkers fail on such a program. lld would drop the runtime's tables of modules unless it is told to keep them.
  set -- -p:StaticExecutable=true -p:StaticOpenSslLinking=true -p:LinkerFlavor=lld "$@"
  [ -z "$sysroot" ] || export CMAKE_TOOLCHAIN_FILE="$sysroot/toolchain.cmake"
elif [ -n "$sysroot" ]; then
  mkdir -p artifacts/publish
  clang --target="$(sed -n 's/^set(CMAKE_C_COMPILER_TARGET \(.*\))/\1/p' "$sysroot/toolchain.cmake")" -O2 -fPIC -fno-builtin -c scripts/old-math.c -o "artifacts/publish/$rid-old-math.o"
  set -- -p:OldMath="$PWD/artifacts/publish/$rid-old-math.o" "$@"
fi
check_tools "$rid" "$@"

# What was linked or compiled with other libraries does not count as done; .NET looks at the times of files only.
rm -rf "artifacts/bin/CodexClaudeProxy/release_$rid/native" "artifacts/obj/CodexClaudeProxy/release_$rid/libs"

work="artifacts/publish/$out"
dotnet publish src/CodexClaudeProxy -c Release -r "$rid" -o "$work" --nologo -v quiet "$@"

[ -z "$sysroot" ] || check_needs "$work/codex-claude-proxy"
mkdir -p "dist/$out"
cp "$work/codex-claude-proxy" "dist/$out/codex-claude-proxy"
say "dist/$out/codex-claude-proxy  $(($(wc -c <"dist/$out/codex-claude-proxy") / 1024)) KB   (debug symbols stay in $work)"
case "$out" in
  *-static) say "needs no library" ;;
  linux-musl-*) ;;
  linux-*) floor=$(glibc_floor "dist/$out/codex-claude-proxy"); [ -z "$floor" ] || say "needs glibc $floor or newer, and OpenSSL" ;;
esac
