using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// Counts the visible output against the client's <c>max_tokens</c>. A token is at least one byte, so text is counted only
/// when its bytes alone could reach the limit; until then it is merely kept, up to a size.
/// </summary>
internal sealed class VisibleTokens(int? limit) : IDisposable
{
    private const int MostKept = 64 * 1024;

    private readonly PooledBuffer _uncounted = new();
    private int _counted;
    private long _unkept;

    /// <summary>Tells whether the text certainly stays below the limit; then it is taken. Text is the body of a JSON string.</summary>
    public bool TryAdd(ReadOnlySpan<byte> text)
    {
        if (limit is not { } max)
        {
            _unkept += text.Length;
            return true;
        }

        if ((long)_counted + _uncounted.Length + text.Length >= max)
        {
            CountKept();
            if ((long)_counted + text.Length >= max) return false;
        }

        _uncounted.Append(text);
        if (_uncounted.Length > MostKept) CountFront();
        return true;
    }

    /// <summary>How many units of the text still fit; fewer than all means that the limit is reached.</summary>
    public int Fit(ReadOnlySpan<char> text, out bool reached)
    {
        if (limit is not { } max)
        {
            _unkept += text.Length;
            reached = false;
            return text.Length;
        }

        CountKept();
        var fits = O200k.Prefix(text, Math.Max(0, max - _counted), out var tokens);
        _counted += tokens;
        reached = fits < text.Length || _counted >= max;
        return fits;
    }

    /// <summary>Adds what is never cut, such as tool input; true when the limit is reached by it.</summary>
    public bool AddUncut(ReadOnlySpan<byte> text)
    {
        if (TryAdd(text)) return false;
        _counted += O200k.CountJsonString(text);
        return _counted >= limit;
    }

    /// <summary>The tokens so far: exact with a limit, else four bytes to the token.</summary>
    public int Total()
    {
        CountKept();
        return _counted + (int)Math.Min(int.MaxValue / 2, (_unkept + 3) / 4);
    }

    public void Dispose() => _uncounted.Dispose();

    /// <summary>Up to the last blank, since hardly a token reaches across one.</summary>
    private void CountFront()
    {
        var blank = _uncounted.Written.LastIndexOf((byte)' ');
        byte[] rest = blank > 0 ? _uncounted.Written[blank..].ToArray() : [];
        _uncounted.Truncate(_uncounted.Length - rest.Length);
        CountKept();
        _uncounted.Append(rest);
    }

    private void CountKept()
    {
        _counted += O200k.CountJsonString(_uncounted.Written);
        _uncounted.Clear();
    }
}
