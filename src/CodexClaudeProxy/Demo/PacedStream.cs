namespace CodexClaudeProxy.Demo;

/// <summary>Bytes and how long they take to come.</summary>
internal readonly record struct PacedBytes(TimeSpan Pause, byte[] Bytes);

/// <summary>A body that arrives piece by piece, at the pace of a model. Nothing runs beside the reader: it waits for each piece itself.</summary>
internal sealed class PacedStream(IEnumerable<PacedBytes> pieces, TimeProvider time) : Stream
{
    private readonly IEnumerator<PacedBytes> _pieces = pieces.GetEnumerator();
    private ReadOnlyMemory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A read of zero bytes waits for the next piece and takes nothing, as a socket does.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            if (!_pieces.MoveNext()) return 0;
            if (_pieces.Current.Pause > TimeSpan.Zero) await Task.Delay(_pieces.Current.Pause, time, cancellationToken);
            _rest = _pieces.Current.Bytes;
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _pieces.Dispose();
        base.Dispose(disposing);
    }
}
