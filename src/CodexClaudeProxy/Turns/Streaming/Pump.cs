using System.Buffers;
using System.IO.Pipelines;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Sse;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Answers;

namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>
/// Moves one upstream response through a turn converter to the client: read, convert everything that has come, send once.
/// Beside it a timer shows the client signs of life and gives up on a backend that has fallen silent; a gate keeps the two apart.
/// What counts for the one is the last byte the client was sent, for the other the last event that came. An event only notes that it was
/// there: the timer looks when something could be due, and sets itself for the next such moment.
/// A read is never cancelled to get a turn at writing: over HTTP/1.1 that would break the connection.
/// </summary>
internal sealed class Pump : IAsyncDisposable
{
    /// <summary>Clients give up after five minutes of silence; without an open block even pings do not keep them for ever.</summary>
    public static readonly TimeSpan KeepAliveAfter = TimeSpan.FromSeconds(10);

    /// <summary>How long a better explanation may follow an error event.</summary>
    private static readonly TimeSpan ErrorPatience = TimeSpan.FromSeconds(5);

    private readonly IEventConverter _converter;
    private readonly IAnswer _answer;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _upstream;
    private readonly RateLimits? _headerLimits;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private readonly TimeLimits _limits;
    private readonly TimeSpan _commitAfter;
    private readonly long _accepted;
    private long _lastEvent;
    private long _lastProgress;
    private int _progress;
    private long _errorSince;
    private bool _hasEvent;
    private bool _isSettled;
    private bool _disposed;

    /// <param name="upstream">Cancelled to end the upstream call.</param>
    /// <param name="commitAfter">How long the answer's beginning waits for an event that cannot be taken back.</param>
    /// <param name="headerLimits">The quota the response's headers told of.</param>
    public Pump(IEventConverter converter, IAnswer answer, TimeProvider time, CancellationTokenSource upstream, RateLimits? headerLimits, TimeLimits limits, TimeSpan commitAfter)
    {
        _converter = converter;
        _answer = answer;
        _time = time;
        _upstream = upstream;
        _headerLimits = headerLimits;
        _limits = limits;
        _commitAfter = commitAfter;
        _accepted = _lastEvent = _lastProgress = LastSent = time.GetTimestamp();
        _timer = time.CreateTimer(static state => _ = ((Pump)state!).WatchAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        SetTimer();
    }

    /// <summary>Called when a part of the stream was converted, before it is sent; must only take a note.</summary>
    public Action? Converted { get; init; }

    /// <summary>Called once, when the client has a part of the answer that cannot be taken back.</summary>
    public Action? Settled { get; init; }

    /// <summary>When the backend's stream began, as a timestamp; 0 before.</summary>
    public long FirstRead { get; private set; }

    /// <summary>When the first byte of the answer itself was written, as a timestamp; 0 before.</summary>
    public long FirstOutput { get; private set; }

    /// <summary>When the client was last sent something, as a timestamp.</summary>
    public long LastSent { get; private set; }

    /// <summary>The backend had been silent for too long, and the call was given up.</summary>
    public CodexFailure? Silence { get; private set; }

    private RateLimits? Limits => _converter.RateLimits ?? _headerLimits;

    /// <summary>Returns when the converter has seen the end, whatever it was. Throws when the connection breaks.</summary>
    public async Task RunAsync(Stream body, CancellationToken cancellation)
    {
        PipeReader reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 * 1024, useZeroByteReads: true));
        using var frames = new SseReader();
        bool first = true;
        try
        {
            while (!_converter.IsEnded)
            {
                ReadResult read = await reader.ReadAsync(cancellation);
                if (FirstRead == 0 && !read.Buffer.IsEmpty) FirstRead = _time.GetTimestamp();
                if (first && IsDocument(read.Buffer))
                {
                    await TakeDocumentAsync(reader, read, cancellation);
                    return;
                }

                first &= read.Buffer.IsEmpty;
                await _gate.WaitAsync(cancellation);
                try
                {
                    foreach (ReadOnlyMemory<byte> segment in read.Buffer) Convert(frames, segment.Span);
                    reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted) Complete(frames);
                    Converted?.Invoke();
                    NoteError();
                    await SendAsync(cancellation);
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Stops the timer and waits for a tick that is writing just now.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _gate.WaitAsync();
        _disposed = true;
        _gate.Release();
    }

    private void Convert(SseReader frames, ReadOnlySpan<byte> bytes)
    {
        bool any = false;
        while (frames.TryRead(ref bytes, out ReadOnlySpan<byte> data))
        {
            any = true;
            _converter.Handle(data);
        }

        if (!any) return;
        _hasEvent = true;
        _lastEvent = _time.GetTimestamp();
    }

    private void Complete(SseReader frames)
    {
        if (frames.TryComplete(out ReadOnlySpan<byte> data)) _converter.Handle(data);
        _converter.EndOfStream();
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        // An empty answer is not written yet: the caller may want to try again.
        if (!_converter.HasBegun) return;
        if (FirstOutput == 0 && _converter.BlockCount > 0) FirstOutput = _time.GetTimestamp();
        if (!_answer.HasUnsent) return;
        await _answer.SendAsync(Limits, cancellation);
        LastSent = _time.GetTimestamp();
        if (_isSettled || !_answer.IsCommitted || _converter.BlockCount == 0) return;
        _isSettled = true;
        Settled?.Invoke();
    }

    /// <summary>Usually it is explained at once; else the timer must not wait until something else is due.</summary>
    private void NoteError()
    {
        if (_errorSince != 0 || !_converter.HasErrorEvent) return;
        _errorSince = _time.GetTimestamp();
        SetTimer();
    }

    /// <summary>The backend names no content type, so the content decides: a JSON document is an error or a complete response.</summary>
    private static bool IsDocument(ReadOnlySequence<byte> start)
    {
        foreach (ReadOnlyMemory<byte> segment in start)
        {
            ReadOnlySpan<byte> text = segment.Span.TrimStart(" \t\r\n\uFEFF"u8);
            if (!text.IsEmpty) return text[0] == (byte)'{';
        }

        return false;
    }

    private async Task TakeDocumentAsync(PipeReader reader, ReadResult read, CancellationToken cancellation)
    {
        const int Longest = 64 * 1024 * 1024;
        while (!read.IsCompleted && read.Buffer.Length < Longest)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            _lastEvent = _time.GetTimestamp();
            read = await reader.ReadAsync(cancellation);
        }

        byte[] document = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        using var asEvent = new PooledBuffer();
        asEvent.Append(IsResponse(document) ? "{\"type\":\"response.completed\",\"response\":"u8 : "{\"type\":\"response.failed\",\"response\":"u8);
        asEvent.Append(document.AsSpan().Trim(" \t\r\n\uFEFF"u8));
        asEvent.Append("}"u8);
        _converter.Handle(asEvent.Written);
        _converter.EndOfStream();
        await SendAsync(cancellation);
    }

