using CodexClaudeProxy.Hosting;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class ShutdownTests
{
    [Fact]
    public async Task A_running_answer_finishes_and_nothing_new_begins()
    {
        var finish = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        CancellationToken stopping = default;
        TestProxy proxy = await TestProxy.StartAsync(compose: host =>
        {
            stopping = host.Stopping;
            return new Routes().Get("/v1/messages", async http =>
            {
                began.SetResult();
                await finish.Task;
                await http.Response.WriteAsync("whole", http.RequestAborted);
            });
        });

        Task<Answer> running = proxy.GetAsync("/v1/messages");
        await began.Task;
        var told = new TaskCompletionSource();
        stopping.Register(told.SetResult);
        Task stopped = proxy.StopHostAsync();
        await told.Task;
        Assert.False(running.IsCompleted);
        finish.SetResult();

        Assert.Equal("whole", (await running).Body);
        await stopped;
    }

    [Fact]
    public async Task An_endless_feed_ends_with_the_order_to_stop()
    {
        var began = new TaskCompletionSource();
        TestProxy proxy = await TestProxy.StartAsync(compose: host => new Routes().Get("/api/logs/stream", async http =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, host.Stopping).ContinueWith(static _ => { }, TaskScheduler.Default);
            await http.Response.WriteAsync("end", http.RequestAborted);
        }));

        Task<Answer> feed = proxy.GetAsync("/api/logs/stream");
        await began.Task;
        Task stopped = proxy.StopHostAsync();

        Assert.Equal("end", (await feed).Body);
        await stopped;
    }

    [Fact]
    public async Task Parts_are_disposed_newest_first_when_the_host_is()
    {
        List<string> disposed = [];
        TestProxy proxy = await TestProxy.StartAsync(compose: host =>
        {
            host.Own(new Part(() => disposed.Add("older")));
            host.Own(new Part(() => disposed.Add("newer")));
            return new Routes();
        });

        await proxy.DisposeAsync();

        Assert.Equal(["newer", "older"], disposed);
    }

    [Fact]
    public async Task A_request_on_an_open_connection_during_the_drain_is_told_to_come_back()
    {
        using var drain = new Drain(TimeSpan.Zero, TimeProvider.System);
        var door = new FrontDoor(
            new Routes().Get("/v1/messages", static _ => Task.CompletedTask),
            new LocalGate(new ProxyOptions(), null, TimeProvider.System),
            new ReverseProxy(new ProxyOptions()),
            new IdleTrim(TimeProvider.System, static () => { }),
            new TestLog(),
            drain);
        drain.Order();
        var http = new DefaultHttpContext { Request = { Method = "GET", Path = "/v1/messages", Host = new HostString("localhost") } };

        await door.HandleAsync(http);

        Assert.Equal(529, http.Response.StatusCode);
        Assert.Equal("5", http.Response.Headers.RetryAfter);
    }

    private sealed class Part(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
