using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CodexClaudeProxy.Logs;

internal enum LogFormat { Text, Json }

/// <summary>One log entry as a line: for people (<c>12:03:44 info  …</c>) or for machines (one JSON object).</summary>
internal static class LogLine
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For a terminal, where the day is known.</summary>
    public static string ForConsole(LogEntry entry, TimeZoneInfo zone) =>
        Text(TimeZoneInfo.ConvertTime(entry.Time, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture), entry);

    /// <summary>For a file, which is read later and elsewhere.</summary>
    public static string ForFile(LogEntry entry) =>
        Text(entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), entry);

    public static string Json(LogEntry entry, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.Time);
            json.WriteString("level", Word(entry.Level));
            json.WriteString("category", entry.Category);
            json.WriteNumber("event", entry.Event.Id);
            json.WriteString("message", entry.Message);
            if (entry.Exception is not null) json.WriteString("exception", entry.Exception);
            if (fields.Count > 0) WriteFields(json, fields);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        json.WriteStartObject("fields");
        foreach ((string name, object? value) in fields)
        {
            if (value is int or long) json.WriteNumber(name, Convert.ToInt64(value, null));
            else json.WriteString(name, (string?)value);
        }

        json.WriteEndObject();
    }

    private static string Text(string time, LogEntry entry)
    {
        // A path from outside may hold line breaks and terminal codes.
        string clean = string.Create(entry.Message.Length, entry.Message, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
        string line = $"{time} {Word(entry.Level),-5} {clean}";
        return entry.Exception is null ? line : $"{line}{Environment.NewLine}{entry.Exception}";
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
