namespace CodexClaudeProxy.ClaudeCode;

/// <summary>What the set-up of another provider leaves behind in Claude Code's settings, and what leads it past this proxy.</summary>
internal static class Leftovers
{
    /// <summary>Each sends requests, or a key, somewhere else, or asks for what only another provider has.</summary>
    private static readonly string[] Variables =
    [
        "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY", "CLAUDE_CODE_USE_GATEWAY",
        "ANTHROPIC_BEDROCK_BASE_URL", "ANTHROPIC_VERTEX_BASE_URL", "ANTHROPIC_FOUNDRY_BASE_URL", "ANTHROPIC_UNIX_SOCKET",
        "CLAUDE_CODE_EXTRA_BODY",
    ];

    /// <summary>They win over what we write for the small model and for subagents, or offer what is not served here.</summary>
    private static readonly string[] Models = [ClientEnvironment.FurtherModel, "ANTHROPIC_SMALL_FAST_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL"];

    private static readonly SettingsKey[] Members = [SettingsKey.Top("apiKeyHelper"), SettingsKey.Top("modelOverrides")];

    public static IEnumerable<SettingsKey> In(SettingsText text) =>
    [
        .. InEnvironment(name => ClaudeSettings.Variable(text, name)).Select(SettingsKey.Env),
        .. Members.Where(key => text.Value(key) is not null),
    ];

    public static IEnumerable<string> InEnvironment(Func<string, string?> variable) =>
    [
        .. Variables.Where(name => EffectiveSettings.IsOn(variable(name))),
        // Our own key is no leftover.
        .. new[] { CustomHeaders.Variable }.Where(name => CustomHeaders.With(variable(name), accessKey: null) is not null),
        .. Models.Where(name => variable(name) is { Length: > 0 } model && !IsServedHere(model)),
    ];

    /// <summary>Claude's own names and the backend's stand for something here.</summary>
    private static bool IsServedHere(string model) =>
        ClaudeSettings.IsClaudeModel(model) || model.Contains("gpt", StringComparison.OrdinalIgnoreCase) || model.Contains("codex", StringComparison.OrdinalIgnoreCase);
}
