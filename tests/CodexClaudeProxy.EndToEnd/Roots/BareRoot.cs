using System.Diagnostics;

namespace CodexClaudeProxy.EndToEnd.Roots;

/// <summary>
/// A directory that is the whole system for a program: it holds <c>/dev</c> and what a test puts there, nothing else; or a copy of a
/// small system.
/// </summary>
internal sealed class BareRoot : IDisposable
{
    private const string Program = "codex-claude-proxy";

    // A mount of its own, so that nothing has to be taken away afterwards; exec, so that the process started is the program.
    private const string Enter = """root=$0; mount --rbind /dev "$root/dev" && exec "$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)" "$root" "$@" """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ccp-root-");

    /// <param name="binary">The program; the root gets a copy.</param>
    /// <param name="system">The directory of a small system; null for an empty root.</param>
    public BareRoot(string binary, string? system = null)
    {
        if (system is not null)
        {
            using Process copy = Process.Start("cp", ["-a", system + "/.", _root.FullName]);
            copy.WaitForExit();
        }
        _root.CreateSubdirectory("dev");
        File.Copy(binary, Path.Combine(_root.FullName, Program));
    }

    /// <summary>Skips the test where such a root cannot be entered.</summary>
    public static void RequireEntry() => Needs.Nothing(Obstacle);

    private static string? Obstacle { get; } = FindObstacle();

    public void Write(string name, string content)
    {
        string file = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    /// <summary>Copies the C library of this machine: all that the dynamic program names.</summary>
    public void AddLibc()
    {
        string loader = new[] { "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1" }.First(File.Exists);
        string folder = new[] { "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64" }.First(folder => File.Exists(Path.Combine(folder, "libc.so.6")));
        foreach (string file in new[] { "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1" }.Select(name => Path.Combine(folder, name)).Append(loader))
        {
            string copy = _root.FullName + file;
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (File.Exists(file)) File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Starts the program with no variable but these.</summary>
    public ProcessStartInfo Start(string[] arguments, params (string Name, string Value)[] variables) => StartAny(["/" + Program, .. arguments], variables);

    private ProcessStartInfo StartAny(string[] command, (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new("unshare", ["--map-root-user", "--mount", "sh", "-c", Enter, _root.FullName, .. command]);
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = "/home";
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return start;
    }

    /// <summary>Runs the program to its end.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, params (string Name, string Value)[] variables) => RunAsync(Start(arguments, variables));

    /// <summary>Runs a command of the small system.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunCommandAsync(params string[] command) => RunAsync(StartAny(command, []));

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        // What does not end by itself would hold up everything else.
        using CancellationTokenRegistration end = limit.Token.Register(process.Kill);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, output, await errors);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux()) return "only Linux has such roots";
        try
        {
            using Process probe = Process.Start(new ProcessStartInfo("unshare", ["--map-root-user", "--mount", "true"]) { RedirectStandardError = true })!;
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : "this machine allows no user namespaces";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unshare (util-linux) is missing";
        }
    }
}
