using System.Text.Json;
using CodexClaudeProxy.Accounts;
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
        "How a new conversation gets its account: sticky takes the active account as long as that can serve, round-robin the next one each time, most-remaining the one whose tightest window has most left, soonest-reset the one whose quota is renewed first. A conversation that has begun stays where it is.",
        [("sticky", SelectionStrategy.Sticky), ("round-robin", SelectionStrategy.RoundRobin), ("most-remaining", SelectionStrategy.MostRemaining), ("soonest-reset", SelectionStrategy.SoonestReset)],
        settings => settings.AccountStrategy, (settings, value) => settings with { AccountStrategy = value });

    public static readonly SettingKey HaikuKiloModel = new("haikuKiloModel", "string",
        "Free model of the Kilo gateway that serves the haiku lane. Unset, nothing is sent there and haiku is a Codex model.",
        (settings, json) => json.ValueKind == JsonValueKind.String && KiloModelName.Read(json.GetString()!) is { } id ? settings with { HaikuKiloModel = id } : null,
        (json, settings) => json.WriteStringValue(settings.HaikuKiloModel))
    { Nullable = true };

    public static readonly SettingKey Mappings = new("modelMappings", "map",
        "What a client's model name stands for. Names win over patterns with *, patterns count in their order; a target may carry an effort or -fast.",
        (settings, json) => ModelMappings.TryRead(json, out var mappings) is null ? settings with { ModelMappings = mappings } : null,
        (json, settings) => ModelMappings.Write(json, settings.ModelMappings));

    public static readonly IReadOnlyList<SettingKey> All =
    [
        AccountStrategy,
        HaikuKiloModel,
        Mappings,
        SettingKey.Choice("defaultEffort", "Reasoning effort where neither the model name nor the request names one; null leaves it to the model.",
            DefaultEfforts, settings => settings.DefaultEffort, (settings, value) => settings with { DefaultEffort = value }) with { Nullable = true },
        SettingKey.Choice("lane", "Request shape: auto uses the full one and the lite one where a model is not found otherwise; full never changes; lite is what the catalogue flags.",
            [("auto", LaneChoice.Auto), ("full", LaneChoice.Full), ("lite", LaneChoice.Lite)],
            settings => settings.Lane, (settings, value) => settings with { Lane = value }),
        SettingKey.Choice("search", "Web search of a request that is nothing else: auto and standalone ask the search endpoint first, hosted always lets a model search.",
            [("auto", SearchRoute.Auto), ("standalone", SearchRoute.Standalone), ("hosted", SearchRoute.Hosted)],
            settings => settings.Search, (settings, value) => settings with { Search = value }),
        Model("searchModel",
            "Codex model that serves a request with a web search when the request's own model is one that cannot search. Unset, such a request goes without its search, and the answer says so in x-proxy-dropped-tools.",
            settings => settings.SearchModel, (settings, name) => settings with { SearchModel = name }),
        Model("advisorModel",
            "Codex model that answers the advisor tool (advisor_20260301): the request's own model may ask it for advice while it answers. Each time the whole conversation is sent to it. Unset, the tool is left out, and the answer says so in x-proxy-dropped-tools.",
            settings => settings.AdvisorModel, (settings, name) => settings with { AdvisorModel = name }),
        SettingKey.Flag("searchHistoryAsText", "Send earlier searches as text instead of as search calls.",
            settings => settings.SearchHistoryAsText, (settings, value) => settings with { SearchHistoryAsText = value }),
        SettingKey.Choice("imageUrls", "Images given by address: pass hands the address to the backend, fetch has this proxy load the image from its public host, text mentions the address in words.",
            [("pass", ImageUrlRoute.Pass), ("fetch", ImageUrlRoute.Fetch), ("text", ImageUrlRoute.Text)],
            settings => settings.ImageUrls, (settings, value) => settings with { ImageUrls = value }),
        SettingKey.Flag("emulatePrefill", "Continue an answer the client has begun; false refuses such requests, as the newest Claude models do.",
            settings => settings.EmulatePrefill, (settings, value) => settings with { EmulatePrefill = value }),
        SettingKey.Flag("strictServerTools", "Refuse requests with server tools that cannot be carried instead of leaving those tools out.",
            settings => settings.StrictServerTools, (settings, value) => settings with { StrictServerTools = value }),
        SettingKey.Flag("clearToolUses", "Clear old tool results when a client asks for that with clear_tool_uses_20250919. Each clearing costs the prompt cache from there on.",
            settings => settings.ClearToolUses, (settings, value) => settings with { ClearToolUses = value }),
        SettingKey.Choice("autoModeCheck", "Who judges the tool calls of Claude Code's auto mode: client leaves it to Claude Code's own classifier, which asks a model through this proxy; model has a small Codex model judge the calls of each answer before Claude Code runs them.",
            [("client", AutoModeJudge.Client), ("model", AutoModeJudge.Model)],
            settings => settings.AutoModeCheck, (settings, value) => settings with { AutoModeCheck = value }),
        SettingKey.Flag("rememberReasoning", "Keep the encrypted reasoning in front of tool calls in memory, 64 MB of it for at most an hour unused, and send it on with the next request where the client sends none back; false forgets it.",
            settings => settings.RememberReasoning, (settings, value) => settings with { RememberReasoning = value }),
        SettingKey.Flag("rememberResponses", "Keep answers of the Responses API with what was asked in memory, 64 MB of it for at most an hour unused, for clients that refer to them with item_reference or previous_response_id instead of sending them again; false forgets them.",
            settings => settings.RememberResponses, (settings, value) => settings with { RememberResponses = value }),
        SettingKey.Number("holdSeconds", "How long the beginning of a streamed answer may be held back, so that a failure can still be told by an HTTP status.",
            1, 60, settings => settings.HoldSeconds, (settings, value) => settings with { HoldSeconds = value }),
        SettingKey.Number("holdUntilReset", "How many seconds a request may wait for the reset of a used-up quota when no account can serve; 0 refuses at once.",
            0, ProxySettings.LongestHold, settings => settings.HoldUntilReset, (settings, value) => settings with { HoldUntilReset = value }),
        SettingKey.Choice("logLevel", "How much is logged; null is what the option --log-level says.",
            LogLevels, settings => settings.LogLevel, (settings, value) => settings with { LogLevel = value }) with { Nullable = true },
        SettingKey.Flag("maskEmailsInLog", "Show of an e-mail address in the log only its first letter and its domain.",
            settings => settings.MaskEmailsInLog, (settings, value) => settings with { MaskEmailsInLog = value }),
        new("timeZone", "string",
            "Time zone in which people are told when a limit ends, such as Europe/Berlin; null is this machine's.",
            (settings, json) => json.ValueKind == JsonValueKind.String && TimeZoneInfo.TryFindSystemTimeZoneById(json.GetString()!, out TimeZoneInfo? zone) ? settings with { TimeZone = zone } : null,
            (json, settings) => json.WriteStringValue(settings.TimeZone?.Id))
        { Nullable = true },
        SettingKey.Flag("statistics", "Keep who used what, when and how long in activity.db; false keeps only the newest requests, in memory. What is in the file stays.",
            settings => settings.Statistics, (settings, value) => settings with { Statistics = value }),
        SettingKey.Number("statisticsLimitMb", "How big activity.db may become, in megabytes. The oldest requests are dropped then; their sums by hour and day stay.",
            10, 10_000, settings => settings.StatisticsLimitMb, (settings, value) => settings with { StatisticsLimitMb = value }),
        SettingKey.Flag("metricsAccounts", "Tell in /metrics which account served, by its label or e-mail address; false leaves that out.",
            settings => settings.MetricsAccounts, (settings, value) => settings with { MetricsAccounts = value }),
    ];

    private static SettingKey Model(string name, string help, Func<ProxySettings, string?> get, Func<ProxySettings, string, ProxySettings> set) =>
        new(name, "string", help,
            (settings, json) => json.ValueKind == JsonValueKind.String && json.GetString()!.Trim() is { Length: > 0 and <= 100 } model ? set(settings, model) : null,
            (json, settings) => json.WriteStringValue(get(settings)))
        { Nullable = true };

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
