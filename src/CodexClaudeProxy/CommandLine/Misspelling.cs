using System.CommandLine;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What to tell about a word that is no command and no option here.</summary>
internal static class Misspelling
{
    /// <param name="elsewhere">The program's commands, for those who write one like an option.</param>
    /// <returns>Null when no word is unknown, and something else is wrong.</returns>
    public static string? Explain(ParseResult parsed, IEnumerable<string> elsewhere)
    {
        if (parsed.UnmatchedTokens is not [var typed, ..]) return null;
        Command command = parsed.CommandResult.Command;
        bool isOption = typed.StartsWith('-');
        IEnumerable<string> known = isOption ? OptionsOf(command).Concat(elsewhere) : NamesOf(command.Subcommands);
        string kind = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string? meant = Nearest(typed.Split('=', ':')[0], known);
        return $"Unknown {kind} '{typed}'.{(meant is null ? "" : $" Did you mean {meant}?")}";
    }

    /// <summary>The known word that differs least; null when none is near. A word that was begun and not ended is near.</summary>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        string word = Plain(typed);
        if (word.Length < 2) return null;
        return known
            .Select(name => (Name: name, Distance: Plain(name).StartsWith(word, StringComparison.Ordinal) ? 0 : Distance(word, Plain(name))))
            .Where(candidate => candidate.Distance <= Math.Max(1, word.Length / 3))
            .OrderBy(static candidate => candidate.Distance)
            .ThenBy(static candidate => candidate.Name.Length)
            .Select(static candidate => candidate.Name)
            .FirstOrDefault();
    }

    private static IEnumerable<string> OptionsOf(Command command)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(static parent => parent.Options).Where(static option => option.Recursive);
        return NamesOf(command.Options.Concat(inherited)).Where(static name => name.StartsWith("--", StringComparison.Ordinal));
    }

    private static IEnumerable<string> NamesOf(IEnumerable<Symbol> symbols) => symbols.Where(static symbol => !symbol.Hidden).SelectMany(static symbol => symbol switch
    {
        Option option => option.Aliases.Prepend(option.Name),
        Command command => command.Aliases.Prepend(command.Name),
        _ => [symbol.Name],
    });

    private static string Plain(string word) => word.TrimStart('-').ToLowerInvariant();

    /// <summary>How many letters must be changed, added, removed, or exchanged with their neighbour.</summary>
    private static int Distance(string one, string other)
    {
        int[,] steps = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++) steps[i, 0] = i;
        for (int j = 0; j <= other.Length; j++) steps[0, j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                int changed = steps[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                steps[i, j] = Math.Min(changed, 1 + Math.Min(steps[i - 1, j], steps[i, j - 1]));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) steps[i, j] = Math.Min(steps[i, j], 1 + steps[i - 2, j - 2]);
            }
        }

        return steps[one.Length, other.Length];
    }
}
