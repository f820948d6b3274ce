using System.Text.Json.Serialization;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Settings;

/// <summary>Which account a new conversation goes to, among those that can serve and have the lowest priority number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SelectionStrategy>))]
internal enum SelectionStrategy
{
    /// <summary>The active account as long as it can be used, then the next one in the file.</summary>
    [JsonStringEnumMemberName("sticky")]
    Sticky,

    /// <summary>Each new conversation goes to the next account.</summary>
    [JsonStringEnumMemberName("round-robin")]
    RoundRobin,

    /// <summary>The account with the most quota remaining in its most used window.</summary>
    [JsonStringEnumMemberName("most-remaining")]
    MostRemaining,

    /// <summary>The account whose quota resets first: quota that is not used by then is lost.</summary>
    [JsonStringEnumMemberName("soonest-reset")]
    SoonestReset,

    /// <summary>The account with the fewest running requests: a parallel conversation goes to one that is idle.</summary>
    [JsonStringEnumMemberName("least-busy")]
    LeastBusy,
}

/// <summary>Which of the backend's two request shapes a model is spoken to in.</summary>
internal enum LaneChoice
{
    /// <summary>The full one, which has parallel tool calls and hosted search; the lite one where a model is not found otherwise.</summary>
    Auto,

    /// <summary>Always the full one.</summary>
    Full,

    /// <summary>The lite one for every model the catalogue flags for it, as the official client does.</summary>
    Lite,
}

/// <summary>Which requests go to the backend compressed.</summary>
internal enum CompressionChoice
{
    /// <summary>Those to the official host, which reads what the official client sends.</summary>
    Auto,

    /// <summary>All, whatever host the backend has.</summary>
    On,

    /// <summary>None.</summary>
    Off,
}

/// <summary>Who judges the tool calls of a client in auto mode.</summary>
internal enum AutoModeJudge
{
    /// <summary>The client itself, with a classifier of its own that it asks through us.</summary>
    Client,

    /// <summary>A small Codex model, asked by us about the calls of each answer.</summary>
    Model,
}

/// <summary>When a banked reset is redeemed without a person.</summary>
internal enum AutoRedeem
{
    Never,

    /// <summary>When every account is used up, before the client is refused.</summary>
    WhenAllDry,
}

/// <summary>What can be changed while the program runs. <see cref="SettingKeys"/> describes each member.</summary>
internal sealed record ProxySettings
{
    public static readonly ProxySettings Default = new();

    public SelectionStrategy AccountStrategy { get; init; } = SelectionStrategy.Sticky;

    /// <summary>What every account keeps back of its quota windows, unless something else is set for the account.</summary>
    public IReadOnlyList<WindowReserve> Reserves { get; init; } = [];

    /// <summary>The Kilo model that serves the haiku lane; null leaves that lane with Codex.</summary>
    public string? HaikuKiloModel { get; init; }

    /// <summary>Name or pattern of a client's model → what it stands for, in the user's order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelMappings { get; init; } = [];

    /// <summary>Names and patterns of the models that Anthropic serves, with the client's own credential.</summary>
    public IReadOnlyList<string> AnthropicModels { get; init; } = [];

    /// <summary>Model → the owner's price for it, in the owner's order.</summary>
    public IReadOnlyList<KeyValuePair<string, ModelPrice>> Prices { get; init; } = [];

    public Effort? DefaultEffort { get; init; }

    public LaneChoice Lane { get; init; }

    public CompressionChoice CompressRequests { get; init; }

    public SearchRoute Search { get; init; } = SearchRoute.Auto;

    /// <summary>Serves requests with a web search whose own model cannot carry one; null leaves the search out.</summary>
    public string? SearchModel { get; init; }

    /// <summary>Answers the advisor tool of a client; null leaves that tool out.</summary>
    public string? AdvisorModel { get; init; }

    public bool SearchHistoryAsText { get; init; }

    public ImageUrlRoute ImageUrls { get; init; } = ImageUrlRoute.Pass;

    public bool EmulatePrefill { get; init; } = true;

    public bool StrictServerTools { get; init; }

    public bool ClearToolUses { get; init; }

    public AutoModeJudge AutoModeCheck { get; init; }

    /// <summary>Keep in memory the encrypted reasoning in front of tool calls, for clients that send none back.</summary>
    public bool RememberReasoning { get; init; } = true;

    /// <summary>Keep in memory what was said through the Responses API, for clients that name an earlier item or answer instead of sending it again.</summary>
    public bool RememberResponses { get; init; } = true;

    /// <summary>Keep finished requests in <c>activity.db</c>.</summary>
    public bool Statistics { get; init; } = true;

    /// <summary>How big that file may become, in megabytes.</summary>
    public int StatisticsLimitMb { get; init; } = 200;

    /// <summary>Tell in <c>/metrics</c> which account served.</summary>
    public bool MetricsAccounts { get; init; } = true;

    /// <summary>How long the beginning of an answer is held back, so that a failure can still be an HTTP status.</summary>
    public int HoldSeconds { get; init; } = 10;

    /// <summary>Clients wait five minutes for the first byte; longer would only waste the turn.</summary>
    public const int LongestHold = 290;

    /// <summary>How many seconds a turn waits for a quota's reset when every account is used up; 0 not at all.</summary>
    public int HoldUntilReset { get; init; }

    public AutoRedeem AutoRedeem { get; init; }

    /// <summary>Percent remaining of a quota window at which an alert is sent; 0 for never.</summary>
    public int AlertLowPercent { get; init; } = 10;

    /// <summary>Null leaves it to the option of that name.</summary>
    public LogLevel? LogLevel { get; init; }

    public bool MaskEmailsInLog { get; init; }

    /// <summary>In which times are told to people; null is the machine's own.</summary>
    public TimeZoneInfo? TimeZone { get; init; }
}
