namespace CodexClaudeProxy.CommandLine;

/// <summary>Where a command reads and writes, so that tests can stand in for the person.</summary>
/// <param name="Variable">Reads an environment variable.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Func<string, string?> Variable)
{
    public static Terminal System { get; } = new(Console.In, Console.Out, Console.Error, Environment.GetEnvironmentVariable);
}
