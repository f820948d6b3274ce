using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Upstream;

/// <summary>Keeps the lessons in <c>lessons.json</c>: read at the start, written a few seconds after a change and at the end.</summary>
internal sealed partial class LessonsFile : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly string _file;
    private readonly Lessons _lessons;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _keeping;
    private bool _isBehind;

    public LessonsFile(string dataDirectory, Lessons lessons, TimeProvider time, ILogger log)
    {
        (_file, _lessons, _time, _log) = (Path.Combine(dataDirectory, "lessons.json"), lessons, time, log);
        Load();
        _keeping = Task.Run(KeepAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
        if (_isBehind || _lessons.Changed.TryRead(out _)) Save();
    }

    /// <summary>A file that cannot be read is ignored.</summary>
    private void Load()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(BusyFile.Read(_file), JsonDepth.Document);
            _lessons.Read(document.RootElement);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            NotRead(_log, _file, e.Message);
        }
    }

    private async Task KeepAsync()
    {
        while (await _lessons.Changed.WaitToReadAsync(_closing.Token))
        {
            _isBehind = true;
            await Task.Delay(Pause, _time, _closing.Token);
            while (_lessons.Changed.TryRead(out _)) { }
            Save();
            _isBehind = false;
        }
    }

    private void Save()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) _lessons.Write(json);
        try
        {
            PrivateFiles.CreateDirectory(Path.GetDirectoryName(_file)!);
            AtomicFile.Write(_file, buffer.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotSaved(_log, _file, e.Message);
        }
    }

    [LoggerMessage(320, LogLevel.Warning, "The list of refused request members in {File} could not be read and is rebuilt: {Reason}")]
    private static partial void NotRead(ILogger log, string file, string reason);

    [LoggerMessage(321, LogLevel.Warning, "The list of refused request members could not be saved in {File}: {Reason}")]
    private static partial void NotSaved(ILogger log, string file, string reason);
}
