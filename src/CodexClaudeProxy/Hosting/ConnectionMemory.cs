using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// Where the server reads requests into and puts unsent bytes. Its own pool has blocks of 4 KB: a request of a megabyte then takes five
/// hundred calls of the system and a wake-up of its reader for every few of them. A connection holds a block only while bytes are in it.
/// </summary>
internal sealed class ConnectionMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 16 * 1024;

    public override int MaxBufferSize => BlockBytes;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return new Block(ArrayPool<byte>.Shared.Rent(BlockBytes));
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is its own.
    }

    private sealed class Block(byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } given) ArrayPool<byte>.Shared.Return(given);
        }
    }
}
