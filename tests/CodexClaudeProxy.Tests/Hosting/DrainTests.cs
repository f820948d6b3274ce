using CodexClaudeProxy.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class DrainTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_runs_has_its_time_and_then_a_moment_for_its_last_words()
    {
        using var drain = new Drain(TimeSpan.FromSeconds(30), _time);
        drain.Enter();
        Task over = drain.WaitAsync();
        drain.Order();
        Assert.True(drain.Stopping.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(24));
        Assert.False(drain.UnbegunEnding.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(5));
        await drain.UnbegunEnding.CancelledAsync();
        Assert.False(drain.Ending.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        await drain.Ending.CancelledAsync();
        Assert.False(over.IsCompleted);
        drain.Leave();
        await over.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Who_has_no_last_words_does_not_hold_the_end_up()
    {
        using var drain = new Drain(TimeSpan.FromSeconds(30), _time);
        drain.Enter();
        Task over = drain.WaitAsync();
        drain.Order();
        _time.Advance(TimeSpan.FromSeconds(30));
        await drain.Ending.CancelledAsync();
        await Task.Yield();
        while (!over.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(over, Task.Delay(5, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_second_order_ends_the_waiting()
    {
        using var drain = new Drain(TimeSpan.FromSeconds(30), _time);
        drain.Enter();
        Task over = drain.WaitAsync();
        drain.Order();
        drain.Order();
        await drain.Ending.CancelledAsync();
        drain.Leave();
        await over.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Where_nothing_runs_the_end_is_at_once()
    {
        using var drain = new Drain(TimeSpan.FromSeconds(30), _time);
        drain.Enter();
        drain.Leave();
        drain.Order();
        await drain.WaitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }
}

internal static class Tokens
{
    public static async Task CancelledAsync(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        using (token.Register(cancelled.SetResult)) await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
    }
}
