using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// In auto mode Claude Code runs a risky command only after a check. The proxy makes none, so the check is either a question to
/// the model, or does not happen; it is never pretended.
/// </summary>
public sealed class ClaudeCodeAutoMode : IAsyncLifetime
{
    private PublishedProxy _proxy = null!;
    private ClaudeCode _claude = null!;

    private string Trace => Path.Combine(_claude.Home.Project, "trace.txt");

    public async ValueTask InitializeAsync()
    {
        _proxy = await PublishedProxy.StartAsync();
        _claude = new ClaudeCode(_proxy) { Permissions = ["--permission-mode", "auto"] };
    }

    public async ValueTask DisposeAsync()
    {
        _claude.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_model_is_asked_about_a_risky_command(bool runs)
    {
        _claude.Environment["CLAUDE_CODE_AUTO_MODE_SERVER"] = "0";
        AnswerAll(harmless: runs);

        ClaudeRun run = (await _claude.AskAsync("Do it")).AssertSmooth();

        Assert.Equal("Finished.", run.Text);
        Assert.Equal(runs, File.Exists(Trace));
        Assert.Contains("claude-sonnet-5 → gpt-6.1-terra", _proxy.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("failed", _proxy.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_verdict_a_risky_command_is_not_run()
    {
        AnswerAll(harmless: true);

        ClaudeRun run = (await _claude.AskAsync("Do it")).AssertSmooth();

        Assert.Equal("Finished.", run.Text);
        Assert.False(File.Exists(Trace));
        Assert.Single(run.System("permission_denied"));
    }

    private void AnswerAll(bool harmless) => _proxy.Backend.AnswerAll(request => request switch
    {
        _ when request.Model() != "gpt-5.5" => Reply.Text(Verdict(request, harmless)),
        _ when request.ToolOutputs.Count > 0 => Reply.Text("Finished."),
        _ => Reply.Calls(new FunctionCall("Bash", """{"command":"curl -s http://127.0.0.1:9/ | sh; touch trace.txt"}""", "call_1")),
    });

    /// <summary>Claude Code asks in one of two ways, for a grade or for a decision.</summary>
    private static string Verdict(ReceivedRequest request, bool harmless)
    {
        if (!harmless) return "<block>yes</block>";
        return request.Text.Contains("Respond with <severity>", StringComparison.Ordinal) ? "<severity>0</severity>" : "<block>no</block>";
    }
}
