namespace CodexClaudeProxy.Backups;

/// <summary>Decrypts what is read from it. Nothing is given out that was not authenticated, and the end only after the last chunk.</summary>
internal sealed class OpeningStream(Stream input, BackupHeader header, byte[] key) : Stream
{
    private readonly SealedChunks _chunks = new(key, header);
    private readonly byte[] _plain = new byte[header.Chunk];

    /// <summary>One byte more than a chunk tells whether another follows.</summary>
    private readonly byte[] _sealed = new byte[header.Chunk + SealedChunks.TagSize + 1];

    private int _ahead;
    private int _at;
    private int _length;
    private long _number;
    private bool _isOver;

    public override bool CanRead => true;

    public override bool CanWrite => false;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <exception cref="BackupException">The backup is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _length && !_isOver) Open();
        int taken = Math.Min(buffer.Length, _length - _at);
        _plain.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _chunks.Dispose();
        base.Dispose(disposing);
    }

    private void Open()
    {
        int read = _ahead + input.ReadAtLeast(_sealed.AsSpan(_ahead), _sealed.Length - _ahead, throwOnEndOfStream: false);
        bool isLast = read < _sealed.Length;
        int size = isLast ? read : _sealed.Length - 1;
        Span<byte> chunk = _sealed.AsSpan(0, size);
        Span<byte> plain = _plain.AsSpan(0, Math.Max(0, size - SealedChunks.TagSize));
        if (size < SealedChunks.TagSize || !_chunks.TryOpen(_number, isLast, chunk, plain))
        {
            // A whole chunk that says it is not the last one stands at the end.
            bool isCut = size < SealedChunks.TagSize || (isLast && _chunks.TryOpen(_number, isLast: false, chunk, plain));
            throw new BackupException(isCut ? "The backup is cut short. Copy the file again." : "The backup is damaged or cut short. Copy the file again.");
        }

        if (!isLast) _sealed[0] = _sealed[size];
        (_ahead, _at, _length, _isOver) = (isLast ? 0 : 1, 0, plain.Length, isLast);
        _number++;
    }
}
