using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>Claude Code's settings for people and for the dashboard. Keys are masked.</summary>
/// <param name="Success">Always true: that a file cannot be read is told by <paramref name="Problem"/>.</param>
/// <param name="ConfigPath">The file.</param>
/// <param name="Exists">Whether it is there.</param>
/// <param name="Config">The whole file; null when it cannot be read. As in the original, one that is not there has an empty <c>env</c>.</param>
/// <param name="State"><c>here</c>, <c>other</c>, <c>direct</c> or <c>unreadable</c>.</param>
/// <param name="BaseUrl">The address Claude Code uses; null where none is set.</param>
/// <param name="Entries">What our members hold and what they would hold, including those that are to go.</param>
/// <param name="Problem">Why the file cannot be read; null when it can.</param>
/// <param name="Note">What keeps Claude Code from reading the file, though we can; null for nothing.</param>
/// <param name="Warnings">What else is in the way.</param>
/// <param name="CanSetAside">Whether the user's own file holds what <see cref="ClientChoices.SetsAside"/> would take out.</param>
/// <param name="CanRestore">Whether we changed something that can be taken back.</param>
/// <param name="RestorePoint">Since when; null when there is nothing to take back.</param>
/// <param name="ClaudeVersion">Of the installed Claude Code; null when none is found.</param>
internal sealed record ClaudeReport(
    bool Success, string ConfigPath, bool Exists, JsonElement? Config, string State, string? BaseUrl, IReadOnlyList<ClaudeEntry> Entries, SettingsProblem? Problem,
    string? Note, IReadOnlyList<SetupWarning> Warnings, bool CanSetAside, bool CanRestore, RestorePoint? RestorePoint, string? ClaudeVersion)
{
    /// <summary>Why the file cannot be read, with the place in it; null when it can.</summary>
    [JsonIgnore]
    public string? Trouble { get; private init; }

    /// <param name="variables">What this proxy recommends, its address first.</param>
    /// <param name="version">Of the installed Claude Code.</param>
    /// <param name="warnings">Of <see cref="SetupWarnings"/>.</param>
    public static ClaudeReport Of(SettingsFile file, IReadOnlyList<ClientVariable> variables, string? version, IEnumerable<SetupWarning> warnings)
    {
        SettingsText? text = null;
        Exception? trouble = null;
        try
        {
            text = file.Read();
        }
        catch (Exception e) when (IsTrouble(e))
        {
            trouble = e;
        }

        SettingsJournal journal = file.ReadJournal();
        string? url = text is null ? null : ClaudeSettings.Variable(text, ClientEnvironment.BaseUrl);
        return new ClaudeReport(
            Success: true, file.Path, file.Exists, ConfigOf(file, text), text is null ? "unreadable" : WordOf(ClaudeSettings.HeadingOf(url, variables[0].Value)),
            url is null ? null : Secrets.Hide(ClientEnvironment.BaseUrl, url), text is null ? [] : [.. EntriesOf(text, variables, journal)], SettingsProblem.Of(trouble),
            text?.Note, [.. warnings], CanSetAside: text is not null && Leftovers.In(text).Any(),
            CanRestore: !journal.IsEmpty, journal.IsEmpty ? null : new RestorePoint(journal.At, journal.Action), version)
        {
            Trouble = trouble?.Message,
        };
    }

    /// <summary>The file's fault or the disk's, not the program's.</summary>
    public static bool IsTrouble(Exception e) => e is SettingsRefusedException or IOException or UnauthorizedAccessException or TimeoutException;

    /// <summary>The whole file, masked; null when there is no text of it.</summary>
    public static JsonElement? ConfigOf(SettingsFile file, SettingsText? text)
    {
        if (text is null) return null;
        if (!file.Exists) text = text.With(new SettingsChange(SettingsKey.Top(SettingsKey.EnvName), "{}"));
        return JsonElement.Parse(Secrets.Hide(text.ToBytes()), JsonDepth.Document with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    private static string WordOf(Heading heading) => heading switch
    {
        Heading.Here => "here",
        Heading.Other => "other",
        _ => "direct",
    };

    private static IEnumerable<ClaudeEntry> EntriesOf(SettingsText text, IReadOnlyList<ClientVariable> variables, SettingsJournal journal)
    {
        foreach (ClientVariable variable in variables) yield return Entry(SettingsKey.Env(variable.Name), Secrets.Hide(variable.Name, variable.Value));
        yield return Entry(ClientEnvironment.SkipPreflight, "true");
        string[] others = [.. ClientEnvironment.ModelNames, ClientEnvironment.ApiKey, ClientEnvironment.AutoModeServer, ClientEnvironment.NonessentialTraffic];
        foreach (SettingsKey key in others.Except(variables.Select(variable => variable.Name)).Select(SettingsKey.Env).Append(ClientEnvironment.DefaultMode))
        {
            if (text.Value(key) is not null) yield return Entry(key, key == ClientEnvironment.DefaultMode ? Shown(text, key) : null);
        }

        ClaudeEntry Entry(SettingsKey key, string? recommended) => new(key.Name, Shown(text, key), journal.Entries.ContainsKey(key), recommended);
    }

    private static string? Shown(SettingsText text, SettingsKey key) =>
        (key.InEnv ? ClaudeSettings.Variable(text, key.Name) : text.Value(key)?.Trim('"')) is { } value ? Secrets.Hide(key.Name, value) : null;
}

/// <summary>One member of Claude Code's settings that concerns us.</summary>
/// <param name="Name">Of the member, without the object it is in.</param>
/// <param name="Value">What it holds; null when it is not there.</param>
/// <param name="Ours">Whether we changed it.</param>
/// <param name="Recommended">What it should hold; null when it should go.</param>
internal sealed record ClaudeEntry(string Name, string? Value, bool Ours, string? Recommended);

/// <summary>What can be taken back.</summary>
/// <param name="At">When we first changed the file.</param>
/// <param name="Action">What for, in one word.</param>
internal sealed record RestorePoint([property: JsonConverter(typeof(IsoTime))] DateTimeOffset At, string Action);

/// <summary>Why a file cannot be read or changed.</summary>
/// <param name="Message">What is wrong.</param>
/// <param name="Line">1 for the first one; null when no place in the file is to blame.</param>
/// <param name="Column">In characters, 1 for the first one; null as <paramref name="Line"/>.</param>
internal sealed record SettingsProblem(string Message, int? Line, int? Column)
{
    public static SettingsProblem? Of(Exception? trouble) => trouble switch
    {
        null => null,
        SettingsRefusedException { Line: > 0 } refused => new SettingsProblem(refused.Reason, refused.Line, refused.Column),
        _ => new SettingsProblem(trouble.Message, null, null),
    };
}
