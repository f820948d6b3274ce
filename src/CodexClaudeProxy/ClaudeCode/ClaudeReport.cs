using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>Claude Code's settings as JSON for people and for the dashboard. Keys are masked.</summary>
internal sealed class ClaudeReport
{
    private readonly SettingsFile _file;
    private readonly IReadOnlyList<ClientVariable> _variables;
    private readonly SettingsText? _text;
    private readonly SettingsJournal _journal;

    private ClaudeReport(SettingsFile file, IReadOnlyList<ClientVariable> variables, SettingsText? text, Exception? trouble)
    {
        _file = file;
        _variables = variables;
        _text = text;
        _journal = file.ReadJournal();
        Trouble = trouble;
    }

    /// <summary>Why the file cannot be read; null when it can.</summary>
    public Exception? Trouble { get; }

    public string? Version { get; private init; }

    /// <summary>What else is in the way.</summary>
    public IReadOnlyList<SetupWarning> Warnings { get; private init; } = [];

    /// <summary>Whether the user's own file holds what <see cref="ClientChoices.SetsAside"/> would take out.</summary>
    public bool CanSetAside => _text is not null && Leftovers.In(_text).Any();

    /// <summary>What keeps Claude Code from reading the file, though we can.</summary>
    public string? Note => _text?.Note;

    public string? BaseUrl => _text is null ? null : ClaudeSettings.Variable(_text, ClientEnvironment.BaseUrl);

    /// <summary><c>here</c>, <c>other</c>, <c>direct</c> or <c>unreadable</c>.</summary>
    public string State => Trouble is not null ? "unreadable" : ClaudeSettings.HeadingOf(BaseUrl, _variables[0].Value) switch
    {
        Heading.Here => "here",
        Heading.Other => "other",
        _ => "direct",
    };

    /// <param name="variables">What this proxy recommends, its address first.</param>
    /// <param name="version">Of the installed Claude Code.</param>
    /// <param name="warnings">Of <see cref="SetupWarnings"/>.</param>
    public static ClaudeReport Of(SettingsFile file, IReadOnlyList<ClientVariable> variables, string? version, IEnumerable<SetupWarning> warnings)
    {
        try
        {
            return new ClaudeReport(file, variables, file.Read(), trouble: null) { Version = version, Warnings = [.. warnings] };
        }
        catch (Exception e) when (IsTrouble(e))
        {
            return new ClaudeReport(file, variables, text: null, e) { Version = version, Warnings = [.. warnings] };
        }
    }

    /// <summary>The file's fault or the disk's, not the program's.</summary>
    public static bool IsTrouble(Exception e) => e is SettingsRefusedException or IOException or UnauthorizedAccessException or TimeoutException;

    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("configPath"u8, _file.Path);
        json.WriteBoolean("exists"u8, _file.Exists);
        WriteConfig(json, _file, _text);
        json.WriteString("state"u8, State);
        json.WriteString("baseUrl"u8, BaseUrl is { } url ? Secrets.Hide(ClientEnvironment.BaseUrl, url) : null);
        json.WriteStartArray("entries"u8);
        foreach ((SettingsKey key, string? value, string? recommended) in Entries()) WriteEntry(json, key, value, recommended);
        json.WriteEndArray();
        WriteProblem(json, Trouble);
        json.WriteString("note"u8, Note);
        json.WriteStartArray("warnings"u8);
        foreach (SetupWarning warning in Warnings)
        {
            json.WriteStartObject();
            json.WriteString("message"u8, warning.Message);
            json.WriteString("fix"u8, warning.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("canSetAside"u8, CanSetAside);
        json.WriteBoolean("canRestore"u8, !_journal.IsEmpty);
        json.WritePropertyName("restorePoint"u8);
        if (_journal.IsEmpty)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("at"u8, _journal.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            json.WriteString("action"u8, _journal.Action);
            json.WriteEndObject();
        }

        json.WriteString("claudeVersion"u8, Version);
    }

    /// <summary>What our members hold and what they would hold, including those that are to go.</summary>
    public IEnumerable<(SettingsKey Key, string? Value, string? Recommended)> Entries()
    {
        if (_text is not { } text) yield break;
        foreach (ClientVariable variable in _variables)
        {
            SettingsKey key = SettingsKey.Env(variable.Name);
            yield return (key, Shown(text, key), Secrets.Hide(variable.Name, variable.Value));
        }

        yield return (ClientEnvironment.SkipPreflight, Shown(text, ClientEnvironment.SkipPreflight), "true");
        string[] others = [.. ClientEnvironment.ModelNames, ClientEnvironment.ApiKey, ClientEnvironment.AutoModeServer, ClientEnvironment.NonessentialTraffic];
        foreach (SettingsKey key in others.Except(_variables.Select(variable => variable.Name)).Select(SettingsKey.Env).Append(ClientEnvironment.DefaultMode))
        {
            if (text.Value(key) is not null) yield return (key, Shown(text, key), key == ClientEnvironment.DefaultMode ? Shown(text, key) : null);
        }
    }

    public static void WriteOutcome(Utf8JsonWriter json, SettingsFile file, SettingsOutcome outcome)
    {
        json.WriteString("configPath"u8, file.Path);
        json.WriteBoolean("changed"u8, outcome.Changed);
        json.WriteString("diff"u8, outcome.Diff);
        json.WriteString("backup"u8, outcome.Backup);
        json.WriteStartArray("kept"u8);
        foreach (SettingsKey key in outcome.Kept) json.WriteStringValue(key.ToString());
        json.WriteEndArray();
        SettingsText text = file.Read();
        json.WriteString("note"u8, text.Note);
        WriteConfig(json, file, text);
    }

    public static void WriteProblem(Utf8JsonWriter json, Exception? trouble)
    {
        json.WritePropertyName("problem"u8);
        if (trouble is null)
        {
            json.WriteNullValue();
            return;
        }

        SettingsRefusedException? refused = trouble as SettingsRefusedException;
        json.WriteStartObject();
        json.WriteString("message"u8, refused?.Reason ?? trouble.Message);
        if (refused is { Line: > 0 })
        {
            json.WriteNumber("line"u8, refused.Line);
            json.WriteNumber("column"u8, refused.Column);
        }
        else
        {
            json.WriteNull("line"u8);
            json.WriteNull("column"u8);
        }

        json.WriteEndObject();
    }

    /// <summary>The whole file, masked. As in the original a file that is not there has an empty <c>env</c>.</summary>
    private static void WriteConfig(Utf8JsonWriter json, SettingsFile file, SettingsText? text)
    {
        json.WritePropertyName("config"u8);
        if (text is null)
        {
            json.WriteNullValue();
            return;
        }

        if (!file.Exists) text = text.With(new SettingsChange(SettingsKey.Top("env"), "{}"));
        using JsonDocument shown = JsonDocument.Parse(Secrets.Hide(text.ToBytes()), JsonDepth.Document with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        shown.RootElement.WriteTo(json);
    }

    private void WriteEntry(Utf8JsonWriter json, SettingsKey key, string? value, string? recommended)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, key.Name);
        json.WriteString("value"u8, value);
        json.WriteBoolean("ours"u8, _journal.Entries.ContainsKey(key));
        json.WriteString("recommended"u8, recommended);
        json.WriteEndObject();
    }

    private static string? Shown(SettingsText text, SettingsKey key) =>
        (key.InEnv ? ClaudeSettings.Variable(text, key.Name) : text.Value(key)?.Trim('"')) is { } value ? Secrets.Hide(key.Name, value) : null;
}
