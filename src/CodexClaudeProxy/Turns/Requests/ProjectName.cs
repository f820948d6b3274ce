using System.Text;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>The directory a coding client works in, by its last name only: what follows the words for it, as soon as that is a path.</summary>
internal struct ProjectName
{
    /// <summary>The words also occur in tool descriptions, without a path behind them.</summary>
    private const int MostTries = 16;

    private const int LongestPath = 1_000;
    private const int LongestName = 80;

    private int _tries;

    /// <summary>Null while there was no path.</summary>
    public string? Found { get; private set; }

    /// <param name="json">What stands behind the words, still escaped.</param>
    public void TryRead(ReadOnlySpan<byte> json)
    {
        if (Found is not null || _tries++ >= MostTries) return;
        Found = LastSegment(json[..Math.Min(json.Length, LongestPath)]);
    }

    private static string? LastSegment(ReadOnlySpan<byte> json)
    {
        bool isPath = json is [(byte)'/', ..] or [_, (byte)':', (byte)'\\' or (byte)'/', ..];
        if (!isPath) return null;

        // The path ends with its line, its string or its tag; a doubled backslash is one of the path's own.
        int end = 0;
        while (end < json.Length && json[end] is not ((byte)'"' or (byte)'<'))
        {
            if (json[end] != (byte)'\\') end++;
            else if (end + 1 < json.Length && json[end + 1] == (byte)'\\') end += 2;
            else break;
        }

        ReadOnlySpan<byte> path = json[..end].TrimEnd("/\\"u8);
        ReadOnlySpan<byte> name = path[(path.LastIndexOfAny((byte)'/', (byte)'\\') + 1)..];
        return name.Length is > 0 and <= LongestName ? Encoding.UTF8.GetString(name) : null;
    }
}
