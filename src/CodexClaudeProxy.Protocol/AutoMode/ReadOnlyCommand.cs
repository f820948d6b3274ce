namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>
/// Whether a shell command plainly only reads in the trusted directories. Everything that is not understood to the last character
/// is not: expansions, redirections, other commands, options that write or run something.
/// </summary>
internal static class ReadOnlyCommand
{
    /// <summary>Commands that only read, whatever their options are.</summary>
    private static readonly HashSet<string> Readers =
    [
        "ls", "cat", "head", "tail", "wc", "pwd", "echo", "true", "stat", "du", "df", "whoami", "id", "uname", "basename", "dirname",
        "realpath", "readlink", "cut", "tr", "grep", "egrep", "fgrep", "diff", "cmp", "nl", "rev", "seq", "which",
    ];

    /// <summary>Commands with options that write or run something.</summary>
    private static readonly Dictionary<string, string[]> Forbidden = new()
    {
        ["find"] = ["-exec", "-execdir", "-delete", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from"],
        ["sort"] = ["-o", "--output", "--compress-program", "-T", "--temporary-directory", "--files0-from"],
        ["rg"] = ["--pre", "--hostname-bin", "-z", "--search-zip"],
        ["tree"] = ["-o", "-R"],
    };

    private static readonly HashSet<string> GitReaders = ["status", "log", "diff", "show", "rev-parse", "ls-files", "blame", "shortlog", "describe"];

    private static readonly string[] GitForbidden = ["--output", "--ext-diff", "--textconv", "--no-index", "-O", "--open-files-in-pager"];

    public static bool Covers(string command, TrustedPaths paths)
    {
        if (Words(command) is not { } segments) return false;
        foreach (var words in segments)
        {
            if (words.Count == 0 || !Reads(words) || !words.Skip(1).All(word => StaysInside(word, paths))) return false;
        }

        return true;
    }

    private static bool Reads(List<string> words)
    {
        if (Readers.Contains(words[0])) return true;
        if (Forbidden.TryGetValue(words[0], out var forbidden)) return !words.Skip(1).Any(word => Is(word, forbidden));
        return words[0] == "git" && words.Count > 1 && GitReaders.Contains(words[1]) && !words.Skip(2).Any(static word => Is(word, GitForbidden));
    }

    /// <summary>The option itself, with a value behind it, or, of one letter, among others behind one dash.</summary>
    private static bool Is(string word, string[] options)
    {
        foreach (var option in options)
        {
            if (word == option || word.StartsWith(option + "=", StringComparison.Ordinal)) return true;
            // GNU takes the beginning of a long option for the whole.
            if (option.StartsWith("--", StringComparison.Ordinal) && word.Length > 3 && word.StartsWith("--", StringComparison.Ordinal) && option.StartsWith(word.Split('=')[0], StringComparison.Ordinal)) return true;
            if (option is ['-', not '-'] && word is ['-', not '-', ..] && word.Contains(option[1])) return true;
        }

        return false;
    }

    /// <summary>No argument that could be a path leads out of the trusted directories.</summary>
    private static bool StaysInside(string word, TrustedPaths paths)
    {
        var value = word.StartsWith('-') && word.IndexOf('=') is > 0 and var at ? word[(at + 1)..] : word;
        var looksOutside = value.StartsWith('/') || value.StartsWith('~') || value.Contains("..", StringComparison.Ordinal) || value.Contains('\\') || value.Contains(':');
        // An option may have its path right behind its letter.
        if (value.StartsWith('-')) return !value.Contains('/') && !looksOutside;
        return !looksOutside || (!value.Contains('\\') && !value.Contains(':') && paths.Contains(value));
    }

    /// <summary>The words of each simple command, or null for anything but plain words, quotes, and <c>| &amp;&amp; || ;</c>.</summary>
    private static List<List<string>>? Words(string command)
    {
        List<List<string>> segments = [[]];
        var word = new System.Text.StringBuilder();
        var inWord = false;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            switch (c)
            {
                case ' ':
                    EndWord();
                    break;
                case '\'' or '"':
                    var end = command.IndexOf(c, i + 1);
                    if (end < 0) return null;
                    var quoted = command.AsSpan(i + 1, end - i - 1);
                    if (quoted.ContainsAny('\n', '\r') || (c == '"' && quoted.ContainsAny("$`\\!"))) return null;
                    word.Append(quoted);
                    inWord = true;
                    i = end;
                    break;
                case '|' or ';':
                    EndWord();
                    if (c == '|' && i + 1 < command.Length && command[i + 1] == '|') i++;
                    segments.Add([]);
                    break;
                case '&':
                    if (i + 1 >= command.Length || command[i + 1] != '&') return null;
                    EndWord();
                    segments.Add([]);
                    i++;
                    break;
                default:
                    if (!char.IsAsciiLetterOrDigit(c) && "-_./,:=@%+*~^".IndexOf(c) < 0) return null;
                    word.Append(c);
                    inWord = true;
                    break;
            }
        }

        EndWord();
        return segments;

        void EndWord()
        {
            if (inWord) segments[^1].Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
