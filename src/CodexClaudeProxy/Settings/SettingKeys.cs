using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Settings;

/// <summary>Everything <c>settings.json</c> may hold. The first two are the original's.</summary>
internal static class SettingKeys
{
    private static readonly (string Word, Effort? Value)[] DefaultEfforts =
        [("low", Effort.Low), ("medium", Effort.Medium), ("high", Effort.High), ("xhigh", Effort.XHigh), ("max", Effort.Max)];

    private static readonly (string Word, LogLevel? Value)[] LogLevels =
        [("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error), ("none", LogLevel.None)];

    public static readonly SettingKey AccountStrategy = SettingKey.Choice("accountStrategy",
        "Which account a new conversation gets: sticky uses the active account while it is available, round-robin rotates, most-remaining uses the account with the most quota remaining in its most used window, soonest-reset the account whose quota resets first, least-busy the account with the fewest running requests. A conversation stays on its account.",
        [("sticky", SelectionStrategy.Sticky), ("round-robin", SelectionStrategy.RoundRobin), ("most-remaining", SelectionStrategy.MostRemaining), ("soonest-reset", SelectionStrategy.SoonestReset), ("least-busy", SelectionStrategy.LeastBusy)],
        settings => settings.AccountStrategy, (settings, value) => settings with { AccountStrategy = value });

    private static readonly SettingKey Reserves = SettingKey.Text("reserves",
        "Reserve of every account in percent of its quota windows, by their length, such as 5h 10, 7d 5: no new conversation starts on an account below it. What is set for an account itself takes precedence. Unset, nothing is reserved.",
        settings => WindowReserve.Text(settings.Reserves), (settings, text) => WindowReserve.Read(text) is { } reserves ? settings with { Reserves = reserves } : null)
        with { Form = "window lengths with whole numbers of percent, such as \"5h 10, 7d 5\"" };

    public static readonly SettingKey HaikuKiloModel = SettingKey.Text("haikuKiloModel",
        "Free model of the Kilo gateway that serves haiku. Unset, nothing is sent to Kilo and haiku is a Codex model.",
        settings => settings.HaikuKiloModel, (settings, name) => KiloModelName.Read(name) is { } id ? settings with { HaikuKiloModel = id } : null);

    public static readonly SettingKey Mappings = new("modelMappings", "map",
        "Which model a client's model name stands for. Names take precedence over patterns with *, patterns apply in order; a target may end in an effort or -fast.",
        (settings, json) => ModelMappings.TryRead(json, out var mappings) is null ? settings with { ModelMappings = mappings } : null,
        settings => ModelMappings.Tree(settings.ModelMappings))
    { Fault = static json => ModelMappings.TryRead(json, out _) };

    private static readonly SettingKey AnthropicModels = SettingKey.Text("anthropicModels",
        "Models that Anthropic serves instead of Codex: model names or patterns with *, separated by commas, such as claude-opus-*, claude-sonnet-5-5. Their requests are passed to Anthropic unchanged, with the credential of the client: its own Claude sign-in or API key. Takes precedence over model mappings. Unset, nothing is sent to Anthropic.",
        settings => ModelPatterns.Text(settings.AnthropicModels), (settings, text) => ModelPatterns.Read(text) is { } patterns ? settings with { AnthropicModels = patterns } : null)
        with { Form = "model names or patterns with *, separated by commas, such as \"claude-opus-*, claude-sonnet-5-5\"" };

    public static readonly SettingKey Prices = new("prices", SettingKey.PriceMap,
        "Prices for the estimate of what the API would cost, in place of the built-in ones or for further models: model name, or * for every model without a price, to an object with input, cachedInput and output, and perhaps cacheWrite, in US dollars per million tokens.",
        (settings, json) => PriceSetting.TryRead(json, out var prices) is null ? settings with { Prices = prices } : null,
        settings => PriceSetting.Tree(settings.Prices))
    { Fault = static json => PriceSetting.TryRead(json, out _) };

    public static readonly IReadOnlyList<SettingKey> All =
    [
        AccountStrategy,
        HaikuKiloModel,
        Mappings,
        AnthropicModels,
        Reserves,
        SettingKey.Choice("defaultEffort", "Reasoning effort when neither the model name nor the request sets one; null uses the model's default.",
            DefaultEfforts, settings => settings.DefaultEffort, (settings, value) => settings with { DefaultEffort = value }) with { Nullable = true },
        SettingKey.Choice("lane", "Request shape: auto uses full, and lite for models that are not found otherwise; full always uses full; lite uses the shape the model list names.",
            [("auto", LaneChoice.Auto), ("full", LaneChoice.Full), ("lite", LaneChoice.Lite)],
            settings => settings.Lane, (settings, value) => settings with { Lane = value }),
        SettingKey.Choice("compressRequests", "Compress requests to upstream (zstd, from 1 KB), which shortens the upload to about a third: auto does so only for the official host, on for any host, off never. Where compressed requests are not accepted, they are sent uncompressed.",
            [("auto", CompressionChoice.Auto), ("on", CompressionChoice.On), ("off", CompressionChoice.Off)],
            settings => settings.CompressRequests, (settings, value) => settings with { CompressRequests = value }),
        SettingKey.Choice("search", "Requests that are only a web search: auto and standalone use the search endpoint first, hosted always uses a model.",
            [("auto", SearchRoute.Auto), ("standalone", SearchRoute.Standalone), ("hosted", SearchRoute.Hosted)],
            settings => settings.Search, (settings, value) => settings with { Search = value }),
        Model("searchModel",
            "Codex model that serves a request with a web search when the request's own model cannot search. Unset, the search is omitted, and the response says so in x-proxy-dropped-tools.",
            settings => settings.SearchModel, (settings, name) => settings with { SearchModel = name }),
        Model("advisorModel",
            "Codex model that answers the advisor tool (advisor_20260301): the request's own model may ask it for advice. Each time the whole conversation is sent to it. Unset, the tool is omitted, and the response says so in x-proxy-dropped-tools.",
            settings => settings.AdvisorModel, (settings, name) => settings with { AdvisorModel = name }),
        SettingKey.Flag("searchHistoryAsText", "Send earlier searches as text instead of as search calls.",
            settings => settings.SearchHistoryAsText, (settings, value) => settings with { SearchHistoryAsText = value }),
        SettingKey.Choice("imageUrls", "Images given by URL: pass sends the URL upstream, fetch has this proxy load the image from its public host, text sends the URL as text.",
            [("pass", ImageUrlRoute.Pass), ("fetch", ImageUrlRoute.Fetch), ("text", ImageUrlRoute.Text)],
            settings => settings.ImageUrls, (settings, value) => settings with { ImageUrls = value }),
        SettingKey.Flag("emulatePrefill", "Continue a response that the client has begun; false refuses such requests, as the newest Claude models do.",
            settings => settings.EmulatePrefill, (settings, value) => settings with { EmulatePrefill = value }),
        SettingKey.Flag("strictServerTools", "Refuse requests with unsupported server tools instead of omitting those tools.",
            settings => settings.StrictServerTools, (settings, value) => settings with { StrictServerTools = value }),
        SettingKey.Flag("clearToolUses", "Clear old tool results when a client asks for that with clear_tool_uses_20250919. Each clearing invalidates the prompt cache from that point on.",
            settings => settings.ClearToolUses, (settings, value) => settings with { ClearToolUses = value }),
        SettingKey.Choice("autoModeCheck", "Who judges the tool calls of Claude Code's auto mode: client means Claude Code's own classifier, which asks a model through this proxy; model means a small Codex model, which judges the calls of each response before Claude Code runs them.",
            [("client", AutoModeJudge.Client), ("model", AutoModeJudge.Model)],
            settings => settings.AutoModeCheck, (settings, value) => settings with { AutoModeCheck = value }),
        SettingKey.Flag("rememberReasoning", "Keep the encrypted reasoning before tool calls in memory (64 MB at most, an hour after the last use) and add it to the next request when the client sends none back; false deletes it.",
            settings => settings.RememberReasoning, (settings, value) => settings with { RememberReasoning = value }),
        SettingKey.Flag("rememberResponses", "Keep responses of the Responses API and their input in memory (64 MB at most, an hour after the last use), for clients that refer to them with item_reference or previous_response_id instead of sending them again; false deletes them.",
            settings => settings.RememberResponses, (settings, value) => settings with { RememberResponses = value }),
        SettingKey.Number("holdSeconds", "How long the start of a streamed response may be held, so that a failure can still be reported as an HTTP status.",
            1, 60, settings => settings.HoldSeconds, (settings, value) => settings with { HoldSeconds = value }),
        SettingKey.Number("holdUntilReset", "How many seconds a request may wait for the reset of a used-up quota when no account is available; 0 refuses at once.",
            0, ProxySettings.LongestHold, settings => settings.HoldUntilReset, (settings, value) => settings with { HoldUntilReset = value }),
        SettingKey.Choice("autoRedeem", "Redeem a banked reset of an account without asking you: never, or when-all-dry, when the quota of every account is used up and a request would be refused. At most one in an hour; what is kept as a reserve does not count as used up.",
            [("never", AutoRedeem.Never), ("when-all-dry", AutoRedeem.WhenAllDry)],
            settings => settings.AutoRedeem, (settings, value) => settings with { AutoRedeem = value }),
        SettingKey.Number("alertLowPercent", "Percent remaining of an account's quota window at which the alert account.low is sent; 0 never sends it.",
            0, 90, settings => settings.AlertLowPercent, (settings, value) => settings with { AlertLowPercent = value }),
        SettingKey.Choice("logLevel", "The lowest level that is logged; null uses the option --log-level.",
            LogLevels, settings => settings.LogLevel, (settings, value) => settings with { LogLevel = value }) with { Nullable = true },
        SettingKey.Flag("maskEmailsInLog", "Show only the first letter and the domain of e-mail addresses in the log.",
            settings => settings.MaskEmailsInLog, (settings, value) => settings with { MaskEmailsInLog = value }),
        SettingKey.Text("timeZone",
            "Time zone of the reset times in messages, such as Europe/Berlin; null is this machine's.",
            settings => settings.TimeZone?.Id, (settings, name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? settings with { TimeZone = zone } : null),
        SettingKey.Flag("statistics", "Store the account, model, tokens and times of each request in activity.db; false keeps only the newest requests, in memory. The file is kept.",
            settings => settings.Statistics, (settings, value) => settings with { Statistics = value }),
        SettingKey.Number("statisticsLimitMb", "Maximum size of activity.db, in megabytes. Beyond it the oldest requests are deleted; their hourly and daily sums are kept.",
            10, 10_000, settings => settings.StatisticsLimitMb, (settings, value) => settings with { StatisticsLimitMb = value }),
        Prices,
        SettingKey.Flag("metricsAccounts", "Report in /metrics which account served, by its label or e-mail address; false omits accounts.",
            settings => settings.MetricsAccounts, (settings, value) => settings with { MetricsAccounts = value }),
    ];

    private static SettingKey Model(string name, string help, Func<ProxySettings, string?> get, Func<ProxySettings, string, ProxySettings> set) =>
        SettingKey.Text(name, help, get, (settings, text) => text.Trim() is { Length: > 0 and <= 100 } model ? set(settings, model) : null);

    public static SettingKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    /// <summary>The settings of a file; what cannot be read keeps its default and is named.</summary>
    public static ProxySettings Read(JsonElement file, Action<SettingKey> unusable)
    {
        ProxySettings settings = ProxySettings.Default;
        foreach (SettingKey key in All)
        {
            if (!file.TryGetProperty(key.Name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) continue;
            if (key.Parse(settings, value) is { } read) settings = read;
            else unusable(key);
        }

        return settings;
    }
}
