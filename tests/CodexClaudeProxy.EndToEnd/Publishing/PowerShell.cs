using System.Diagnostics;

namespace CodexClaudeProxy.EndToEnd.Publishing;

/// <summary>PowerShell, as .NET's own tool (<c>dotnet tool restore</c>): scripts for Windows are tried with it on any system.</summary>
internal static class PowerShell
{
    private static readonly Lazy<string?> Obstacle = new(static () =>
        RunAsync(["-Command", "exit 0"], []).GetAwaiter().GetResult().ExitCode == 0 ? null : "PowerShell is missing (dotnet tool restore)");

    /// <summary>Skips the test where there is no PowerShell.</summary>
    public static void Require() => Needs.Nothing(Obstacle.Value);

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new("dotnet", ["tool", "run", "pwsh", "--", "-NoProfile", "-NonInteractive", .. arguments])
        {
            WorkingDirectory = Clients.Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        // As plain text, and without a file of its own in the home directory.
        start.Environment["NO_COLOR"] = "1";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
