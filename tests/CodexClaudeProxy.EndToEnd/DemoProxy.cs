using System.Diagnostics;
using System.Text;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The published program with its own simulated backend, as someone sees it who tries the dashboard.</summary>
internal sealed class DemoProxy : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ClientHome _home = new();
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process _process = null!;
    private Task _reading = Task.CompletedTask;

    private DemoProxy()
    {
    }

    /// <summary>Such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Url { get; private set; } = "";

    public static async Task<DemoProxy> StartAsync(params string[] arguments)
    {
        var proxy = new DemoProxy();
        ProcessStartInfo start = new(await PublishedBinary.PathAsync(), ["demo", "--port", "0", .. arguments])
        {
            WorkingDirectory = proxy._home.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = proxy._home.Folder;
        proxy._process = Process.Start(start)!;
        proxy._reading = Task.WhenAll(proxy.ReadAsync(proxy._process.StandardOutput), proxy.ReadAsync(proxy._process.StandardError));
        proxy.Url = await proxy._address.Task.WaitAsync(Limit);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        using CancellationTokenSource limit = new(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        TestContext.Current.TestOutputHelper?.WriteLine(_output.ToString());
        Assert.Equal(0, _process.ExitCode);
        _process.Dispose();
        _home.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output) _output.AppendLine(line);
            if (line.Split("Address ") is [_, var address]) _address.TrySetResult(address.Trim());
        }
        _address.TrySetException(new InvalidOperationException($"The program ended before it listened.\n{_output}"));
    }
}
