using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The status line that the program installs, in the real Claude Code.</summary>
public sealed class ClaudeCodeStatusLine
{
    [Fact]
    [Trait("Stage", "interactive")]
    public async Task The_status_line_says_whose_plan_is_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "tmux is not there on Windows");
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        await using InteractiveClaude claude = await InteractiveClaude.StartAsync(proxy, static async claude =>
        {
            ClientResult installed = await ClientProcess.RunAsync(await PublishedBinary.PathAsync(), ["statusline", "--install"], claude.Home, [], TestContext.Current.CancellationToken);
            Assert.True(installed.ExitCode == 0, installed.ToString());
        });
        claude.Say(Reply.Text("The canary says hello."));

        await claude.AskAsync("Say hello", "The canary says hello.");
        string line = Line(await claude.Terminal.WaitUntilAsync("the status line", static screen => Line(screen).Length > 0));

        // A masked address, as no label was given: others may look at the screen too.
        Assert.StartsWith("d…@example.com · ", line, StringComparison.Ordinal);
    }

    private static string Line(string screen) => screen.Split('\n').Select(static line => line.Trim()).LastOrDefault(static line => line.Contains(" · ", StringComparison.Ordinal) && line.Contains('@')) ?? "";
}
