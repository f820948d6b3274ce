using System.CommandLine;
using System.CommandLine.Parsing;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Finds a path that is empty, as a shell makes it of a variable that is not set: no file is meant by it, and none may be guessed.</summary>
internal static class EmptyPaths
{
    /// <summary>What arguments and options that take a path call it in the help.</summary>
    private static readonly string[] Kinds = ["file", "path", "directory"];

    /// <summary>A part of addresses, and empty where there is none.</summary>
    private const string NoFile = "--base-path";

    /// <summary>The same of flags that no parser has read.</summary>
    public static string? Explain(IReadOnlyDictionary<string, string> flags) =>
        OptionsReader.Settings.FirstOrDefault(setting => flags.TryGetValue(setting.Name, out string? given) && IsPath(setting.Flag, setting.ValueName) && string.IsNullOrWhiteSpace(given)) is { } setting ? Sentence(setting.Flag) : null;

    /// <returns>A sentence about the first one; null when there is none.</returns>
    public static string? Explain(ParseResult parsed, string[] args) => Given(parsed.CommandResult, args).FirstOrDefault(static path => path.IsEmpty) is { Name: { } name } ? Sentence(name) : null;

    private static string Sentence(string name) => $"{name} must not be empty.";

    private static bool IsPath(string option, string? kind) => Kinds.Contains(kind) && option != NoFile;

    private static IEnumerable<(string Name, bool IsEmpty)> Given(CommandResult command, string[] args)
    {
        // An option may belong to a command further out.
        for (CommandResult? at = command; at is not null; at = at.Parent as CommandResult)
        {
            foreach (SymbolResult given in at.Children)
            {
                bool isEmpty = given.Tokens.Any(static token => string.IsNullOrWhiteSpace(token.Value));
                if (given is OptionResult { Option: { } option } && IsPath(option.Name, option.HelpName)) yield return (option.Name, isEmpty || args.Contains(option.Name + "="));
                else if (given is ArgumentResult { Argument: { } argument } && Kinds.Contains(argument.Name)) yield return (argument.Name, isEmpty);
            }
        }
    }
}
