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

        Assert.False(second.Memory.Span.Overlaps(third.Memory.Span));
    }

    [Fact]
    public void To_rent_what_was_given_back_makes_nothing_new()
    {
        using var memory = new ConnectionMemory();
        memory.Rent().Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) memory.Rent().Dispose();

        // The queue itself may grow by a segment now and then.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Fact]
    public void What_a_burst_needed_is_not_kept()
    {
        using var memory = new ConnectionMemory();
        List<IMemoryOwner<byte>> rented = [.. Enumerable.Range(0, 200).Select(_ => memory.Rent())];
        rented.ForEach(block => block.Dispose());

        Assert.Equal(ConnectionMemory.Kept, memory.Free);
    }
}
