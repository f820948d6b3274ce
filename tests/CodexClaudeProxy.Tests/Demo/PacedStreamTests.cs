using CodexClaudeProxy.Demo;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Demo;

public sealed class PacedStreamTests
{
    [Fact]
    public async Task A_piece_comes_when_its_pause_is_over_and_not_before()
    {
        FakeTimeProvider time = new();
        await using PacedStream stream = new([new PacedBytes(TimeSpan.Zero, "one"u8.ToArray()), new PacedBytes(TimeSpan.FromSeconds(1), "two"u8.ToArray())], time);
        byte[] buffer = new byte[16];
        CancellationToken cancellation = TestContext.Current.CancellationToken;

        Assert.Equal(3, await stream.ReadAsync(buffer, cancellation));
        ValueTask<int> second = stream.ReadAsync(buffer, cancellation);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, await second);
        Assert.Equal("two"u8, buffer.AsSpan(0, 3));
        Assert.Equal(0, await stream.ReadAsync(buffer, cancellation));
    }

    [Fact]
    public async Task A_read_of_nothing_waits_and_takes_nothing()
    {
        await using PacedStream stream = new([new PacedBytes(TimeSpan.Zero, "abc"u8.ToArray())], TimeProvider.System);
        byte[] buffer = new byte[2];
        CancellationToken cancellation = TestContext.Current.CancellationToken;

        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, cancellation));
        Assert.Equal(2, await stream.ReadAsync(buffer, cancellation));
        Assert.Equal(1, await stream.ReadAsync(buffer, cancellation));
    }
}
