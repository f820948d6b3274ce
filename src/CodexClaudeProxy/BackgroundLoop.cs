namespace CodexClaudeProxy;

/// <summary>Work beside the requests, from its construction to its disposal.</summary>
internal sealed class BackgroundLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public BackgroundLoop(Func<CancellationToken, Task> work) => _work = Task.Run(() => work(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
