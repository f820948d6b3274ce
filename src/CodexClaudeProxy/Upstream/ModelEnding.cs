using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Upstream;

/// <summary>What users and clients append to a model name, taken off piece by piece from the right.</summary>
internal sealed partial class ModelEnding(string name)
{
    private readonly string _name = name;

    public string Rest { get; private set; } = name;

    public Effort? Effort { get; private set; }

    public bool Fast { get; private set; }

    /// <summary>Everything taken off so far, as it stood there.</summary>
    public string Text => _name[Rest.Length..];

    /// <summary>Takes one piece off; false when there is none left.</summary>
    /// <param name="onlyCertain">Leave what could belong to the name itself: a date, <c>-fast</c>, <c>-max</c> (as in gpt-5.1-codex-max), <c>-ultra</c>.</param>
    public bool TryPeel(bool onlyCertain = false)
    {
        Match match = LastPiece().Match(Rest);
        if (!match.Success) return false;

        string word = match.Groups["word"].Value.ToLowerInvariant();
        bool isMarked = match.Groups["mark"].ValueSpan is not ("" or "-");
        if (onlyCertain && !isMarked && word is "" or "fast" or "max" or "ultra") return false;

        if (word == "fast")
        {
            Fast = true;
        }
        else if (Efforts.TryParse(word, out Effort effort))
        {
            if (Effort is not null) return false;
            Effort = effort;
        }

        Rest = Rest[..match.Index];
        return true;
    }

    [GeneratedRegex("""
        (?<=\S)                                                                     # never the whole name
        (?: (?<mark>[-:]|\s*\() (?<word>none|minimal|low|medium|high|xhigh|max|ultra|fast) \)?
          | [-@] 20\d\d -? \d\d -? \d\d )$                                          # a date, as in -20250929
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex LastPiece();
}
