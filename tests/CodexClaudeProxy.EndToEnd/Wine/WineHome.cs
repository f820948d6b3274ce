using System.Diagnostics;

namespace CodexClaudeProxy.EndToEnd.Wine;

/// <summary>
/// A user's home directory in the Windows that <c>scripts/wine.sh prepare</c> made; <c>CCP_WINE</c> names its folder. There is one home
/// for all, so it is emptied at the beginning, and whoever uses it is alone.
/// </summary>
internal sealed class WineHome : IDisposable
{
    /// <summary>For a command, or a server's start: compiled while it runs, and on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly ClientHome _unix = new();
    private readonly string _machine;

    public WineHome()
    {
        _machine = Environment.GetEnvironmentVariable("CCP_WINE") is { Length: > 0 } folder ? folder
            : throw new InvalidOperationException("CCP_WINE has to name a folder made with: scripts/wine.sh prepare FOLDER");
        Folder = Directory.GetDirectories(Path.Combine(_machine, "prefix", "drive_c", "users")).Single(user => Path.GetFileName(user) != "Public");
        foreach (string left in new[] { ".claude", ".codex", ".codex-claude-proxy" })
        {
            if (Directory.Exists(PathOf(left))) Directory.Delete(PathOf(left), recursive: true);
        }
    }

    /// <summary>Where Windows' home directory lies, as we see it.</summary>
    public string Folder { get; }

    public string Temporary => PathOf("Temp");

    public string PathOf(string relativePath) => Path.Combine(Folder, relativePath);

    /// <returns>The file's name in Windows.</returns>
    public string Write(string relativePath, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relativePath))!);
        File.WriteAllText(PathOf(relativePath), content);
        return $@"C:\users\{Path.GetFileName(Folder)}\{relativePath.Replace('/', '\\')}";
    }

    /// <summary>Runs the program to its end.</summary>
    public Task<ClientResult> RunAsync(Dictionary<string, string> environment, string[] arguments, string input = "") =>
        ClientProcess.RunAsync(Script, [.. Arguments, .. arguments], _unix, environment, TestContext.Current.CancellationToken,
            async (standardInput, _, cancellation) => await standardInput.WriteAsync(input.AsMemory(), cancellation), Limit);

    /// <summary>Starts the program as a server, which stops at Ctrl+C.</summary>
    public Task<RunningProgram> StartAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Script, [.. Arguments, .. arguments]) { WorkingDirectory = _unix.Folder };
        string? path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = _unix.Folder;
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return RunningProgram.StartAsync(start, stopSignal: "INT", Limit);
    }

    public void Dispose() => _unix.Dispose();

    private static string Script => Path.Combine(Clients.Repository, "scripts", "wine.sh");

    private string[] Arguments => ["run", _machine, "codex-claude-proxy"];
}
