using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// The program as users get it: compiled ahead of time. <c>CCP_BINARY</c> names one that is already there; otherwise it is
/// published once in a run.
/// </summary>
internal static class PublishedBinary
{
    private static readonly Lazy<Task<string>> Path = new(FindAsync);

    public static Task<string> PathAsync() => Path.Value;

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("CCP_BINARY") is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new FileNotFoundException($"CCP_BINARY names {given}, which is not there.");
        }

        string folder = System.IO.Path.Combine(Clients.Repository, "artifacts", "end-to-end", RuntimeInformation.RuntimeIdentifier);
        await PublishAsync(folder);
        return System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? "codex-claude-proxy.exe" : "codex-claude-proxy");
    }

    private static async Task PublishAsync(string folder)
    {
        // Build servers would inherit our pipes and keep them open after the end.
        ProcessStartInfo start = new("dotnet",
        [
            "publish", System.IO.Path.Combine(Clients.Repository, "src", "CodexClaudeProxy"),
            "--configuration", "Release", "--runtime", RuntimeInformation.RuntimeIdentifier, "--output", folder,
            "--disable-build-servers", "--verbosity", "quiet",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process publish = Process.Start(start)!;
        Task<string> errors = publish.StandardError.ReadToEndAsync();
        string output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new InvalidOperationException($"The program cannot be published.\n{output}\n{await errors}");
    }
}
