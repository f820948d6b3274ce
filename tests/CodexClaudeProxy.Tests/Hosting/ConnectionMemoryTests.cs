using System.Buffers;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class ConnectionMemoryTests
{
    [Fact]
    public void Blocks_take_what_one_call_of_the_system_can_bring()
    {
        using var memory = new ConnectionMemory();
        using IMemoryOwner<byte> block = memory.Create().Rent(4096);

        Assert.Equal(16 * 1024, block.Memory.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Rent(memory.MaxBufferSize + 1));
    }

    [Fact]
    public void A_block_is_given_back_once()
    {
        using var memory = new ConnectionMemory();
        IMemoryOwner<byte> first = memory.Rent();
        first.Dispose();
        first.Dispose();
        using IMemoryOwner<byte> second = memory.Rent(), third = memory.Rent();

        Assert.Throws<ObjectDisposedException>(() => first.Memory.Length);
        Assert.False(second.Memory.Span.Overlaps(third.Memory.Span));
    }
}
