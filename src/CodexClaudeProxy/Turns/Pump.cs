using System.Buffers;
using System.IO.Pipelines;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Sse;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Moves one upstream response through a turn converter to the client: read, convert everything that has come, send once.
/// Beside it a timer shows the client signs of life and gives up on a backend that has fallen silent; a gate keeps the two apart.
/// A read is never cancelled to get a turn at writing: over HTTP/1.1 that would break the connection.
/// </summary>
internal sealed class Pump : IAsyncDisposable
{
    /// <summary>Clients give up after five minutes of silence; without an open block even pings do not keep them for ever.</summary>
    public static readonly TimeSpan KeepAliveAfter = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(300);

    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(5);

    private readonly IEventConverter _converter;
    private readonly IAnswer _answer;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _upstream;
    private readonly RateLimits? _headerLimits;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private readonly TimeSpan _commitAfter;
    private readonly long _accepted;
    private long _lastRead;
    private long _lastSent;
    private bool _disposed;

    /// <param name="upstream">Cancelled to end the upstream call.</param>
    /// <param name="commitAfter">How long the answer's beginning waits for an event that cannot be taken back.</param>
    /// <param name="headerLimits">The quota the response's headers told of.</param>
    public Pump(IEventConverter converter, IAnswer answer, TimeProvider time, CancellationTokenSource upstream, RateLimits? headerLimits, TimeSpan commitAfter)
    {
        _converter = converter;
        _answer = answer;
        _time = time;
        _upstream = upstream;
        _headerLimits = headerLimits;
        _commitAfter = commitAfter;
        _accepted = _lastRead = _lastSent = time.GetTimestamp();
        TimeSpan tick = commitAfter < LongestTick ? commitAfter : LongestTick;
        _timer = time.CreateTimer(static state => _ = ((Pump)state!).WatchAsync(), this, tick, tick);
    }

    /// <summary>Called when a part of the stream was converted, before it is sent; must only take a note.</summary>
    public Action? Converted { get; init; }

    /// <summary>When the backend's stream began, as a timestamp; 0 before.</summary>
    public long FirstRead { get; private set; }

    /// <summary>When the first byte of the answer itself was written, as a timestamp; 0 before.</summary>
    public long FirstOutput { get; private set; }

    /// <summary>The backend had been silent for <see cref="SilenceLimit"/>, and the call was given up.</summary>
    public bool FellSilent { get; private set; }

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
                _lastRead = _time.GetTimestamp();
                if (FirstRead == 0 && !read.Buffer.IsEmpty) FirstRead = _lastRead;
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
        while (frames.TryRead(ref bytes, out ReadOnlySpan<byte> data)) _converter.Handle(data);
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
        _lastSent = _time.GetTimestamp();
        if (FirstOutput == 0 && _converter.BlockCount > 0) FirstOutput = _lastSent;
        await _answer.SendAsync(Limits, cancellation);
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
        if (!_gate.Wait(0)) return;
        try
        {
            // A whole answer whose end waits for verdicts needs no backend any more, but signs of life.
            bool held = _converter.Calls is { IsHeld: true };
            if (_disposed || (_converter.IsEnded && !held)) return;
            if (!held && _time.GetElapsedTime(_lastRead) >= SilenceLimit)
            {
                FellSilent = true;
                await _upstream.CancelAsync();
            }
            else if (!held && _converter.HasErrorEvent)
            {
                // It has said that it failed, and says no more.
                await _upstream.CancelAsync();
            }
            else if (_converter.HasBegun && _time.GetElapsedTime(_lastSent) >= KeepAliveAfter)
            {
                _converter.KeepAlive();
                await SendAsync(_upstream.Token);
            }
            else if (!_converter.HasBegun && _time.GetElapsedTime(_accepted) >= _commitAfter)
            {
                _converter.Begin();
                await SendAsync(_upstream.Token);
            }
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
}
