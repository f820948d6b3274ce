using System.Buffers;
using System.Text.Unicode;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// Counts tokens of the o200k vocabulary. The names of special tokens are ordinary text, an unpaired surrogate counts as the
/// replacement character. Nothing is allocated, and any number of threads may count at once.
/// </summary>
public static partial class O200k
{
    /// <summary>No UTF-16 unit becomes more UTF-8 bytes than this.</summary>
    private const int MostBytes = 3;

    private const int CharactersOnStack = 256;

    /// <summary>Something was counted before. The first time takes as long as a hundred kilobytes later, because the vocabulary is unpacked.</summary>
    public static bool IsReady => Vocabulary.IsLoaded;

    public static int Count(ReadOnlySpan<char> text)
    {
        if (text.Length <= CharactersOnStack)
        {
            Span<byte> utf8 = stackalloc byte[CharactersOnStack * MostBytes];
            return CountUtf8(Encode(text, utf8));
        }

        var pooled = ArrayPool<byte>.Shared.Rent(text.Length * MostBytes);
        var tokens = CountUtf8(Encode(text, pooled));
        ArrayPool<byte>.Shared.Return(pooled);
        return tokens;
    }

    // Unlike Encoding.UTF8 this allocates nothing for an unpaired surrogate either.
    private static Span<byte> Encode(ReadOnlySpan<char> text, Span<byte> utf8)
    {
        Utf8.FromUtf16(text, utf8, out _, out var length);
        return utf8[..length];
    }

    public static int CountUtf8(ReadOnlySpan<byte> utf8)
    {
        var vocabulary = Vocabulary.Shared;
        var tokens = 0;
        for (int start = 0, end; start < utf8.Length; start = end)
        {
            end = Pieces.End(utf8, start);
            tokens += Merger.Count(vocabulary, utf8[start..end]);
        }

        return tokens;
    }

    /// <summary>Counts what a JSON string says; <paramref name="escaped"/> is what stands between its quotes.</summary>
    public static int CountJsonString(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return CountUtf8(escaped);

        var pooled = ArrayPool<byte>.Shared.Rent(escaped.Length);
        var tokens = CountUtf8(pooled.AsSpan(0, JsonText.Unescape(escaped, pooled)));
        ArrayPool<byte>.Shared.Return(pooled);
        return tokens;
    }
}
