using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The official Codex CLI with the proxy as its provider.</summary>
public sealed class CodexCliThroughTheProxy : IAsyncLifetime
{
    private PublishedProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task Text_and_usage()
    {
        Backend.Answer(Reply.Text("The canary says hello.", new(Input: 2000, Output: 90, Cached: 500, Reasoning: 64)));
        using CodexCli cli = CodexCli.WithProvider(Backend, $"{_proxy.Url}/v1");
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal("The canary says hello.", AgentText(result));
        JsonElement usage = result.Events.Single(static e => e.GetText("type") == "turn.completed").Get("usage");
        Assert.Equal((2000, 500), (usage.Get("input_tokens").GetInt32(), usage.Get("cached_input_tokens").GetInt32()));
        ReceivedRequest request = Assert.Single(Backend.Requests);
        Assert.Equal(request.Json.GetText("prompt_cache_key"), request.Header("session-id"));
        Assert.NotNull(request.Header("x-codex-window-id"));
    }

    [Fact]
    public async Task A_tool_loop_with_reasoning_that_is_sent_back()
    {
        Backend.Answer(Reply.Sse(new StreamScript()
            .Reasoning("**Planning**")
            .Calls(new FunctionCall("exec_command", """{"cmd":"echo tool-ran-$((40+2))"}""", "call_1"))
            .Completed()));
        Backend.Answer(static request => Reply.Text($"It printed {request.ToolOutputs.Single(static output => output.Key == "call_1").Value}"));
        using CodexCli cli = CodexCli.WithProvider(Backend, $"{_proxy.Url}/v1");
        ClientResult result = await cli.ExecAsync("Run it");
        Assert.Contains("tool-ran-42", AgentText(result), StringComparison.Ordinal);
        Assert.Contains(Backend.Requests[1].Input, static item => item.GetText("type") == "reasoning");
    }

    [Fact]
    public async Task A_spent_quota_is_told_at_once()
    {
        DateTimeOffset resets = TimeProvider.System.GetUtcNow().AddHours(3);
        Backend.AnswerAll(_ => Reply.Http("429-usage-limit-reached").With("x-codex-primary-reset-at", $"{resets.ToUnixTimeSeconds()}"));
        Backend.Usage = user => AccountAnswers.UsedUp(user, resets);
        using CodexCli cli = CodexCli.WithProvider(Backend, $"{_proxy.Url}/v1");
        // The second time nobody is asked: the program knows by itself, and tells the same.
        for (int turn = 0; turn < 2; turn++)
        {
            ClientResult result = await cli.ExecAsync("Say hi");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("usage limit", result.Output, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("try again at ", result.Output, StringComparison.Ordinal);
        }

        Assert.Single(Backend.Requests);
    }

    private static string AgentText(ClientResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Events.Last(static e => e.GetText("type") == "item.completed" && e.Get("item").GetText("type") == "agent_message").Get("item").GetText("text")!;
    }
}