    private static bool IsResponse(ReadOnlySpan<byte> document) => document.IndexOf("\"output\""u8) >= 0;

    private async Task WatchAsync()
    {
        // While the pump itself writes there is nothing to show and no silence.
        await _gate.WaitAsync();
        try
        {
            // A whole answer whose end waits for verdicts needs no backend any more, but signs of life.
            bool held = _converter.Calls is { IsHeld: true };
            if (_disposed || (_converter.IsEnded && !held)) return;
            if (!held && IsToBeGivenUp())
            {
                await _upstream.CancelAsync();
                return;
            }

            await ShowLifeAsync();
            SetTimer();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client has gone: the pump finds out by itself.
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask ShowLifeAsync()
    {
        if (UntilSign() > TimeSpan.Zero) return;
        if (_converter.HasBegun) _converter.KeepAlive();
        else _converter.Begin();
        await SendAsync(_upstream.Token);
        // Also where there is nothing to send, because the answer is one document.
        LastSent = _time.GetTimestamp();
    }

    private bool IsToBeGivenUp()
    {
        if (_converter.Progress != _progress) (_progress, _lastProgress) = (_converter.Progress, _time.GetTimestamp());
        Silence = Overdue();
        // An error event says that the call has failed, and no more is to be expected.
        return Silence is not null || (_errorSince != 0 && UntilErrorCounts() <= TimeSpan.Zero);
    }

    private CodexFailure? Overdue()
    {
        if (UntilEventIsDue() <= TimeSpan.Zero) return CodexFailure.Silent(_hasEvent ? _limits.Idle : _limits.FirstEvent);
        return UntilProgressIsDue() <= TimeSpan.Zero ? CodexFailure.OnlyAlive(_limits.OnlyAlive) : null;
    }

    private TimeSpan UntilSign() => _converter.HasBegun ? Left(KeepAliveAfter, LastSent) : Left(_commitAfter, _accepted);

    private TimeSpan UntilEventIsDue() => Left(_hasEvent ? _limits.Idle : _limits.FirstEvent, _lastEvent);

    private TimeSpan UntilProgressIsDue() => Left(_limits.OnlyAlive, _lastProgress);

    private TimeSpan UntilErrorCounts() => Left(ErrorPatience, _errorSince);

    private TimeSpan Left(TimeSpan limit, long since) => limit - _time.GetElapsedTime(since);

    /// <summary>Nothing that begins after this moment is due sooner than a sign of life.</summary>
    private void SetTimer()
    {
        long ticks = Math.Min(KeepAliveAfter.Ticks, UntilSign().Ticks);
        ticks = Math.Min(ticks, Math.Min(UntilEventIsDue().Ticks, UntilProgressIsDue().Ticks));
        if (_errorSince != 0) ticks = Math.Min(ticks, UntilErrorCounts().Ticks);
        _timer.Change(TimeSpan.FromTicks(Math.Max(ticks, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
    }
}
