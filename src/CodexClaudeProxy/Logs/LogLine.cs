using System.Globalization;
using System.Text;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Logs;

internal enum LogFormat { Text, Json }

/// <summary>One log entry as a line: for people (<c>12:03:44 info  …</c>) or for machines (one JSON object).</summary>
internal static class LogLine
{
    /// <summary>For a terminal, where the day is known.</summary>
    public static string ForConsole(LogEntry entry, TimeZoneInfo zone) =>
        Text(TimeZoneInfo.ConvertTime(entry.Time, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture), entry);

    /// <summary>For a file, which is read later and elsewhere.</summary>
    public static string ForFile(LogEntry entry) =>
        Text(entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), entry);

    /// <param name="fields">What the message was made of: numbers and texts; null for nothing.</param>
    public static string Json(LogEntry entry, IReadOnlyDictionary<string, object?>? fields)
    {
        var line = new LogDocument(entry.Time, Word(entry.Level), entry.Category, entry.Event.Id, entry.Message, entry.Exception, fields);
        return Encoding.UTF8.GetString(JsonLine.ToBytes(line, LogsContext.Default.LogDocument));
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
