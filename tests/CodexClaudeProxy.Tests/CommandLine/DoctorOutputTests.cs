using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Doctor;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class DoctorOutputTests
{
    [Fact]
    public async Task A_finding_is_told_while_another_check_still_runs()
    {
        await using SignallingWriter output = new();
        TaskCompletionSource<Verdict> slow = new();
        Check[] checks = [new("slow", "A slow one", _ => slow.Task), new("quick", "A quick one", _ => Task.FromResult(Verdict.Ok("It is well")))];

        Task<int> telling = new DoctorOutput(Terminal(output), asJson: false).TellAsync(checks, TestContext.Current.CancellationToken);
        await output.Contains("ok       A quick one  It is well\n");
        Assert.False(telling.IsCompleted);

        slow.SetResult(Verdict.Fail("It is not well", "Mend it"));
        Assert.Equal(1, await telling);
        Assert.Contains("fail     A slow one   It is not well\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_the_verdict_has_a_colour()
    {
        StringWriter output = new() { NewLine = "\n" };
        Check[] checks =
        [
            new("a", "A", _ => Task.FromResult(Verdict.Ok("Well"))), new("b", "B", _ => Task.FromResult(Verdict.Warn("Hm", "Look"))),
            new("c", "C", _ => Task.FromResult(Verdict.Fail("Bad", "Do"))), new("d", "D", _ => Task.FromResult(Verdict.Skipped("No"))),
        ];

        await new DoctorOutput(Terminal(output) with { HasColours = true }, asJson: false).TellAsync(checks, TestContext.Current.CancellationToken);
        Assert.Contains("\e[32mok     \e[0m  A  Well\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\e[33mwarn   \e[0m  B  Hm\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\e[31mfail   \e[0m  C  Bad\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nskipped  D  No\n", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>See no-color.org: any value but an empty one.</summary>
    [Theory]
    [InlineData(null, "xterm", true)]
    [InlineData("", "xterm", true)]
    [InlineData("1", "xterm", false)]
    [InlineData("0", "xterm", false)]
    [InlineData(null, "dumb", false)]
    public void A_terminal_may_want_none(string? noColor, string term, bool expected) =>
        Assert.Equal(expected, CodexClaudeProxy.CommandLine.Terminal.TakesColours(name => name switch { "NO_COLOR" => noColor, "TERM" => term, _ => null }));

    private static Terminal Terminal(TextWriter output) => new(TextReader.Null, output, TextWriter.Null, _ => null);
}
