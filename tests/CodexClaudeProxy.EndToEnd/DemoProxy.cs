using System.Diagnostics;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The published program with its own simulated backend, as someone sees it who tries the dashboard.</summary>
internal sealed class DemoProxy : IAsyncDisposable
{
    private readonly ClientHome _home = new();
    private RunningProgram _program = null!;

    private DemoProxy()
    {
    }

    /// <summary>Such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Url => _program.Url;

    public static async Task<DemoProxy> StartAsync(params string[] arguments)
    {
        var proxy = new DemoProxy();
        ProcessStartInfo start = new(await PublishedBinary.PathAsync(), ["demo", "--port", "0", .. arguments]) { WorkingDirectory = proxy._home.Folder };
        start.Environment.Clear();
        start.Environment["HOME"] = proxy._home.Folder;
        proxy._program = await RunningProgram.StartAsync(start);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using (_program) Assert.Equal(0, await _program.StopAsync());
        _home.Dispose();
    }
}
