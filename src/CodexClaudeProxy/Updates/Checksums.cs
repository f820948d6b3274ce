using System.Text;

namespace CodexClaudeProxy.Updates;

/// <summary>The SHA-256 of each file of a release, as <c>sha256sum</c> writes them: the sum, a blank, a blank or a star, the name.</summary>
internal sealed class Checksums
{
    private readonly Dictionary<string, byte[]> _sums = [];

    private Checksums()
    {
    }

    public static Checksums Parse(ReadOnlySpan<byte> content)
    {
        var checksums = new Checksums();
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Split(' ', 2) is not [{ Length: 64 } sum, [' ' or '*', .. var name]] || !sum.All(char.IsAsciiHexDigit)) continue;
            checksums._sums[name] = Convert.FromHexString(sum);
        }

        return checksums;
    }

    /// <summary>Null for a file that the release does not have.</summary>
    public byte[]? Of(string file) => _sums.GetValueOrDefault(file);
}
