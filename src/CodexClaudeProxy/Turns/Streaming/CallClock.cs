using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>
/// The wait of one upstream call for its response headers. The upload has the time of an idle stream; the clock for the headers starts
/// behind it, and stops with them.
/// </summary>
internal sealed class CallClock : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeLimits _limits;
    private readonly CancellationTokenSource _patience;
    private bool _isAnswered;

    /// <param name="end">Ends the call for other reasons.</param>
    public CallClock(TimeLimits limits, TimeProvider time, CancellationToken end)
    {
        _limits = limits;
        _patience = new CancellationTokenSource(limits.Idle, time);
        Call = CancellationTokenSource.CreateLinkedTokenSource(end, _patience.Token);
    }

    /// <summary>Cancelled to end the call.</summary>
    public CancellationTokenSource Call { get; }

    /// <summary>The request is uploaded: the headers are due.</summary>
    public void Uploaded()
    {
        lock (_lock)
        {
            if (!_isAnswered) _patience.CancelAfter(_limits.Headers);
        }
    }

    /// <summary>The headers have come. A server may answer before it has read the whole request.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            _isAnswered = true;
            _patience.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The next read has the time of an idle stream, where nobody else watches it.</summary>
    public void AwaitMore() => _patience.CancelAfter(_limits.Idle);

    public void Dispose()
    {
        lock (_lock) _isAnswered = true;
        Call.Dispose();
        _patience.Dispose();
    }
}
