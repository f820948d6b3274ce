using System.Globalization;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The variables that lead Claude Code to this proxy and tell it what the models there can do.</summary>
internal static class ClientEnvironment
{
    public const string BaseUrl = "ANTHROPIC_BASE_URL";
    public const string AuthToken = "ANTHROPIC_AUTH_TOKEN";
    public const string ApiKey = "ANTHROPIC_API_KEY";
    public const string MainModel = "ANTHROPIC_MODEL";

    /// <summary>0: in auto mode Claude Code's own classifier judges, and asks a model through us.</summary>
    public const string AutoModeServer = "CLAUDE_CODE_AUTO_MODE_SERVER";

    public const string NonessentialTraffic = "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC";

    /// <summary>Stands in for a key where the proxy asks for none.</summary>
    public const string AnyKey = "any";

    private static readonly string[] Lanes = ["OPUS", "SONNET", "HAIKU", "FABLE"];

    /// <summary>One more entry in Claude Code's list of models.</summary>
    public const string FurtherModel = "ANTHROPIC_CUSTOM_MODEL_OPTION";

    /// <summary>Variables that name a model, or are about one.</summary>
    public static readonly IReadOnlyList<string> ModelNames =
    [
        MainModel, .. Lanes.SelectMany(lane => new[] { LaneModel(lane), LaneModel(lane) + "_NAME", LaneModel(lane) + "_DESCRIPTION" }),
        FurtherModel, FurtherModel + "_NAME", FurtherModel + "_DESCRIPTION", "ANTHROPIC_SMALL_FAST_MODEL", "CLAUDE_CODE_AUTO_MODE_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL",
    ];

    private static readonly string[] Limits = ["CLAUDE_CODE_MAX_CONTEXT_TOKENS", "CLAUDE_CODE_AUTO_COMPACT_WINDOW", "CLAUDE_CODE_MAX_OUTPUT_TOKENS"];

    /// <summary>Whether a variable depends on which models there are.</summary>
    public static bool IsAboutModels(string name) => ModelNames.Contains(name) || Limits.Contains(name);

    /// <summary>Each takes away what auto mode falls back on when the server has no verdict: Claude Code's own classifier.</summary>
    public static readonly IReadOnlyList<string> TakeFallbackAway =
        [NonessentialTraffic, "DISABLE_TELEMETRY", "DO_NOT_TRACK", "DISABLE_GROWTHBOOK", "CLAUDE_CODE_DISABLE_FEATURE_FLAGS"];

    /// <summary>With Anthropic's models in use: what is in the variable takes the place of Claude Code's own sign-in, and Anthropic does not know it.</summary>
    public static bool HidesSignIn(string? token) => token is { Length: > 0 } && (Secrets.IsPlaceholder(token) || !token.StartsWith("sk-ant-", StringComparison.Ordinal));

    /// <summary>Beside the environment: otherwise each web fetch first asks Anthropic about the domain.</summary>
    public static readonly SettingsKey SkipPreflight = SettingsKey.Top("skipWebFetchPreflight");

    /// <summary>The mode a session starts in.</summary>
    public static readonly SettingsKey DefaultMode = SettingsKey.Permission("defaultMode");

    /// <param name="accessKey">The proxy's; null when it has none.</param>
    public static IReadOnlyList<ClientVariable> Of(string baseUrl, string? accessKey, ClientModels models, ClientChoices choices)
    {
        string window = models.Window.ToString(CultureInfo.InvariantCulture);
        bool isAlone = !choices.KeepsSignIn;
        return
        [
            new(BaseUrl, baseUrl, "Where the proxy listens"),
            .. isAlone
                ? One(AuthToken, accessKey ?? AnyKey, accessKey is null ? "Claude Code requires a token; the proxy accepts any" : "The proxy's access key")
                : One(CustomHeaders.Variable, accessKey is null ? null : CustomHeaders.With(choices.Headers, accessKey), "The proxy's access key; Claude Code's own sign-in is for Anthropic"),
            .. One(MainModel, models.Main, "The model a session starts with"),
            .. Named(FurtherModel, models.Beside, "A model of Codex in /model, beside those of Anthropic"),
            .. Named(LaneModel("OPUS"), models.Opus, "What opus stands for"),
            .. Named(LaneModel("SONNET"), models.Sonnet, "What sonnet stands for"),
            .. Named(LaneModel("HAIKU"), models.Haiku, "What haiku stands for; also makes titles and reads web pages"),
            .. Named(LaneModel("FABLE"), models.Fable, "What fable stands for"),
            new("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1", "Shows the other models of the plan in /model, too"),
            .. One("CLAUDE_CODE_AUTO_MODE_MODEL", models.Haiku?.Id, "Judges commands in auto mode; a small model answers faster"),
            .. One(AutoModeServer, choices.ProxyJudges ? null : "0", "Auto mode works: Claude Code has a command judged by a model of the plan before it runs it"),
            new("CLAUDE_CODE_MAX_CONTEXT_TOKENS", window, "The context window of the models, so that Claude Code compacts in time"),
            .. isAlone ? OnlyCodex(models, window) : [],
            .. One(NonessentialTraffic, choices.DisablesNonessentialTraffic ? "1" : null, NonessentialCost),
            .. One("NO_PROXY", choices.NoProxy, "Connections to this machine bypass the HTTP proxy"),
            .. One("no_proxy", choices.NoProxy, "The same for programs that read the lowercase name"),
        ];
    }

    /// <summary>These would also change what Claude Code asks of Anthropic's own models.</summary>
    private static IEnumerable<ClientVariable> OnlyCodex(ClientModels models, string window) =>
    [
        new("CLAUDE_CODE_AUTO_COMPACT_WINDOW", window, "The same for older versions"),
        new("CLAUDE_CODE_DISABLE_1M_CONTEXT", "1", "Claude Code assumes no context of a million tokens and adds no [1m] to model names"),
        new("CLAUDE_CODE_MAX_OUTPUT_TOKENS", models.Output.ToString(CultureInfo.InvariantCulture), "The maximum length of a response"),
        new("CLAUDE_CODE_ATTRIBUTION_HEADER", "0", "Omits a line that would defeat the prompt cache"),
    ];

    /// <summary>What it costs to have nothing but what is needed sent.</summary>
    public const string NonessentialCost = "No telemetry, update checks and conversation titles. This also disables other features of Claude Code, and auto mode has no fallback.";

    private static IEnumerable<ClientVariable> Named(string variable, ClientModel? model, string why) => model is null ? [] :
    [
        new(variable, model.Id, why),
        new(variable + "_NAME", model.Name, "Its name in /model"),
        new(variable + "_DESCRIPTION", model.About, "Its description in /model"),
    ];

    private static IEnumerable<ClientVariable> One(string name, string? value, string why) => value is null ? [] : [new(name, value, why)];

    private static string LaneModel(string lane) => $"ANTHROPIC_DEFAULT_{lane}_MODEL";
}
