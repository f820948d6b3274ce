using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>What is looked for in the bytes of a request, whatever its protocol: found in one pass over all of them.</summary>
/// <param name="CarriesReasoning">There is encrypted reasoning in it, signed by us or bare.</param>
/// <param name="Project">The last name of the directory a coding client works in; null for none.</param>
internal readonly record struct RequestMarks(bool CarriesReasoning, string? Project)
{
    private static ReadOnlySpan<byte> Signed => "\"cx1."u8;

    private static ReadOnlySpan<byte> Bare => "\"gAAAA"u8;

    /// <summary>Claude Code says it in its instructions: <c>Primary working directory: /home/me/project</c>.</summary>
    private static ReadOnlySpan<byte> Words => "orking directory: "u8;

    /// <summary>The Codex CLI says it in a message: <c>&lt;cwd&gt;…&lt;/cwd&gt;</c>.</summary>
    private static ReadOnlySpan<byte> Tag => "<cwd>"u8;

    // A mark is met at two bytes of it that seldom stand side by side, where those are in it.
    private const int PairOfSigned = 2;
    private const int PairOfBare = 0;
    private const int PairOfWords = 15;
    private const int PairOfTag = 0;

    /// <param name="json">The request's own bytes, so everything is still escaped.</param>
    public static RequestMarks Of(ReadOnlySpan<byte> json)
    {
        bool carriesReasoning = false;
        var words = new ProjectName();
        var tag = new ProjectName();
        for (int at = 0; (at = NextPair(json, at)) >= 0; at++)
        {
            if (IsAt(json, at - PairOfSigned, Signed) || IsAt(json, at - PairOfBare, Bare)) carriesReasoning = true;
            else if (IsAt(json, at - PairOfWords, Words)) words.TryRead(json[(at - PairOfWords + Words.Length)..]);
            else if (IsAt(json, at - PairOfTag, Tag)) tag.TryRead(json[(at - PairOfTag + Tag.Length)..]);
        }

        return new RequestMarks(carriesReasoning, words.Found ?? tag.Found);
    }

    private static bool IsAt(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> mark) => at >= 0 && json[at..].StartsWith(mark);

    /// <summary>The next place with the two bytes of any mark; −1 for none.</summary>
    private static int NextPair(ReadOnlySpan<byte> json, int at)
    {
        ref byte start = ref MemoryMarshal.GetReference(json);
        for (; at <= json.Length - Vector128<byte>.Count - 1; at += Vector128<byte>.Count)
        {
            var first = Vector128.LoadUnsafe(ref start, (nuint)at);
            var second = Vector128.LoadUnsafe(ref start, (nuint)(at + 1));
            Vector128<byte> pairs =
                (Vector128.Equals(first, Vector128.Create((byte)'x')) & Vector128.Equals(second, Vector128.Create((byte)'1'))) |
                (Vector128.Equals(first, Vector128.Create((byte)'"')) & Vector128.Equals(second, Vector128.Create((byte)'g'))) |
                (Vector128.Equals(first, Vector128.Create((byte)'y')) & Vector128.Equals(second, Vector128.Create((byte)':'))) |
                (Vector128.Equals(first, Vector128.Create((byte)'<')) & Vector128.Equals(second, Vector128.Create((byte)'c')));
            if (pairs != Vector128<byte>.Zero) return at + System.Numerics.BitOperations.TrailingZeroCount(pairs.ExtractMostSignificantBits());
        }

        for (; at + 1 < json.Length; at++)
        {
            if ((json[at], json[at + 1]) is ((byte)'x', (byte)'1') or ((byte)'"', (byte)'g') or ((byte)'y', (byte)':') or ((byte)'<', (byte)'c')) return at;
        }

        return -1;
    }
}
