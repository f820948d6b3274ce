using System.Globalization;
using System.Text;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Logs;

internal enum LogFormat { Text, Json }

/// <summary>For whom the lines on the console are.</summary>
internal enum ConsoleReader
{
    /// <summary>Somebody at a terminal, who knows the day.</summary>
    Person,

    /// <summary>systemd's journal, which knows the time and takes each line's priority from its beginning.</summary>
    Journal,

    /// <summary>A file that a service manager keeps.</summary>
    File,
}

/// <summary>One log entry as a line: for people (<c>12:03:44 info  …</c>) or for machines (one JSON object).</summary>
internal static class LogLine
{
    /// <summary>For a terminal, where the day is known.</summary>
    public static string ForConsole(LogEntry entry, TimeZoneInfo zone) =>
        Text(TimeZoneInfo.ConvertTime(entry.Time, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture), entry);

    /// <summary>For systemd's journal.</summary>
    public static string ForJournal(LogEntry entry) => WithPriority(entry.Level, PlainText.Blanked(entry.Message) + (entry.Exception is null ? "" : Environment.NewLine + entry.Exception));

    /// <summary>A text as the journal takes it: the priority in front, once for each line, because each becomes an entry.</summary>
    public static string WithPriority(LogLevel level, string text)
    {
        string priority = level switch
        {
            LogLevel.Trace or LogLevel.Debug => "<7>",
            LogLevel.Information => "<6>",
            LogLevel.Warning => "<4>",
            LogLevel.Critical => "<2>",
            _ => "<3>",
        };
        return priority + text.ReplaceLineEndings(Environment.NewLine + priority);
    }

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
        string line = $"{time} {Word(entry.Level),-5} {PlainText.Blanked(entry.Message)}";
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
