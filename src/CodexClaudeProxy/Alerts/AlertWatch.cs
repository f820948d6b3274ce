using System.Text.Json;
using System.Threading.Channels;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Activity;

namespace CodexClaudeProxy.Alerts;

/// <summary>
/// Looks around a moment after each request and now and then, compares, and sends what is new: one loop beside the requests, which without a channel only
/// looks at a file's time once a minute.
/// </summary>
internal sealed class AlertWatch : IAsyncDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IdleRound = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks, however many requests there are.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>How full windows are changes with every request; what was told is saved at once.</summary>
    private static readonly TimeSpan BetweenSaves = TimeSpan.FromMinutes(5);

    private readonly AlertChannels _channels;
    private readonly AlertObserver _observer;
    private readonly AlertMemoryFile _file;
    private readonly Func<AlertBodies> _bodies;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly AlertMemory _memory;
    private readonly AlertDelivery _delivery;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly BackgroundLoop _rounds;
    private volatile bool _isIdle = true;
    private bool _hasFailed;
    private DateTimeOffset _saved;

    /// <param name="bodies">How alerts are written now.</param>
    public AlertWatch(AlertChannels channels, AlertObserver observer, AlertMemoryFile file, AlertSender sender, Func<AlertBodies> bodies, TimeProvider time, ILogger log)
    {
        (_channels, _observer, _file, _bodies, _time, _log) = (channels, observer, file, bodies, time, log);
        _memory = file.Load();
        _delivery = new AlertDelivery(_memory, _gate, sender, time, log);
        channels.Changed += Wake;
        _rounds = new BackgroundLoop(RunAsync);
    }

    /// <summary>A request was served, so something may have changed. Takes a note only, and without a channel none.</summary>
    public void Note(RequestEntry entry)
    {
        if (_isIdle) return;
        _observer.Note(entry);
        Wake();
    }

    /// <summary>Sends a test to a channel now.</summary>
    public Task<SendResult> TestAsync(AlertChannel channel, CancellationToken ct) => _delivery.TestAsync(channel, _bodies(), ct);

    public AlertsAnswer Report(AlertPrograms programs)
    {
        IReadOnlyList<AlertChannel> channels = _channels.Read();
        lock (_gate) return AlertsAnswer.Of(channels, channel => _memory.Channels.GetValueOrDefault(channel.Name), _memory.Recent, _bodies(), programs);
    }

    public async ValueTask DisposeAsync()
    {
        _channels.Changed -= Wake;
        await _rounds.DisposeAsync();
        if (!_isIdle) Save(force: true);
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await LookAsync(ct);
                _hasFailed = false;
            }
            catch (Exception e) when (AccountStore.IsTrouble(e) || e is JsonException)
            {
                if (!_hasFailed) Log.NotObserved(_log, e.Message);
                _hasFailed = true;
            }

            await Task.Delay(LeastPause, _time, ct);
            await WaitAsync(_isIdle ? IdleRound : Round, ct);
        }
    }

    private async Task WaitAsync(TimeSpan most, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task woken = _wake.Reader.WaitToReadAsync(limit.Token).AsTask();
        await Task.WhenAny(woken, Task.Delay(most, _time, limit.Token));
        await limit.CancelAsync();
        ct.ThrowIfCancellationRequested();
        _wake.Reader.TryRead(out _);
    }

    private async Task LookAsync(CancellationToken ct)
    {
        IReadOnlyList<AlertChannel> channels = _channels.Read();
        if (channels.Count == 0)
        {
            // What happens now is no news for a channel that is added later.
            _isIdle = true;
            if (!_memory.HasObserved) return;
            lock (_gate) _memory.HasObserved = false;
            Save(force: true);
            return;
        }

        _isIdle = false;
        if (!_memory.HasObserved)
        {
            IReadOnlyList<string> before = await _observer.ClientsBefore(ct);
            lock (_gate) _memory.Clients.UnionWith(before);
        }

        Observation seen = await _observer.LookAsync(channels.SelectMany(static channel => channel.Events ?? AlertEvents.Usual).ToHashSet(), ct);
        IReadOnlyList<Alert> alerts;
        lock (_gate) alerts = AlertRules.Compare(_memory, seen);
        _delivery.Enqueue(channels, alerts);
        // Before they are sent: at worst one arrives twice.
        Save(force: alerts.Count > 0);
        if (await _delivery.SendAsync(channels, _bodies(), ct)) Save(force: true);
    }

    private void Save(bool force)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (!force && now - _saved < BetweenSaves) return;
        _saved = now;
        byte[] text;
        lock (_gate) text = AlertMemoryFile.Text(_memory);
        _file.Save(text);
    }
}
