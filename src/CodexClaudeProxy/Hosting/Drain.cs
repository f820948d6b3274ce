namespace CodexClaudeProxy.Hosting;

/// <summary>
/// The end of the program in good order. After the first order nothing new begins, while the listener stays open so that whoever comes is
/// told to come back; what runs has its time, is then told to end, and has a moment for its last words. A second order ends the waiting.
/// </summary>
internal sealed class Drain(TimeSpan limit, TimeProvider time) : IDisposable
{
    /// <summary>How long an answer that was told to end may take for it.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _unbegun = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _ordered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hurried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _clock = new();
    private Task? _nearlyUp;
    private Task? _timeUp;
    private Task? _over;
    private int _running;

    /// <summary>Nothing new begins, and feeds without an end finish.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>What has sent its client nothing would hardly be whole in time: told now, the client is not kept waiting for nothing.</summary>
    public CancellationToken UnbegunEnding => _unbegun.Token;

    /// <summary>What still runs ends now, with a word to its client.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Ends with the first order.</summary>
    public Task Ordered => _ordered.Task;

    public TimeSpan Limit => limit;

    /// <summary>There was a second order.</summary>
    public bool IsHurried => _hurried.Task.IsCompleted;

    /// <summary>The order to stop. Given again, it ends the waiting.</summary>
    public void Order()
    {
        lock (_lock)
        {
            if (_timeUp is not null)
            {
                _hurried.TrySetResult();
                return;
            }

            _nearlyUp = Task.Delay(limit * 5 / 6, time, _clock.Token);
            _timeUp = Task.Delay(limit, time, _clock.Token);
        }

        _ordered.TrySetResult();

        // Who listens may take its time, and a signal's handler must return.
        _ = _stopping.CancelAsync();
        NoteQuiet();
    }

    public void Enter()
    {
        lock (_lock) _running++;
    }

    public void Leave()
    {
        lock (_lock) _running--;
        NoteQuiet();
    }

    /// <summary>Ends when nothing runs any more, or the time is up.</summary>
    public Task WaitAsync()
    {
        lock (_lock) return _over ??= RunAsync();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _unbegun.Dispose();
        _ending.Dispose();
        _clock.Dispose();
    }

    private async Task RunAsync()
    {
        await _ordered.Task;
        await Task.WhenAny(_quiet.Task, _hurried.Task, _nearlyUp!);
        await _unbegun.CancelAsync();
        await Task.WhenAny(_quiet.Task, _hurried.Task, _timeUp!);
        await _ending.CancelAsync();
        await Task.WhenAny(_quiet.Task, Task.Delay(LastWords, time, _clock.Token));
        await _clock.CancelAsync();
    }

    private void NoteQuiet()
    {
        lock (_lock)
        {
            if (_running > 0 || !_ordered.Task.IsCompleted) return;
        }

        _quiet.TrySetResult();
    }
}
