using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.Doctor;

/// <summary>Claude Code: whether it is there, and where it leads.</summary>
internal static class ClaudeChecks
{
    private const string Configure = "codex-claude-proxy claude config proxy, or start it with: codex-claude-proxy run";

    public static IEnumerable<Check> Of(Patient patient) =>
    [
        new("claude", "Claude Code", token => ProgramAsync(patient.Claude, token)),
        new("claude-settings", "Claude Code's settings", _ => Task.FromResult(Settings(patient))),
    ];

    private static async Task<Verdict> ProgramAsync(ClaudeHome home, CancellationToken cancellation)
    {
        if (ClaudeProgram.Find(ClaudeProgram.Name, home.SearchPath) is not { } program) return Verdict.Warn("It was not found on the PATH", ClaudeProgram.InstallHint);
        return await ClaudeProgram.VersionAsync(program, cancellation) is { } version
            ? Verdict.Ok($"Version {version}, {program}")
            : Verdict.Warn($"{program} did not tell its version", "Start it by hand: claude --version");
    }

    private static Verdict Settings(Patient patient)
    {
        SettingsText text;
        try
        {
            text = SettingsText.Parse(File.Exists(patient.Claude.SettingsFile) ? File.ReadAllBytes(patient.Claude.SettingsFile) : []);
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            return Verdict.Fail($"{patient.Claude.SettingsFile} cannot be read. {e.Message}", "Correct the file at that place");
        }

        if (text.Note is { } note) return Verdict.Fail($"{note} of {patient.Claude.SettingsFile}", "Take comments and trailing commas out of the file");

        // The file wins over the environment. That of the server is not the one Claude Code is started in.
        string? configured = ClaudeSettings.Variable(text, ClientEnvironment.BaseUrl) ?? (patient.IsRunning ? null : patient.Variable(ClientEnvironment.BaseUrl));
        switch (ClaudeSettings.HeadingOf(configured, patient.Address))
        {
            case Heading.Direct:
                return Verdict.Warn("It uses Anthropic", Configure);
            case Heading.Other:
                return Verdict.Warn($"It uses {Secrets.Hide(ClientEnvironment.BaseUrl, configured!)}", Configure);
            default:
                bool hasKey = ClaudeSettings.Variable(text, ClientEnvironment.ApiKey) is { Length: > 0 } || (!patient.IsRunning && patient.Variable(ClientEnvironment.ApiKey) is { Length: > 0 });
                string? token = ClaudeSettings.Variable(text, ClientEnvironment.AuthToken) ?? (patient.IsRunning ? null : patient.Variable(ClientEnvironment.AuthToken));
                if (patient.Options.ApiKey is { } key && token is not null && token != key) return Verdict.Fail("It uses this proxy, but with another access key", Configure);
                return hasKey
                    ? Verdict.Warn($"It uses this proxy, but {ClientEnvironment.ApiKey} is set, too, and Claude Code will ask which one counts", $"Remove {ClientEnvironment.ApiKey}, or: {Configure}")
                    : Verdict.Ok($"It uses this proxy: {configured}");
        }
    }
}
