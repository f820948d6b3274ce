using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>
/// What we did to one settings file since it was last without our hand. Lies in our own data directory, readable by its owner
/// only: a key that we replaced is in it.
/// </summary>
internal sealed record SettingsJournal
{
    public static readonly SettingsJournal Empty = new();

    /// <summary>The settings file, for whoever looks into the journal.</summary>
    [JsonPropertyName("file")]
    public string SettingsPath { get; init; } = "";

    /// <summary>When we first changed the file.</summary>
    [JsonRequired]
    public DateTimeOffset At { get; init; }

    /// <summary>What for, in one word.</summary>
    [JsonRequired]
    public string Action { get; init; } = "";

    /// <summary>The copy of the file from before our first change; null when there was no file.</summary>
    [JsonRequired]
    public string? Original { get; init; }

    /// <summary>Hash of what we wrote last.</summary>
    [JsonRequired]
    public string Written { get; init; } = "";

    /// <summary>Nobody else has changed the file between our changes: the original can come back byte for byte.</summary>
    [JsonRequired, JsonPropertyName("unbroken")]
    public bool IsUnbroken { get; init; } = true;

    /// <summary>There was no <c>env</c> before us.</summary>
    [JsonRequired]
    public bool MadeEnv { get; init; }

    /// <summary>There was no <c>permissions</c> before us. Not in journals of earlier versions.</summary>
    public bool MadePermissions { get; init; }

    [JsonRequired]
    public IReadOnlyDictionary<SettingsKey, JournalEntry> Entries { get; init; } = new Dictionary<SettingsKey, JournalEntry>();

    [JsonIgnore]
    public bool IsEmpty => Entries.Count == 0;

    /// <summary>An unreadable journal counts as none: then there is nothing to undo, but the copies are still there.</summary>
    public static SettingsJournal Read(string file)
    {
        try
        {
            SettingsJournal? read = JsonSerializer.Deserialize(ByteOrderMark.Skip(BusyFile.Read(file)).Span, ClaudeCodeContext.Default.SettingsJournal);
            return read is { Action: not null, Written: not null, Entries: { } entries } && !entries.Values.Contains(null!) ? read : Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return Empty;
        }
    }

    public void Write(string file, string settingsPath)
    {
        if (IsEmpty) BusyFile.Delete(file);
        else AtomicFile.Write(file, JsonFile.Serialize(this with { SettingsPath = settingsPath }, ClaudeCodeContext.Default.SettingsJournal));
    }
}

/// <summary>What we did to one member, so that it can be undone.</summary>
/// <param name="Before">Its value before our first change; null when it was not there.</param>
/// <param name="Ours">The value we gave it; null when we removed it.</param>
/// <param name="Place">Where it stood; null when it was not there.</param>
[JsonConverter(typeof(JournalEntryConverter))]
internal sealed record JournalEntry(string? Before, string? Ours, SettingsPlace? Place);

/// <summary>An entry of a member that stood nowhere, in the file.</summary>
internal sealed record UnplacedEntry(string? Before, string? Ours);

/// <summary>An entry in the file, where the place stands beside the values.</summary>
/// <param name="After">The member before it; null for the first one, and where there is no <paramref name="Gap"/>.</param>
/// <param name="Gap">The white space before it; null when it stood nowhere.</param>
internal sealed record PlacedEntry(string? Before, string? Ours, string? After = null, string? Gap = null);

/// <summary>Without a place its members are absent: null would be the place in front of all others.</summary>
internal sealed class JournalEntryConverter : JsonConverter<JournalEntry>
{
    public override JournalEntry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        PlacedEntry entry = JsonSerializer.Deserialize(ref reader, ClaudeCodeContext.Default.PlacedEntry)!;
        return new JournalEntry(entry.Before, entry.Ours, entry.Gap is { } gap ? new SettingsPlace(entry.After, gap) : null);
    }

    public override void Write(Utf8JsonWriter writer, JournalEntry value, JsonSerializerOptions options)
    {
        if (value.Place is { } place) JsonSerializer.Serialize(writer, new PlacedEntry(value.Before, value.Ours, place.After, place.Gap), ClaudeCodeContext.Default.PlacedEntry);
        else JsonSerializer.Serialize(writer, new UnplacedEntry(value.Before, value.Ours), ClaudeCodeContext.Default.UnplacedEntry);
    }
}
