using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CodexClaudeProxy.Hosting;

/// <summary>Log lines for people (<c>12:03:44 info  …</c>) or for machines (one JSON object a line).</summary>
internal sealed class ConsoleLog(TextWriter output, LogFormat format, TimeProvider time) : ILoggerProvider
{
    private readonly LogFormat _format = format;
    private readonly ConcurrentDictionary<string, Category> _categories = [];
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => _categories.GetOrAdd(categoryName, name => new Category(this, name));

    public void Dispose() { }

    private void Write(string line)
    {
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private string AsText(LogLevel level, string message, Exception? exception)
    {
        // A path from outside may hold line breaks and terminal codes.
        string clean = string.Create(message.Length, message, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
        string line = $"{time.GetLocalNow():HH:mm:ss} {Word(level),-5} {clean}";
        return exception is null ? line : $"{line}{Environment.NewLine}{exception}";
    }

    private string AsJson(string category, LogLevel level, EventId id, string message, Exception? exception, object? state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", Word(level));
            json.WriteString("category", category);
            json.WriteNumber("event", id.Id);
            json.WriteString("message", message);
            if (exception is not null) json.WriteString("exception", exception.ToString());
            if (state is IReadOnlyList<KeyValuePair<string, object?>> fields) WriteFields(json, fields);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        json.WriteStartObject("fields");
        foreach ((string name, object? value) in fields)
        {
            if (name == "{OriginalFormat}") continue;
            if (value is int or long) json.WriteNumber(name, Convert.ToInt64(value, null));
            else json.WriteString(name, value?.ToString());
        }

        json.WriteEndObject();
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    private sealed class Category(ConsoleLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string message = formatter(state, exception);
            log.Write(log._format == LogFormat.Json
                ? log.AsJson(name, logLevel, eventId, message, exception, state)
                : log.AsText(logLevel, message, exception));
        }
    }
}
