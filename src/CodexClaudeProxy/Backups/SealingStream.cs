namespace CodexClaudeProxy.Backups;

/// <summary>Encrypts what is written to it. Without <see cref="Complete"/> the result has no end and cannot be opened.</summary>
internal sealed class SealingStream(Stream output, BackupHeader header, byte[] key) : Stream
{
    private readonly SealedChunks _chunks = new(key, header);
    private readonly byte[] _plain = new byte[header.Chunk];
    private readonly byte[] _sealed = new byte[header.Chunk + SealedChunks.TagSize];
    private int _length;
    private long _number;

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            // A full chunk waits for what follows, because the last one is marked.
            if (_length == _plain.Length) Emit(isLast: false);
            int taken = Math.Min(buffer.Length, _plain.Length - _length);
            buffer[..taken].CopyTo(_plain.AsSpan(_length));
            _length += taken;
            buffer = buffer[taken..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public void Complete() => Emit(isLast: true);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _chunks.Dispose();
        base.Dispose(disposing);
    }

    private void Emit(bool isLast)
    {
        Span<byte> chunk = _sealed.AsSpan(0, _length + SealedChunks.TagSize);
        _chunks.Seal(_number++, isLast, _plain.AsSpan(0, _length), chunk);
        output.Write(chunk);
        _length = 0;
    }
}
