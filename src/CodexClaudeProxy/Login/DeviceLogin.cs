using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>Signing in on another device: a short code is shown, the person enters it anywhere, and this program asks until it was.</summary>
internal sealed class DeviceLogin(DeviceEndpoint endpoint, LoginSessions sessions, TokenExchange exchange, TimeProvider time, ILogger<DeviceLogin> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _polling = [];

    /// <summary>The session to show, or why there is none.</summary>
    /// <param name="proxy">See <see cref="LoginSession.Proxy"/>.</param>
    public async Task<(LoginSession? Session, string? Error)> StartAsync(AccountProxy? proxy, CancellationToken ct)
    {
        (DeviceStart? start, string? error) = await endpoint.StartAsync(new OutboundRoute(null, proxy), ct);
        if (start is null)
        {
            Log.Failed(logger, error!);
            return (null, error);
        }

        TimeSpan lifetime = start.ExpiresAt - time.GetUtcNow() is { } told && told > TimeSpan.Zero && told < Lifetime ? told : Lifetime;
        LoginSession session = sessions.Add(new DeviceCode(start.Url, start.UserCode, start.Interval), proxy, lifetime);
        lock (_gate)
        {
            _polling.RemoveAll(task => task.IsCompleted);
            _polling.Add(Task.Run(() => PollAsync(session, start), CancellationToken.None));
        }

        return (session, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        Task[] polling;
        lock (_gate) polling = [.. _polling];
        await Task.WhenAll(polling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task PollAsync(LoginSession session, DeviceStart start)
    {
        while (!session.Ended.IsCompleted)
        {
            DevicePoll poll = await endpoint.PollAsync(start, new OutboundRoute(null, session.Proxy), _closing.Token);
            if (poll.Error is { } error)
            {
                if (session.TryEnd(LoginProgress.Failed(error))) Log.Failed(logger, error);
            }
            else if (poll.Code is { } code)
            {
                // Nobody is there to try again; the code stays good until it was exchanged.
                while (session.TryClaim() && await exchange.RunAsync(session, code, endpoint.RedirectUri, poll.Verifier!) is { HasEnded: false }) await PauseAsync(session, start);
            }
            else
            {
                await PauseAsync(session, start);
            }
        }
    }

    private async Task PauseAsync(LoginSession session, DeviceStart start)
    {
        await Task.WhenAny(session.Ended, Task.Delay(start.Interval, time, _closing.Token));
        _closing.Token.ThrowIfCancellationRequested();
    }
}
