using System.Buffers;
using CodexClaudeProxy.Protocol.Json;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// Compresses bodies as the official client does: zstd at level 3, in one frame with a window of 2 MiB that tells neither its size nor a checksum.
/// A context takes more than a megabyte of the system's memory, so it is used again; a minute after the last use all are given back.
/// </summary>
internal sealed unsafe class ZstdEncoder : IDisposable
{
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private const int Level = 3;

    /// <summary>The longest block of the format: compressing one takes less than a millisecond.</summary>
    private const int Step = 128 * 1024;

    private static readonly int StepBound = Compressor.GetCompressBound(Step);

    private readonly Lock _lock = new();
    private readonly Stack<nint> _idle = new();
    private readonly ITimer _timer;

    /// <summary>Of one context; what it takes at this level, until one was asked.</summary>
    private long _contextBytes = 1_300_000;

    private bool _isDisposed;

    public ZstdEncoder(TimeProvider time) => _timer = time.CreateTimer(_ => FreeIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>How many bodies were compressed.</summary>
    public long Count { get; private set; }

    /// <summary>The contexts that wait for a body; those at work are no more than there are threads.</summary>
    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("compression", _idle.Count * _contextBytes, Environment.ProcessorCount * _contextBytes, _idle.Count); }
    }

    /// <exception cref="OperationCanceledException">What was written until then is worth nothing.</exception>
    public void Encode(ReadOnlySpan<byte> plain, PooledBuffer to, CancellationToken cancellation)
    {
        ZSTD_CCtx_s* context = Rent();
        byte[] block = ArrayPool<byte>.Shared.Rent(StepBound);
        try
        {
            Encode(context, plain, block, to, cancellation);
        }
        catch
        {
            Methods.ZSTD_freeCCtx(context);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        Return(context);
    }

    /// <summary>Makes a body plain again.</summary>
    /// <param name="length">How long it was.</param>
    public static void Decode(ReadOnlySpan<byte> encoded, int length, PooledBuffer to)
    {
        using var decompressor = new Decompressor();
        to.Advance(decompressor.Unwrap(encoded, to.GetSpan(length)));
    }

    public void Dispose()
    {
        lock (_lock) _isDisposed = true;
        _timer.Dispose();
        FreeIdle();
    }

    /// <summary>Block by block out of the one piece that the body is: then the context needs no window of its own.</summary>
    private static void Encode(ZSTD_CCtx_s* context, ReadOnlySpan<byte> plain, byte[] block, PooledBuffer to, CancellationToken cancellation)
    {
        // Often it is more, but seldom much more: a buffer that is too short doubles.
        to.GetSpan(plain.Length / 4);
        fixed (byte* source = plain)
        fixed (byte* target = block)
        {
            Check(Methods.ZSTD_compressBegin(context, Level));
            int done = 0;
            for (; plain.Length - done > Step; done += Step)
            {
                cancellation.ThrowIfCancellationRequested();
                to.Append(block.AsSpan(0, Check(Methods.ZSTD_compressContinue(context, target, (nuint)block.Length, source + done, Step))));
            }

            to.Append(block.AsSpan(0, Check(Methods.ZSTD_compressEnd(context, target, (nuint)block.Length, source + done, (nuint)(plain.Length - done)))));
        }
    }

    private ZSTD_CCtx_s* Rent()
    {
        lock (_lock)
        {
            Count++;
            if (_idle.TryPop(out nint idle)) return (ZSTD_CCtx_s*)idle;
        }

        ZSTD_CCtx_s* context = Methods.ZSTD_createCCtx();
        return context is null ? throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_memory_allocation, "there is no memory for a context") : context;
    }

    private void Return(ZSTD_CCtx_s* context)
    {
        lock (_lock)
        {
            if (!_isDisposed && _idle.Count < Environment.ProcessorCount)
            {
                _contextBytes = (long)Methods.ZSTD_sizeof_CCtx(context);
                _idle.Push((nint)context);
                _timer.Change(Kept, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Methods.ZSTD_freeCCtx(context);
    }

    private void FreeIdle()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out nint idle)) Methods.ZSTD_freeCCtx((ZSTD_CCtx_s*)idle);
        }
    }

    private static int Check(nuint result) => Methods.ZSTD_isError(result) ? throw new ZstdException(Methods.ZSTD_getErrorCode(result), Methods.ZSTD_getErrorName(result)) : (int)result;
}
