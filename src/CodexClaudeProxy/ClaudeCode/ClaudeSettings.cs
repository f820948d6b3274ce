using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>Where Claude Code's settings lead.</summary>
internal enum Heading
{
    /// <summary>To Anthropic.</summary>
    Direct,

    /// <summary>To this proxy.</summary>
    Here,

    /// <summary>To another address.</summary>
    Other,
}

/// <summary>The changes that each way of connecting Claude Code needs.</summary>
internal static class ClaudeSettings
{
    public static string? Variable(SettingsText text, string name) => AsString(text.Value(SettingsKey.Env(name)));

    /// <param name="baseUrl">The proxy's own address.</param>
    public static Heading HeadingOf(string? configured, string baseUrl)
    {
        if (string.IsNullOrWhiteSpace(configured)) return Heading.Direct;
        return Uri.TryCreate(configured, UriKind.Absolute, out Uri? url) && Uri.TryCreate(baseUrl, UriKind.Absolute, out Uri? own)
            && url.Port == own.Port && (url.Host == own.Host || (url.IsLoopback && own.IsLoopback)) ? Heading.Here : Heading.Other;
    }

    /// <summary>
    /// To the proxy. A key for Anthropic would be sent along, and Claude Code would ask about it: it goes, and comes back with an undo.
    /// What an earlier call wrote and this one does not, goes as well.
    /// </summary>
    public static IEnumerable<SettingsChange> ToProxy(SettingsText text, SettingsJournal journal, IReadOnlyList<ClientVariable> variables, ClientChoices choices)
    {
        foreach (ClientVariable variable in variables) yield return Set(variable.Name, variable.Value);
        yield return new SettingsChange(ClientEnvironment.SkipPreflight, "true");
        // With Anthropic's models in use the user's own key is what they are asked with.
        if (!choices.KeepsSignIn || Secrets.IsPlaceholder(Variable(text, ClientEnvironment.ApiKey) ?? "")) yield return new SettingsChange(SettingsKey.Env(ClientEnvironment.ApiKey), null);
        bool hidesSignIn = choices.KeepsSignIn && ClientEnvironment.HidesSignIn(Variable(text, ClientEnvironment.AuthToken));
        if (hidesSignIn) yield return new SettingsChange(SettingsKey.Env(ClientEnvironment.AuthToken), null);
        // A key of ours that nobody asks for any more; the user's own headers stay.
        string? headers = Variable(text, CustomHeaders.Variable);
        bool isStale = CustomHeaders.KeyIn(headers) is not null && !variables.Any(static variable => variable.Name == CustomHeaders.Variable);
        if (isStale) yield return new SettingsChange(SettingsKey.Env(CustomHeaders.Variable), CustomHeaders.With(headers, accessKey: null) is { } own ? SettingsText.Quote(own) : null);
        if (choices.AsksPermission) yield return new SettingsChange(ClientEnvironment.DefaultMode, "\"default\"");

        // Also when it is the user's own: with it the proxy would never be asked.
        SettingsKey judge = SettingsKey.Env(ClientEnvironment.AutoModeServer);
        if (choices.ProxyJudges) yield return new SettingsChange(judge, null);
        foreach ((SettingsKey key, JournalEntry entry) in journal.Entries)
        {
            bool isOurs = key.InEnv && entry.Ours is not null && entry.Ours == text.Value(key) && !(hidesSignIn && key.Name == ClientEnvironment.AuthToken) && !(isStale && key.Name == CustomHeaders.Variable);
            if (isOurs && !variables.Any(variable => variable.Name == key.Name) && !(choices.ProxyJudges && key == judge))
                yield return new SettingsChange(key, entry.Before) { Place = entry.Place };
        }

        if (!choices.SetsAside) yield break;
        foreach (SettingsKey key in Leftovers.In(text).Where(key => !key.InEnv || !variables.Any(variable => variable.Name == key.Name))) yield return new SettingsChange(key, null);
    }

    /// <summary>In the settings of a project, which win over the user's: what leads elsewhere, and what other providers left.</summary>
    public static IEnumerable<SettingsChange> PutAside(SettingsText text, IReadOnlyList<ClientVariable> variables) =>
    [
        .. variables.Where(variable => Variable(text, variable.Name) is { } other && other != variable.Value).Select(variable => new SettingsChange(SettingsKey.Env(variable.Name), null)),
        new SettingsChange(SettingsKey.Env(ClientEnvironment.ApiKey), null),
        .. Leftovers.In(text).Select(key => new SettingsChange(key, null)),
    ];

