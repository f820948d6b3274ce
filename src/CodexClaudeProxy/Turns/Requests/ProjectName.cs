using System.Text;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>
/// The directory a coding client works in, by its last name only. Claude Code says it in its instructions
/// (<c>Primary working directory: /home/me/project</c>), the Codex CLI in a message (<c>&lt;cwd&gt;…&lt;/cwd&gt;</c>).
/// </summary>
internal static class ProjectName
{
    /// <summary>The words also occur in tool descriptions, without a path behind them.</summary>
    private const int MostTries = 16;

    private const int LongestPath = 1_000;
    private const int LongestName = 80;

    /// <param name="json">The request's own bytes, so the path is still escaped.</param>
    public static string? Of(ReadOnlySpan<byte> json) => Behind(json, "orking directory: "u8) ?? Behind(json, "<cwd>"u8);

    private static string? Behind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> words)
    {
        for (int i = 0; i < MostTries; i++)
        {
            int at = json.IndexOf(words);
            if (at < 0) return null;
            json = json[(at + words.Length)..];
            if (LastSegment(json[..Math.Min(json.Length, LongestPath)]) is { } name) return name;
        }

        return null;
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
