using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Doctor;

/// <summary>Claude Code: whether it is there, and where it leads.</summary>
internal static class ClaudeChecks
{
    private const string Configure = "codex-claude-proxy claude config proxy, or start it with: codex-claude-proxy run";

    public static IEnumerable<Check> Of(Patient patient) =>
    [
        new("claude", "Claude Code", token => ProgramAsync(patient.Claude, token)),
        new("claude-settings", "Claude Code's settings", _ => Task.FromResult(Settings(patient))),
        new("claude-auto-mode", "Claude Code's auto mode", _ => Task.FromResult(AutoMode(patient))),
    ];

    private static async Task<Verdict> ProgramAsync(ClaudeHome home, CancellationToken cancellation)
    {
        if (ClaudeProgram.Find(ClaudeProgram.Name, home.SearchPath) is not { } program) return Verdict.Warn("Claude Code was not found on the PATH", ClaudeProgram.InstallHint);
        return await ClaudeProgram.VersionAsync(program, cancellation) is { } version
            ? Verdict.Ok($"Version {version}, {program}")
            : Verdict.Warn($"{program} did not report its version", "Run this by hand: claude --version");
    }

    private static Verdict Settings(Patient patient)
    {
        SettingsText text;
        try
        {
            text = SettingsText.Parse(File.Exists(patient.Claude.SettingsFile) ? BusyFile.Read(patient.Claude.SettingsFile) : []);
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            return Verdict.Fail($"{patient.Claude.SettingsFile} cannot be read. {e.Message}", "Correct the file at that place");
        }

        if (text.Note is { } note) return Verdict.Fail($"{note} of {patient.Claude.SettingsFile}", "Remove comments and trailing commas from the file");

        EffectiveSettings settings = Effective(patient);
        if (SetupWarnings.Elsewhere(settings, patient.Address).FirstOrDefault() is { } elsewhere) return Verdict.Warn(elsewhere.Message, elsewhere.Fix);
        string? configured = settings.Variable(ClientEnvironment.BaseUrl);
        switch (ClaudeSettings.HeadingOf(configured, patient.Address))
        {
            case Heading.Direct:
                return Verdict.Warn("Claude Code uses Anthropic", Configure);
            case Heading.Other:
                return Verdict.Warn($"Claude Code uses {Secrets.Hide(ClientEnvironment.BaseUrl, configured!)}", Configure);
            default:
                ClientChoices choices = Choices(patient);
                if (SetupWarnings.SignIn(settings, patient.Address, choices).FirstOrDefault() is { } hidden) return Verdict.Warn(hidden.Message, hidden.Fix);
                string? token = CustomHeaders.KeyIn(settings.Variable(CustomHeaders.Variable)) ?? (choices.KeepsSignIn ? "" : settings.Variable(ClientEnvironment.AuthToken));
                if (patient.Options.ApiKey is { } key && token is not null && token != key && patient.ReadKeys().Find(token) is null) return Verdict.Fail("Claude Code uses this proxy, but with another access key", Configure);
                if (patient.Options.ApiKey is null && patient.ReadKeys() is { IsRequired: true } ring && ring.Find(token) is null)
                    return Verdict.Fail("Claude Code uses this proxy without a key, and clients need one", $"Give it a key: codex-claude-proxy keys add NAME, as {ClientEnvironment.AuthToken}");
                if (!choices.KeepsSignIn && settings.Variable(ClientEnvironment.ApiKey) is { Length: > 0 })
                    return Verdict.Warn($"Claude Code uses this proxy, but {ClientEnvironment.ApiKey} is also set, and Claude Code will ask which one to use", $"Remove {ClientEnvironment.ApiKey}, or: {Configure}");
                return SetupWarnings.OtherProviders(settings).FirstOrDefault() is { } other ? Verdict.Warn(other.Message, other.Fix) : Verdict.Ok($"Claude Code uses this proxy: {configured}");
        }
    }

    private static Verdict AutoMode(Patient patient)
    {
        EffectiveSettings settings = Effective(patient);
        if (ClaudeSettings.HeadingOf(settings.Variable(ClientEnvironment.BaseUrl), patient.Address) != Heading.Here) return Verdict.Skipped("Claude Code does not use this proxy");
        bool proxyJudges = Choices(patient).ProxyJudges;
        return SetupWarnings.AutoMode(settings, Choices(patient)).FirstOrDefault() is { } warning ? Verdict.Fail(warning.Message, warning.Fix)
            : Verdict.Ok(proxyJudges ? "This proxy judges the commands (autoModeCheck=model)" : "Claude Code has its commands judged by a model of the plan");
    }

    private static ClientChoices Choices(Patient patient) =>
        new() { ProxyJudges = patient.Settings.AutoModeCheck == AutoModeJudge.Model, KeepsSignIn = patient.Settings.AnthropicModels.Count > 0 };

    /// <summary>The environment of the server is not the one Claude Code is started in.</summary>
    private static EffectiveSettings Effective(Patient patient) => EffectiveSettings.Read(patient.Claude, patient.IsRunning ? _ => null : patient.Variable);
}
