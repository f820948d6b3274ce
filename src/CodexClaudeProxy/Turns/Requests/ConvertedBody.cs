using System.Buffers;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>
/// A converted request: as it was written, and compressed once it was sent like that, so that each further attempt sends the same bytes. From
/// then on the compressed body, a third as long, is enough to keep: the plain one can be made of it.
/// </summary>
internal sealed class ConvertedBody : IDisposable
{
    private readonly PooledBuffer _plain = new();
    private readonly PooledBuffer _compressed = new();

    /// <summary>How long the plain body was when it was given back; 0 while it is there.</summary>
    private int _folded;

    /// <summary>Of the plain body.</summary>
    public int Length => _folded > 0 ? _folded : _plain.Length;

    public ReadOnlyMemory<byte> Plain
    {
        get
        {
            if (_folded > 0)
            {
                ZstdEncoder.Decode(_compressed.Written, _folded, _plain);
                _folded = 0;
            }

            return _plain.WrittenMemory;
        }
    }

    /// <summary>Another body comes.</summary>
    /// <param name="room">About how long it will be; growing to that would copy everything twice.</param>
    public IBufferWriter<byte> Begin(int room)
    {
        _plain.Clear();
        _compressed.Clear();
        _folded = 0;
        _plain.GetSpan(room);
        return _plain;
    }

    public ReadOnlyMemory<byte> Compressed(ZstdEncoder encoder, CancellationToken cancellation)
    {
        if (_compressed.Length == 0) Compress(encoder, cancellation);
        return _compressed.WrittenMemory;
    }

    /// <summary>Gives the plain body back when there is a compressed one.</summary>
    public void Fold()
    {
        if (_compressed.Length == 0 || _folded > 0) return;
        _folded = _plain.Length;
        _plain.Dispose();
    }

    public void Dispose()
    {
        _plain.Dispose();
        _compressed.Dispose();
        _folded = 0;
    }

    private void Compress(ZstdEncoder encoder, CancellationToken cancellation)
    {
        try
        {
            encoder.Encode(_plain.Written, _compressed, cancellation);
        }
        catch
        {
            // Half a body is none.
            _compressed.Clear();
            throw;
        }
    }
}
