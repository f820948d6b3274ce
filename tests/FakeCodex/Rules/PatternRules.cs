using System.Text.RegularExpressions;

namespace FakeCodex;

/// <summary>Which regular expressions of schemas the API cannot compile: its engine is Python's, most schemas are written for JavaScript's.</summary>
internal static partial class PatternRules
{
    public static bool Compiles(string pattern)
    {
        if (Foreign().IsMatch(pattern)) return false;
        try
        {
            // For brackets that do not match, empty repetitions and the like.
            _ = new Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex("""
        (?<!\\)(?:\\\\)*(?:
            \\[pPkcGz]                              # properties, named references, control letters
          | \\u(?![0-9a-fA-F]{4})                   # code points in braces
          | \\x(?![0-9a-fA-F]{2})
          | \(\?<(?![=!]) | \(\?'                   # names without P
          | \[\^?\]                                 # nothing, or anything
          | \[(?:[^\]\\]|\\.)*\\[wWdDsS]-[^\]]      # a range that begins with a class
          | \[(?:[^\]\\]|\\.)*[^\[\\]-\\[wWdDsS]    # or ends with one
          | \(\?<[=!][^()]*[*+?{]                   # a look-behind of any width
          | (?<=.)\(\?[imsx-]+\)                    # flags in the middle
        )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex Foreign();
}
