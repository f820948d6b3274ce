using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>For each test a program of its own, and Claude Code set up for it.</summary>
public abstract class ClaudeCodeBehindProxy : IAsyncLifetime
{
    private protected PublishedProxy Proxy { get; private set; } = null!;

    private protected ClaudeCode Claude { get; private set; } = null!;

    private protected FakeBackend Backend => Proxy.Backend;

    public async ValueTask InitializeAsync()
    {
        Proxy = await PublishedProxy.StartAsync();
        Claude = new ClaudeCode(Proxy);
    }

    public async ValueTask DisposeAsync()
    {
        Claude.Dispose();
        await Proxy.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
