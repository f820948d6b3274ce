using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Turns.Record;
using ZstdSharp;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Looks at an answer of Anthropic's beside its way to the client, and puts on record what it took. Of a compressed answer a copy is
/// unpacked for that, a few kilobytes at a time. Whatever cannot be read has no tokens on record, and the client has it all the same.
/// </summary>
internal sealed class AnthropicAnswer : IAsyncDisposable
{
    private const int UnpackedBytes = 16 * 1024;

    private readonly TurnRecord _record;
    private readonly AnswerReader _reader;
    private readonly Pipe? _packed;
    private readonly Task _unpacking = Task.CompletedTask;
    private bool _isReadable = true;

    public AnthropicAnswer(TurnRecord record, HttpContentHeaders headers)
    {
        _record = record;
        _reader = new AnswerReader(isStream: headers.NonValidated.TryGetValues("content-type", out HeaderStringValues type) && type.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase));
        string encoding = headers.NonValidated.TryGetValues("content-encoding", out HeaderStringValues values) ? values.ToString().Trim().ToLowerInvariant() : "identity";
        if (encoding == "identity") return;
        _packed = new Pipe();
        _unpacking = UnpackAsync(encoding, _packed.Reader);
    }

    /// <summary>What passes is compressed; a capture gets what it is unpacked.</summary>
    public bool IsPacked => _packed is not null;

    /// <summary>A failure inside an answer that began well; null for none.</summary>
    public ApiError? Failure => _reader.HasFailed ? AnthropicErrors.InAnswer : null;

    /// <summary>The next bytes, as they came.</summary>
    public async ValueTask ReadAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (_packed is { } packed) await packed.Writer.WriteAsync(bytes, cancellation);
        else Read(bytes.Span);
    }

    /// <summary>The answer is over.</summary>
    public async ValueTask CompleteAsync()
    {
        if (_packed is { } packed) await packed.Writer.CompleteAsync();
        await _unpacking;
        if (!_isReadable) return;
        _reader.Complete();
        _record.End = _reader.End;
    }

    public async ValueTask DisposeAsync()
    {
        if (_packed is { } packed) await packed.Writer.CompleteAsync(new EndOfStreamException());
        await _unpacking;
        _reader.Dispose();
    }

    private async Task UnpackAsync(string encoding, PipeReader packed)
    {
        try
        {
            await using Stream unpacked = Unpacked(encoding, packed.AsStream());
            byte[] buffer = new byte[UnpackedBytes];
            int count;
            while ((count = await unpacked.ReadAsync(buffer)) > 0)
            {
                _record.Capture?.NoteAnswer(buffer.AsSpan(0, count));
                Read(buffer.AsSpan(0, count));
            }

        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or InvalidOperationException or IOException or NotSupportedException)
        {
            _isReadable = false;
        }
        finally
        {
            await packed.CompleteAsync();
        }
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        if (!_isReadable) return;
        try
        {
            _reader.Read(bytes);
            if (_reader.HasOutput) _record.FirstOutput ??= _record.Elapsed;
        }
        catch (InvalidDataException)
        {
            _isReadable = false;
        }
    }

    private static Stream Unpacked(string encoding, Stream packed) => encoding switch
    {
        "gzip" => new GZipStream(packed, CompressionMode.Decompress),
        "br" => new BrotliStream(packed, CompressionMode.Decompress),
        "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
        "zstd" => new DecompressionStream(packed),
        _ => throw new NotSupportedException(encoding),
    };
}
