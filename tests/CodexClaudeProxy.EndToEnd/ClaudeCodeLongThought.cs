using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>A model that thinks for longer than Claude Code waits for a silent server. In real time: the client's clock is its own.</summary>
public sealed class ClaudeCodeLongThought
{
    private static readonly TimeSpan Thought = TimeSpan.FromSeconds(330);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);

    [Fact]
    [Trait("Stage", "long")]
    public async Task Five_and_a_half_minutes_of_keepalives_are_one_generation_with_a_whole_answer()
    {
        StreamScript script = new();
        for (TimeSpan thought = TimeSpan.Zero; thought < Thought; thought += Pause) script.Pause(Pause).KeepAlive();
        Reply answer = Reply.Sse(script.Reasoning().Text("The canary was worth the thought.").Completed());
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => answer);
        using ClaudeCode claude = new(proxy) { Limit = TimeSpan.FromMinutes(12) };

        ClaudeRun run = (await claude.AskAsync("Think hard")).AssertSmooth();

        Assert.Equal("The canary was worth the thought.", run.Text);
        Assert.Equal(RequestEnd.Answered, await Assert.Single(proxy.Backend.Requests).Ended.WaitAsync(TestContext.Current.CancellationToken));
    }
}
