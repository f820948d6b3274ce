namespace CodexClaudeProxy.Tests.CommandLine;

/// <summary>What a shell would hand to the program: without quotes, and without pipes, redirections and comments.</summary>
internal static class ShellWords
{
    private const string Program = "codex-claude-proxy";

    /// <param name="line">Holds the program's name, perhaps behind another command.</param>
    public static string[] Of(string line)
    {
        List<string> words = [];
        string word = "";
        char quote = '\0';
        bool isWord = false;
        foreach (char c in line[(line.IndexOf(Program, StringComparison.Ordinal) + Program.Length)..] + " ")
        {
            if (quote == '\0' && (c is '|' or '<' or '>' or ';' || (c == '#' && !isWord))) break;
            if (quote == '\0' && c is '"' or '\'') (quote, isWord) = (c, true);
            else if (c == quote) quote = '\0';
            else if (c == ' ' && quote == '\0')
            {
                if (isWord) words.Add(word);
                (word, isWord) = ("", false);
            }
            else (word, isWord) = (word + c, true);
        }

        return [.. words];
    }
}
