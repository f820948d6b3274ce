using CodexClaudeProxy.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class IdleTrimTests
{
    private readonly FakeTimeProvider _time = new();
    private int _trims;

    [Fact]
    public void Memory_is_given_back_once_after_a_quiet_minute()
    {
        using var idle = new IdleTrim(_time, () => _trims++);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _trims);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _trims);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void The_minute_begins_when_the_last_request_ends()
    {
        using var idle = new IdleTrim(_time, () => _trims++);

        idle.Enter();
        idle.Enter();
        idle.Leave();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, _trims);

        idle.Leave();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _trims);
    }
}
