using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The parser's help, with the command's examples at its end.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>In a narrower terminal the parser's help ends in an exception, or never: there the terminal itself breaks the lines.</summary>
    private const int LeastWidth = 40;

    public override bool ClearsParseErrors => help.ClearsParseErrors;

    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        help.MaxWidth = Math.Max(help.MaxWidth, LeastWidth);
        int exitCode = help.Invoke(parseResult);
        IReadOnlyList<Example> examples = Examples.Of(Examples.PathOf(parseResult.CommandResult.Command));
        if (examples.Count == 0) return exitCode;

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (Example example in examples)
        {
            output.WriteLine($"  {example.Line}");
            output.WriteLine($"      {example.Purpose}");
        }

        return exitCode;
    }
}
