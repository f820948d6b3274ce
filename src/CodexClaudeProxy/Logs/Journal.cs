using System.Collections.Concurrent;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Logs;

/// <summary>The one way of every log line: put into words, freed of secrets, then kept in the ring, shown on the console and written to the file.</summary>
internal sealed partial class Journal(TimeProvider time) : ILoggerProvider, IAsyncDisposable
{
    private const int LongestMessage = 8 * 1024;
    private const int LongestException = 16 * 1024;

    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<string, Category> _categories = [];
    private readonly Lock _console = new();
    private volatile LogLevel _level = LogLevel.Information;

    /// <summary>What is graver is logged too. May be changed at any time.</summary>
    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    public LogFormat Format { get; init; }

    /// <summary>Null keeps the console quiet.</summary>
    public TextWriter? Console { get; init; }

    public ConsoleReader Reader { get; init; }

    public LogFile? File
    {
        get;
        init
        {
            field = value;
            value?.Trouble = what => FileTrouble(CreateLogger("Log"), what);
        }
    }

    public Redaction Redaction { get; init; } = new();

    public LogRing Ring { get; } = new(time);

    public ILogger CreateLogger(string categoryName) => _categories.GetOrAdd(categoryName, name => new Category(this, name));

    public void Dispose()
    {
    }

    /// <summary>Writes out what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Console is QueuedWriter queued) await queued.DisposeAsync();
        if (File is not null) await File.DisposeAsync();
    }

    private void Write(LogEntry entry, object? state)
    {
        entry = Ring.Add(entry);
        if (Console is null && File is null) return;

        string? machine = Format == LogFormat.Json ? LogLine.Json(entry, FieldsOf(state)) : null;
        File?.Write(machine ?? LogLine.ForFile(entry));
        if (Console is null) return;

        string line = Reader switch
        {
            ConsoleReader.Journal => machine is null ? LogLine.ForJournal(entry) : LogLine.WithPriority(entry.Level, machine),
            ConsoleReader.File => machine ?? LogLine.ForFile(entry),
            _ => machine ?? LogLine.ForConsole(entry, _time.LocalTimeZone),
        };
        lock (_console)
        {
            Console.WriteLine(line);
            Console.Flush();
        }
    }

    /// <summary>Numbers as they are, everything else as text without secrets.</summary>
    private Dictionary<string, object?>? FieldsOf(object? state)
    {
        Dictionary<string, object?> fields = [];
        foreach ((string name, object? value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            if (name != "{OriginalFormat}") fields[name] = value is int or long or null ? value : Clean(value.ToString() ?? "", LongestMessage);
        }

        return fields.Count > 0 ? fields : null;
    }

    private string Clean(string text, int longest)
    {
        text = Redaction.Scrub(text);
        return text.Length > longest ? text[..longest] + "…" : text;
    }

    private sealed class Category(Journal journal, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= journal.Level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            string message = journal.Clean(formatter(state, exception), LongestMessage);
            string? trace = exception is null ? null : journal.Clean(exception.ToString(), LongestException);
            journal.Write(new LogEntry(0, journal._time.GetUtcNow(), logLevel, name, eventId, message, trace), state);
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "{What}")]
    private static partial void FileTrouble(ILogger log, string what);
}
