using CodexClaudeProxy.Activity;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>The way of an answer to its client, with a copy of it for a capture.</summary>
internal sealed class CapturingStream(Stream client, Capture capture) : Stream
{
    /// <summary>The copy is made elsewhere, of what can be read.</summary>
    public bool IsSilent { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsSilent) capture.NoteAnswer(buffer.Span);
        return client.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!IsSilent) capture.NoteAnswer(buffer.AsSpan(offset, count));
        client.Write(buffer, offset, count);
    }

    public override void Flush() => client.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
