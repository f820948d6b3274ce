using System.Text;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>
/// Batch files of Windows, such as the ones npm puts on the <c>PATH</c>. The system gives them to <c>cmd.exe</c>, which reads arguments as
/// a part of its own language: in <c>'a&amp;echo X'</c> it would run <c>echo</c>.
/// </summary>
internal static partial class BatchFile
{
    private const string Harmless = "#$*+-./:?@\\_";

    public static bool Is(string path) => path.EndsWith(".cmd", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".bat", StringComparison.OrdinalIgnoreCase);

    /// <summary>What a shim of npm starts, relative to its own directory: a program, or a script for Node. Null for any other batch file.</summary>
    public static string? Target(string text) =>
        Array.FindLast(text.Split('\n'), line => line.TrimEnd().EndsWith("%*", StringComparison.Ordinal)) is { } line
        && OwnFiles().Matches(line) is [.., var last] ? last.Groups["path"].Value : null;

    /// <summary>The arguments of <c>cmd.exe</c> that run the file, with every argument read as text.</summary>
    /// <exception cref="NotSupportedException">An argument has line breaks, which cannot be given to a batch file.</exception>
    public static string CommandLine(string path, IEnumerable<string> arguments)
    {
        // Without extensions and delayed expansion there are only percent signs and quotes to mind. The outer quotes are cmd's.
        StringBuilder line = new("/e:ON /v:OFF /d /c \"\"" + path + '"');
        foreach (string argument in arguments) Append(line.Append(' '), argument);
        return line.Append('"').ToString();
    }

    private static void Append(StringBuilder line, string argument)
    {
        if (argument.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0) throw new NotSupportedException("Line breaks cannot be given to a batch file; put the text into a file or on standard input");
        bool isQuoted = argument.Length == 0 || argument[^1] == '\\' || argument.Any(c => !char.IsAsciiLetterOrDigit(c) && !Harmless.Contains(c));
        if (isQuoted) line.Append('"');
        int backslashes = 0;
        foreach (char c in argument)
        {
            // Before a quote a program takes backslashes in pairs. An expression that is empty keeps a percent sign from beginning a variable.
            if (c == '"') line.Append('\\', backslashes).Append('"');
            else if (c == '%') line.Append("%%cd:~,");
            backslashes = c == '\\' ? backslashes + 1 : 0;
            line.Append(c);
        }

        if (isQuoted) line.Append('\\', backslashes).Append('"');
    }

    [GeneratedRegex("""
        "%(~dp0|dp0%)\\?(?<path>[^"%]+)"
        """, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OwnFiles();
}
