using System.CommandLine;
using System.CommandLine.Help;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Scripts.Docs;

namespace CodexClaudeProxy.Tests.CommandLine;

/// <summary>Every command has examples, and each of them can be typed as it stands.</summary>
public sealed class ExamplesTests
{
    private static readonly RootCommand Root = Commands.Tree("", Quiet());

    public static TheoryData<string> Paths => new(ManualPage.CommandsBelow(Root).Prepend(Root).Select(Examples.PathOf));

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_command_has_two_or_three_that_lead_to_it(string path)
    {
        IReadOnlyList<Example> examples = Examples.Of(path);
        Assert.True(examples.Count is 2 or 3, $"'{path}' has {examples.Count} examples; CommandLine/Examples.cs holds them.");
        foreach (Example example in examples)
        {
            string[] args = Commands.Normalise(ShellWords.Of(example.Line));
            ParseResult parsed = Root.Parse(args);
            Assert.True(parsed.Errors.Count == 0, $"{example.Line}: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
            Assert.StartsWith(path, Examples.PathOf(parsed.CommandResult.Command), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void There_are_none_for_commands_that_do_not_exist() =>
        Assert.Equal(Paths.Select(row => row.Data).Order(), Examples.Commands.Order());

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_help_ends_with_them(string path)
    {
        StringWriter output = new() { NewLine = "\n" };
        Assert.Equal(0, await Commands.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], Quiet() with { Out = output }, TestContext.Current.CancellationToken));
        Assert.EndsWith(string.Concat(Examples.Of(path).Select(example => $"  {example.Line}\n      {example.Purpose}\n")), output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task The_help_ends_in_a_terminal_of_any_width(int width)
    {
        RootCommand root = new("A description of several words") { new Option<string>("--option") { Description = "An option with a description of several words" } };
        root.Options.OfType<HelpOption>().Single().Action = new HelpWithExamples(new HelpAction { MaxWidth = width });
        StringWriter output = new();

        await Task.Run(() => root.Parse("--help").Invoke(new InvocationConfiguration { Output = output })).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Contains("Examples:", output.ToString(), StringComparison.Ordinal);
    }

    private static Terminal Quiet() => new(TextReader.Null, TextWriter.Null, TextWriter.Null, _ => null);
}