    /// <summary>
    /// To Anthropic: what is ours goes, what was there before us comes back. Model names that Anthropic cannot know go in any case,
    /// as do address and token.
    /// </summary>
    /// <param name="variables">What we would set; without a journal a member of the same value counts as ours.</param>
    /// <param name="apiKey">Null leaves it to Claude Code's own sign-in, or to the key that was there before.</param>
    public static IEnumerable<SettingsChange> ToAnthropic(SettingsText text, SettingsJournal journal, IReadOnlyList<ClientVariable> variables, string? apiKey)
    {
        // Also what an earlier call wrote and today's variables do not hold.
        IEnumerable<string> written = journal.Entries.Where(each => each.Key.InEnv && each.Value.Ours is not null).Select(each => each.Key.Name);
        string[] names = [.. variables.Select(variable => variable.Name).Union(ClientEnvironment.ModelNames).Union(written).Except([ClientEnvironment.ApiKey])];
        foreach (SettingsKey key in names.Select(SettingsKey.Env).Append(ClientEnvironment.SkipPreflight).Append(ClientEnvironment.DefaultMode))
        {
            string? now = text.Value(key);
            if (now is null) continue;

            JournalEntry? entry = journal.Entries.GetValueOrDefault(key);
            bool isOurs = entry is not null ? entry.Ours == now : key.InEnv && variables.Any(variable => SettingsText.Quote(variable.Value) == now && variable.Name == key.Name);
            string? wanted = isOurs ? entry?.Before : now;
            if (key.Name is ClientEnvironment.BaseUrl or ClientEnvironment.AuthToken || (ClientEnvironment.ModelNames.Contains(key.Name) && !IsClaudeModel(AsString(wanted)))) wanted = null;
            yield return new SettingsChange(key, wanted);
        }

        SettingsKey keyOfAnthropic = SettingsKey.Env(ClientEnvironment.ApiKey);
        string? present = text.Value(keyOfAnthropic);
        if (apiKey is not null) yield return Set(ClientEnvironment.ApiKey, apiKey);
        else if (present is null && journal.Entries.GetValueOrDefault(keyOfAnthropic) is { Ours: null, Before: { } before } removed && !Secrets.IsPlaceholder(AsString(before) ?? ""))
            yield return new SettingsChange(keyOfAnthropic, before) { Place = removed.Place };
        else if (present is not null && Secrets.IsPlaceholder(AsString(present) ?? "")) yield return new SettingsChange(keyOfAnthropic, null);
    }

    /// <summary>To any other address that speaks Anthropic's protocol.</summary>
    public static IEnumerable<SettingsChange> ToAddress(SettingsText text, SettingsJournal journal, IReadOnlyList<ClientVariable> variables, string address, string apiKey) =>
        ToAnthropic(text, journal, variables, apiKey).Where(change => change.Key != SettingsKey.Env(ClientEnvironment.BaseUrl)).Append(Set(ClientEnvironment.BaseUrl, address));

    /// <summary>The address as it is written down, or what is wrong with it, in the original's words.</summary>
    public static string? NormaliseAddress(string text, out string? problem)
    {
        problem = !Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? url) ? "apiUrl must be a valid URL"
            : url.Scheme is not ("http" or "https") ? "apiUrl must use http or https"
            : null;
        return problem is null ? url!.AbsoluteUri is [.. var start, '/'] ? start : url.AbsoluteUri : null;
    }

    private static SettingsChange Set(string variable, string value) => new(SettingsKey.Env(variable), SettingsText.Quote(value));

    internal static bool IsClaudeModel(string? name) =>
        name is not null && (name.Contains("claude", StringComparison.OrdinalIgnoreCase)
            || name.ToLowerInvariant().Split('[')[0] is "opus" or "sonnet" or "haiku" or "fable" or "opusplan" or "default" or "best")
        && !name.Contains("codex", StringComparison.OrdinalIgnoreCase) && !name.Contains("gpt", StringComparison.OrdinalIgnoreCase);

    private static string? AsString(string? json)
    {
        if (json is null) return null;
        using JsonDocument value = JsonDocument.Parse(json, JsonDepth.Document with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return value.RootElement.ValueKind == JsonValueKind.String ? value.RootElement.GetString() : value.RootElement.GetRawText();
    }
}
