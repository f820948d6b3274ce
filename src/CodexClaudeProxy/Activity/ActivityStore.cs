using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>How the store stands, for the dashboard.</summary>
/// <param name="Oldest">The end of the oldest request that is still there.</param>
internal sealed record StorageReport(string Path, long Bytes, long LimitBytes, long Rows, DateTimeOffset? Oldest);

/// <summary>
/// Keeps finished requests in <c>activity.db</c>. Whoever finishes one only puts it into a queue; a loop of its own writes once a second, and
/// opens the file when there is something to write. Trouble with the file is told in the log and costs statistics, never an answer.
/// </summary>
internal sealed partial class ActivityStore : IAsyncDisposable
{
    private static readonly TimeSpan WritePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(10);

    /// <summary>A connection keeps a megabyte.</summary>
    private static readonly TimeSpan CloseAfter = TimeSpan.FromSeconds(60);

    private readonly ActivityFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ActivityWriter _writer;
    private readonly UnwrittenEntries _unwritten = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(2, 2);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private bool _isNewer;
    private bool _inTrouble;
    private bool _readFailed;

    public ActivityStore(string path, TimeProvider time, ILogger log)
    {
        _file = new ActivityFile(path, time);
        _writer = new ActivityWriter(_file, time);
        _time = time;
        _log = log;
        _loop = Task.Run(WriteForEverAsync);
    }

    /// <summary>Whether requests are kept. What is in the file stays.</summary>
    public bool IsOn { get; set; } = true;

    public long LimitBytes { get; set; } = long.MaxValue;

    /// <summary>Requests that were not kept because the file could not be written to for too long.</summary>
    public long Lost => _unwritten.Lost;

    public void Add(RequestEntry entry)
    {
        if (IsOn && !_isNewer) _unwritten.Add(entry);
    }

    /// <summary>Runs a query beside the writing, after what is waiting was written. Null when there is no file that could be read.</summary>
    public async Task<T?> ReadAsync<T>(Func<Database, T?> query, CancellationToken cancellation) where T : class
    {
        if (!_inTrouble) await WriteAsync(cancellation);
        if (_isNewer) return null;
        await _reading.WaitAsync(cancellation);
        try
        {
            T? result = await OffThePool<T?>(() =>
            {
                using Database? database = _file.OpenForReading();
                return database is null ? null : query(database);
            });
            _readFailed = false;
            return result;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            // A dashboard asks every few seconds.
            if (!_readFailed) ReadFailed(_log, e.Message);
            _readFailed = true;
            return null;
        }
        finally
        {
            _reading.Release();
        }
    }

    public async Task<StorageReport> ReportAsync(CancellationToken cancellation)
    {
        StorageReport empty = new(_file.Path, _file.Bytes, LimitBytes, 0, null);
        return await ReadAsync(database => empty with
        {
            Bytes = _file.Bytes,
            Rows = database.Number("SELECT count(*) FROM requests") ?? 0,
            Oldest = database.Number("SELECT min(ended) FROM requests") is { } oldest ? DateTimeOffset.FromUnixTimeMilliseconds(oldest) : null,
        }, cancellation) ?? empty;
    }

    /// <summary>Forgets everything.</summary>
    /// <exception cref="SqliteException">The file cannot be written to.</exception>
    public async Task ClearAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            _unwritten.Clear();
            if (_file.Bytes == 0) return;
            await OffThePool(() => { _writer.Clear(); return true; });
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await WriteAsync(CancellationToken.None);
        _writer.Close();
        _stop.Dispose();
    }

    private async Task WriteForEverAsync()
    {
        try
        {
            while (true)
            {
                Task<bool> work = _unwritten.HasWork.WaitToReadAsync(_stop.Token).AsTask();
                while (!await IsThereWorkAsync(work)) await CloseIdleAsync();
                await Task.Delay(WritePause, _time, _stop.Token);
                _unwritten.HasWork.TryRead(out _);
                await WriteAsync(_stop.Token);
                if (_inTrouble) await Task.Delay(AfterTrouble, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    /// <summary>False when there was nothing to write for a while, and a connection is open.</summary>
    private async Task<bool> IsThereWorkAsync(Task<bool> work)
    {
        if (!_writer.IsOpen) return await work;
        try
        {
            return await work.WaitAsync(CloseAfter, _time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task CloseIdleAsync()
    {
        await _writing.WaitAsync(_stop.Token);
        _writer.Close();
        _writing.Release();
    }

    /// <summary>Writes what is waiting. What could not be written waits on.</summary>
    private async Task WriteAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        RequestEntry[] batch = [];
        try
        {
            batch = _unwritten.Take();
            if (batch.Length == 0) return;
            await OffThePool(() => { _writer.Write([batch], LimitBytes); return true; });
            batch = [];
            if (_inTrouble) Recovered(_log);
            _inTrouble = false;
        }
        catch (NewerFileException e)
        {
            _isNewer = true;
            batch = [];
            TurnedOff(_log, _file.Path, e.Message);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            await RecoverAsync(e, cancellation);
        }
        finally
        {
            _unwritten.PutBack(batch);
            _writing.Release();
        }
    }

    /// <summary>A damaged file is put aside, and the next write begins a new one; anything else may pass.</summary>
    private async Task RecoverAsync(Exception failure, CancellationToken cancellation)
    {
        _writer.Close();
        try
        {
            if (failure is SqliteException { IsDamage: true } && await _file.QuarantineAsync(cancellation) is { } aside)
            {
                Quarantined(_log, aside);
                return;
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            failure = e;
        }

        if (!_inTrouble) NotWritten(_log, failure.Message);
        _inTrouble = true;
    }

    private static bool IsTrouble(Exception e) =>
        e is SqliteException or IOException or UnauthorizedAccessException or TimeoutException or DllNotFoundException or NewerFileException;

    /// <summary>SQLite blocks its thread, and the pool's threads belong to the answers.</summary>
    private static Task<T> OffThePool<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [LoggerMessage(510, LogLevel.Warning, "Statistics cannot be written and are kept in memory: {Problem}")]
    private static partial void NotWritten(ILogger log, string problem);

    [LoggerMessage(511, LogLevel.Information, "Statistics are written again")]
    private static partial void Recovered(ILogger log);

    [LoggerMessage(512, LogLevel.Warning, "The statistics file was damaged and a new one was started; the old file is now {Path}")]
    private static partial void Quarantined(ILogger log, string path);

    [LoggerMessage(513, LogLevel.Warning, "No statistics are stored: {Path}: {Problem}")]
    private static partial void TurnedOff(ILogger log, string path, string problem);

    [LoggerMessage(514, LogLevel.Warning, "Statistics cannot be read: {Problem}")]
    private static partial void ReadFailed(ILogger log, string problem);
}
