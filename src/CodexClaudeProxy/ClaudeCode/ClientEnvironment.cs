using System.Globalization;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The variables that lead Claude Code to this proxy and tell it what the models there can do.</summary>
internal static class ClientEnvironment
{
    public const string BaseUrl = "ANTHROPIC_BASE_URL";
    public const string AuthToken = "ANTHROPIC_AUTH_TOKEN";
    public const string ApiKey = "ANTHROPIC_API_KEY";

    /// <summary>Stands in for a key where the proxy asks for none.</summary>
    public const string AnyKey = "any";

    /// <summary>Variables that name a model.</summary>
    public static readonly IReadOnlyList<string> ModelNames =
    [
        "ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL",
        "ANTHROPIC_DEFAULT_FABLE_MODEL", "ANTHROPIC_SMALL_FAST_MODEL", "CLAUDE_CODE_AUTO_MODE_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL",
    ];

    /// <summary>Beside the environment: otherwise each web fetch first asks Anthropic about the domain.</summary>
    public static readonly SettingsKey SkipPreflight = SettingsKey.Top("skipWebFetchPreflight");

    /// <param name="accessKey">The proxy's; null when it has none.</param>
    public static IReadOnlyList<ClientVariable> Of(string baseUrl, string? accessKey, ClientModels models)
    {
        string window = models.Window.ToString(CultureInfo.InvariantCulture);
        return
        [
            new(BaseUrl, baseUrl, "Where the proxy listens"),
            new(AuthToken, accessKey ?? AnyKey, accessKey is null ? "Claude Code wants a token; the proxy does not" : "The proxy's access key"),
            new("ANTHROPIC_MODEL", models.Main, "The model a session starts with"),
            new("ANTHROPIC_DEFAULT_OPUS_MODEL", models.Opus, "What opus stands for"),
            new("ANTHROPIC_DEFAULT_SONNET_MODEL", models.Sonnet, "What sonnet stands for"),
            new("ANTHROPIC_DEFAULT_HAIKU_MODEL", models.Haiku, "What haiku stands for; also makes titles and reads web pages"),
            new("ANTHROPIC_DEFAULT_FABLE_MODEL", models.Fable, "What fable stands for"),
            new("CLAUDE_CODE_AUTO_MODE_MODEL", models.Haiku, "Judges commands in auto mode; a small model answers faster"),
            new("CLAUDE_CODE_MAX_CONTEXT_TOKENS", window, "The context window of the models, so that Claude Code compacts in time"),
            new("CLAUDE_CODE_AUTO_COMPACT_WINDOW", window, "The same for older versions"),
            new("CLAUDE_CODE_MAX_OUTPUT_TOKENS", models.Output.ToString(CultureInfo.InvariantCulture), "The longest answer"),
            new("CLAUDE_CODE_ATTRIBUTION_HEADER", "0", "Leaves out a line that would spoil the prompt cache"),
            new("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1", "No telemetry, update checks and conversation titles"),
        ];
    }
}
