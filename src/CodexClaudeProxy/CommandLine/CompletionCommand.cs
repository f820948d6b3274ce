using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// Completes what is typed in a shell. The script that <c>completion</c> prints asks this program anew for every word, so it never
/// grows old: <c>[suggest:N] WORD…</c> with the N words before the one to complete, and what there is of that one.
/// </summary>
internal static class CompletionCommand
{
    private const string Question = "[suggest:";

    public static Command Build(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "The shell to write it for" };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.ByShell.Keys]);
        var command = new Command("completion", "Print a script that lets a shell complete commands, options and accounts") { shell };
        command.SetAction(parsed => terminal.Out.WriteLine(CompletionScripts.ByShell[parsed.GetValue(shell)!]));
        return command;
    }

    /// <summary>The words before the one to complete, and that one; null when the program was not asked for a completion.</summary>
    public static (string[] Before, string Word)? Asked(string[] args)
    {
        if (args is not [var question, .. var words] || !question.StartsWith(Question, StringComparison.Ordinal)) return null;
        return int.TryParse(question.AsSpan(Question.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= words.Length
            ? (words[..count], words.Length > count ? words[count] : "") : ([], "");
    }

    /// <summary>One suggestion a line, with what it means behind a tab.</summary>
    /// <param name="tree">The commands that <paramref name="before"/> may mean.</param>
    public static void Write(TextWriter output, Command tree, string[] before, string word)
    {
        // What is typed behind = is the value of the option in front of it.
        int sign = word.StartsWith('-') ? word.IndexOf('=') : -1;
        string prefix = sign < 0 ? "" : word[..(sign + 1)];
        string[] words = sign < 0 ? [.. before, word] : [.. before, word[..sign], word[(sign + 1)..]];
        string begun = words[^1];

        string line = string.Join(' ', words.Select(static part => part.Contains(' ') ? $"\"{part}\"" : part));
        ParseResult parsed = tree.Parse(line);
        CompletionItem[] items = [.. parsed.GetCompletions(line.Length).Where(item => IsWanted(item.Label, begun))];
        // Options are many; they come when they are asked for, or when nothing else can. Where a file can, the shell completes that.
        Command command = parsed.CommandResult.Command;
        bool showsOptions = begun.StartsWith('-') || (command.Arguments.Count == 0 && command.Subcommands.Count == 0);
        foreach (CompletionItem item in items.Where(item => showsOptions || !item.Label.StartsWith('-')))
            output.WriteLine(item.Detail is { Length: > 0 } detail ? $"{prefix}{item.Label}\t{detail}" : prefix + item.Label);
    }

    private static bool IsWanted(string label, string begun) => label.StartsWith(begun, StringComparison.OrdinalIgnoreCase) && label[0] != '/' && label != "-?";
}
