using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>What we did to one member, so that it can be undone.</summary>
/// <param name="Before">Its value before our first change; null when it was not there.</param>
/// <param name="Ours">The value we gave it; null when we removed it.</param>
/// <param name="Place">Where it stood.</param>
internal sealed record JournalEntry(string? Before, string? Ours, SettingsPlace? Place);

/// <summary>
/// What we did to one settings file since it was last without our hand. Lies in our own data directory, readable by its owner
/// only: a key that we replaced is in it.
/// </summary>
internal sealed record SettingsJournal
{
    public static readonly SettingsJournal Empty = new();

    /// <summary>When we first changed the file, and what for.</summary>
    public DateTimeOffset At { get; init; }

    public string Action { get; init; } = "";

    /// <summary>The copy of the file from before our first change; null when there was no file.</summary>
    public string? Original { get; init; }

    /// <summary>Hash of what we wrote last.</summary>
    public string Written { get; init; } = "";

    /// <summary>Nobody else has changed the file between our changes: the original can come back byte for byte.</summary>
    public bool IsUnbroken { get; init; } = true;

    /// <summary>There was no <c>env</c> before us.</summary>
    public bool MadeEnv { get; init; }

    /// <summary>There was no <c>permissions</c> before us.</summary>
    public bool MadePermissions { get; init; }

    public IReadOnlyDictionary<SettingsKey, JournalEntry> Entries { get; init; } = new Dictionary<SettingsKey, JournalEntry>();

    public bool IsEmpty => Entries.Count == 0;

    /// <summary>An unreadable journal counts as none: then there is nothing to undo, but the copies are still there.</summary>
    public static SettingsJournal Read(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(ByteOrderMark.Skip(BusyFile.Read(file)), JsonDepth.Document);
            JsonElement root = document.RootElement;
            return new SettingsJournal
            {
                At = root.GetProperty("at"u8).GetDateTimeOffset(),
                Action = root.GetProperty("action"u8).GetString()!,
                Original = root.GetProperty("original"u8).GetString(),
                Written = root.GetProperty("written"u8).GetString()!,
                IsUnbroken = root.GetProperty("unbroken"u8).GetBoolean(),
                MadeEnv = root.GetProperty("madeEnv"u8).GetBoolean(),
                // Not in journals of earlier versions.
                MadePermissions = root.TryGetProperty("madePermissions"u8, out JsonElement made) && made.GetBoolean(),
                Entries = root.GetProperty("entries"u8).EnumerateObject().ToDictionary(member => SettingsKey.Parse(member.Name), member => ReadEntry(member.Value)),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Empty;
        }
    }

    public void Write(string file, string settingsPath)
    {
        if (IsEmpty)
        {
            BusyFile.Delete(file);
            return;
        }

        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("file"u8, settingsPath);
            json.WriteString("at"u8, At);
            json.WriteString("action"u8, Action);
            json.WriteString("original"u8, Original);
            json.WriteString("written"u8, Written);
            json.WriteBoolean("unbroken"u8, IsUnbroken);
            json.WriteBoolean("madeEnv"u8, MadeEnv);
            json.WriteBoolean("madePermissions"u8, MadePermissions);
            json.WriteStartObject("entries"u8);
            foreach ((SettingsKey key, JournalEntry entry) in Entries) WriteEntry(json, key, entry);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        AtomicFile.Write(file, buffer.WrittenSpan);
    }

    private static JournalEntry ReadEntry(JsonElement entry)
    {
        SettingsPlace? place = entry.TryGetProperty("gap"u8, out JsonElement gap) ? new SettingsPlace(entry.GetProperty("after"u8).GetString(), gap.GetString()!) : null;
        return new JournalEntry(entry.GetProperty("before"u8).GetString(), entry.GetProperty("ours"u8).GetString(), place);
    }

    private static void WriteEntry(Utf8JsonWriter json, SettingsKey key, JournalEntry entry)
    {
        json.WriteStartObject(key.ToString());
        json.WriteString("before"u8, entry.Before);
        json.WriteString("ours"u8, entry.Ours);
        if (entry.Place is { } place)
        {
            json.WriteString("after"u8, place.After);
            json.WriteString("gap"u8, place.Gap);
        }

        json.WriteEndObject();
    }
}
