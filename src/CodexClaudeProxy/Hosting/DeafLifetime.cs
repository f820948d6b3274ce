namespace CodexClaudeProxy.Hosting;

/// <summary>Takes the place of the framework's lifetime, which would close the listener at the first signal, also at one that is meant for another program.</summary>
internal sealed class DeafLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
