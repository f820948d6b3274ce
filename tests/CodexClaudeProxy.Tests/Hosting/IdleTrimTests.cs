using CodexClaudeProxy.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class IdleTrimTests
{
    private readonly FakeTimeProvider _time = new();
    private int _trims;

    [Fact]
    public void Memory_is_given_back_once_after_a_quiet_half_minute()
    {
        using var idle = new IdleTrim(_time, () => _trims++);

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, _trims);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _trims);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void The_wait_begins_when_the_last_request_ends()
    {
        using var idle = new IdleTrim(_time, () => _trims++);

        idle.Enter();
        idle.Enter();
        idle.Leave();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, _trims);

        idle.Leave();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, _trims);
    }

    /// <summary>An open dashboard holds a stream and asks every few seconds.</summary>
    [Theory]
    [InlineData("GET", 1)]
    [InlineData("POST", 0)]
    public async Task A_request_that_only_reads_does_not_hold_it_up(string method, int trims)
    {
        using var idle = new IdleTrim(_time, () => _trims++);
        using var drain = new Drain(TimeSpan.Zero, _time);
        TaskCompletionSource held = new();
        Routes routes = new Routes().Get("/stream", _ => held.Task).Post("/stream", _ => held.Task);
        var door = new FrontDoor(routes, new LocalGate(new ProxyOptions(), null, TimeProvider.System), new ReverseProxy(new ProxyOptions()), idle, new TestLog(), drain);

        Task request = door.HandleAsync(new DefaultHttpContext { Request = { Method = method, Path = "/stream", Host = new HostString("localhost") } });
        _time.Advance(TimeSpan.FromSeconds(31));
        held.SetResult();
        await request;

        Assert.Equal(trims, _trims);
    }
}
