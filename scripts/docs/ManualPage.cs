using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Scripts.Docs;

/// <summary>The manual page, made from the same commands, options and examples as the help.</summary>
internal sealed class ManualPage
{
    private readonly StringBuilder _page = new();

    public static string Text()
    {
        RootCommand root = Commands.Tree("", new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, _ => null));
        var page = new ManualPage();
        page.Begin(root);
        foreach (Command command in CommandsBelow(root)) page.Describe(command);
        page.Options();
        page.End();
        return page._page.ToString();
    }

    /// <summary>Each before the ones below it.</summary>
    public static IEnumerable<Command> CommandsBelow(Command command) =>
        command.Subcommands.Where(static sub => !sub.Hidden).SelectMany(static sub => CommandsBelow(sub).Prepend(sub));

    private void Begin(RootCommand root)
    {
        Raw(".\\\" Written by scripts/docs; changes belong into the source of the commands.");
        Raw(".TH CODEX\\-CLAUDE\\-PROXY 1 \"\" \"codex\\-claude\\-proxy\" \"User Commands\"");
        Raw(".SH NAME");
        Raw("codex\\-claude\\-proxy \\- let Claude Code and other clients run on a ChatGPT plan");
        Raw(".SH SYNOPSIS");
        Raw(".B codex\\-claude\\-proxy\n[\\fIcommand\\fR] [\\fIoptions\\fR]");
        Raw(".SH DESCRIPTION");
        Line("A local server that takes requests of the Anthropic and of the OpenAI protocols, translates them for the Codex backend, and sends them with your own ChatGPT account.");
        Line("Without a command it serves.");
        Raw(".PP");
        Line("It is not affiliated with OpenAI or Anthropic.");
        ShowExamples(Examples.Of(Examples.PathOf(root)));
        Raw(".SH COMMANDS");
    }

    private void Describe(Command command)
    {
        string path = Examples.PathOf(command);
        string[] names = [path, .. command.Aliases];
        Raw($".SS {string.Join(", ", names.Select(Escaped))}");
        IEnumerable<string> arguments = command.Arguments.Where(static argument => !argument.Hidden).Select(static argument => argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name);
        if (command.Arguments.Count > 0) Raw($"\\fB{Escaped($"codex-claude-proxy {path}")}\\fR \\fI{Escaped(string.Join(' ', arguments))}\\fR\n.PP");
        Line(Sentence(command.Description!));
        foreach (Argument argument in command.Arguments.Where(static argument => argument.Description is not null)) Entry($"\\fI{Escaped(argument.Name)}\\fR", argument.Description!);

        Option[] options = [.. command.Options.Where(static option => !option.Hidden && option is not HelpOption)];
        foreach (Option option in options.Where(static option => SettingOf(option) is null)) Entry(Label(option), option.Description!);
        Option[] settings = [.. options.Where(static option => SettingOf(option) is not null)];
        if (settings.Length > 0)
        {
            Raw(".PP");
            Line($"It also takes {(settings.Length > 5 ? "all that stand" : List(settings.Select(static option => option.Name)) + (settings.Length == 1 ? ", which stands" : ", which stand"))} under OPTIONS.");
        }

        ShowExamples(Examples.Of(path));
    }

    private void Options()
    {
        Raw(".SH OPTIONS");
        Line("An option counts before its environment variable, that before config.json in the data directory, and that before the default. Those without an option stand at the end.");
        foreach (Setting setting in OptionsReader.Settings.OrderByDescending(static setting => setting.IsFlag))
        {
            string label = setting.IsFlag ? $"\\fB{Escaped(setting.Flag)}\\fR \\fI{Escaped(setting.ValueName)}\\fR" : $"\\fB{Escaped(setting.Environment[0])}\\fR";
            string member = Configuration.MemberOf(setting) is { Length: > 0 } key ? $" In config.json: {key}." : "";
            string standard = Configuration.DefaultOf(setting) is { Length: > 0 } value ? $" Default: {value}." : "";
            Entry(label, $"{Sentence(setting.Help)} Environment: {string.Join(", ", setting.Environment)}.{member}{standard}");
        }
    }

    private void End()
    {
        Raw(".SH ENVIRONMENT");
        foreach ((string names, string meaning) in Configuration.OtherVariables) Entry($"\\fB{Escaped(names)}\\fR", meaning);
        Raw(".SH FILES");
        Entry("\\fI~/.codex\\-claude\\-proxy\\fR", "The data directory, which only its owner can read: accounts.json with the tokens, settings.json, config.json, and activity.db with the statistics.");
        Raw(".SH EXIT STATUS");
        foreach ((int code, string meaning) in Commands.ExitCodes) Entry($"\\fB{code}\\fR", meaning);
    }

    private void ShowExamples(IReadOnlyList<Example> examples)
    {
        if (examples.Count == 0) return;
        Raw(".PP\nExamples:");
        foreach (Example example in examples) Raw($".TP\n\\fB{Escaped(example.Line)}\\fR\n{Escaped(Sentence(example.Purpose))}");
    }

    private void Entry(string label, string text)
    {
        Raw(".TP\n" + label);
        Line(Sentence(text));
    }

    private static Setting? SettingOf(Option option) => Array.Find(OptionsReader.Settings, setting => setting.Flag == option.Name);

    private static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Prepend(option.Name).Select(static name => $"\\fB{Escaped(name)}\\fR"));
        return option.HelpName is { } value ? $"{names} \\fI{Escaped(value)}\\fR" : names;
    }

    private static string List(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('?') ? text : text + ".";

    private void Line(string text) => Raw(Escaped(text));

    private void Raw(string text) => _page.Append(text).Append('\n');

    /// <summary>A line must not begin with a sign that is a request, and a minus is not a hyphen.</summary>
    private static string Escaped(string text)
    {
        string plain = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("…", "...", StringComparison.Ordinal);
        return plain is ['.' or '\'', ..] ? "\\&" + plain : plain;
    }
}
