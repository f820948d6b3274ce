using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The installed Claude Code.</summary>
internal static class ClaudeProgram
{
    public const string Name = "claude";

    public const string InstallHint = "Install Claude Code with: npm install -g @anthropic-ai/claude-code, or see https://code.claude.com/docs/en/setup";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly string[] WindowsEndings = [".exe", ".cmd", ".bat"];

    private static readonly ConcurrentDictionary<(string Path, DateTime Changed), string?> Versions = [];

    /// <summary>The file a name stands for, as a shell would find it; null when there is none.</summary>
    public static string? Find(string name, string searchPath)
    {
        string[] endings = OperatingSystem.IsWindows() && !Path.HasExtension(name) ? WindowsEndings : [""];
        IEnumerable<string> places = name.Contains(Path.DirectorySeparatorChar) ? [""] : searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return places.SelectMany(place => endings.Select(ending => Path.Combine(place, name + ending))).FirstOrDefault(IsProgram);
    }

    /// <summary>For instance <c>2.1.330</c>; null when it cannot be found out. Asked once for each installed file.</summary>
    public static async Task<string?> VersionAsync(string path, CancellationToken cancellation)
    {
        var key = (path, File.GetLastWriteTimeUtc(path));
        if (Versions.TryGetValue(key, out string? known)) return known;
        string? version = await AskAsync(path, cancellation);
        return version is null ? null : Versions[key] = version;
    }

    private static async Task<string?> AskAsync(string path, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, ["--version"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            try
            {
                string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return output.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var version, ..] && version.Length < 40 && char.IsAsciiDigit(version[0]) ? version : null;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellation.ThrowIfCancellationRequested();
                return null;
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private static bool IsProgram(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
