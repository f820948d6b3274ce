using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// Where the server reads requests into and puts unsent bytes. Its own pool has blocks of 4 KB: a request of a megabyte then takes five
/// hundred calls of the system and a wake-up of its reader for every few of them. A connection holds a block only while bytes are in it.
/// </summary>
/// <remarks>Not over the shared array pool: under load that makes new arrays and drops them, which doubled what a client that does not read costs.</remarks>
internal sealed class ConnectionMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Free blocks that are kept, 1 MB together; of what a burst needed beyond that the collector takes care.</summary>
    internal const int Kept = 64;
    private const int BlockBytes = 16 * 1024;

    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => BlockBytes;

    internal int Free => _free.Count;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_free.TryDequeue(out Block? block)) return new Block(this);
        block.IsRented = true;
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // It lives as long as the program.
    }

    /// <summary>Pinned for good: the system reads into it while it is somebody's, and pinning for each read costs more.</summary>
    private sealed class Block(ConnectionMemory pool) : IMemoryOwner<byte>
    {
        public bool IsRented { get; set; } = true;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true), 0, BlockBytes);

        public void Dispose()
        {
            if (!IsRented) return;
            IsRented = false;
            if (pool._free.Count < Kept) pool._free.Enqueue(this);
        }
    }
}
