using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Claude Code talks with the model: text, thinking, models, effort, and a prompt that the backend can keep in its cache.</summary>
public sealed class ClaudeCodeTurns : IAsyncLifetime
{
    private PublishedProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task Plain_text_with_its_usage()
    {
        Backend.Answer(Reply.Text("The canary says: „Grüße 👋🏽“", new(Input: 2000, Output: 90, Cached: 500, Reasoning: 64)));
        using ClaudeCode claude = new(_proxy);

        ClaudeRun run = (await claude.AskAsync("Say something")).AssertSmooth();

        Assert.Equal("The canary says: „Grüße 👋🏽“", run.Text);
        Assert.Equal("end_turn", run.Result.GetText("stop_reason"));
        JsonElement usage = run.Result.Get("usage");
        Assert.Equal(1500, usage.Get("input_tokens").GetInt32());
        Assert.Equal(500, usage.Get("cache_read_input_tokens").GetInt32());
        Assert.Equal(90, usage.Get("output_tokens").GetInt32());
        Assert.Equal(64, usage.Get("output_tokens_details").Get("thinking_tokens").GetInt32());
        ReceivedRequest request = Assert.Single(Backend.Requests);
        Assert.Equal("gpt-5.5", request.Model());
        Assert.DoesNotContain("x-anthropic-billing-header", request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_document_as_output()
    {
        Backend.Answer(Reply.Text("Again."));
        using ClaudeCode claude = new(_proxy);

        ClientResult result = await claude.RunAsync(["-p", "Say it again", "--output-format", "json"], TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, result.ToString());
        JsonElement document = Assert.Single(result.Events);
        Assert.Equal("Again.", document.GetText("result"));
        Assert.Equal(272_000, document.Get("modelUsage").Get("gpt-5.5").Get("contextWindow").GetInt32());
    }

    [Theory]
    [InlineData(null, "gpt-6.1-sol")]
    [InlineData("opus", "gpt-6.1-sol")]
    [InlineData("fable", "gpt-6.1-sol")]
    [InlineData("sonnet", "gpt-6.1-terra")]
    [InlineData("haiku", "gpt-6-luna")]
    [InlineData("gpt-5.5[1m]", "gpt-5.5")]
    [InlineData("gpt-5.4-mini", "gpt-5.4-mini")]
    public async Task A_model_by_whatever_name(string? asked, string served)
    {
        Backend.Answer(Reply.Text("Hi."));
        using ClaudeCode claude = new(_proxy, asked);

        ClaudeRun run = (await claude.AskAsync("Say hi")).AssertSmooth();

        Assert.Equal("Hi.", run.Text);
        Assert.Equal(served, Assert.Single(Backend.Requests).Model());
    }

    [Theory]
    [InlineData("low", "low")]
    [InlineData("max", "xhigh")]
    public async Task An_effort(string asked, string sent)
    {
        using ClaudeCode claude = new(_proxy);

        (await claude.AskAsync("Say hi", "--effort", asked)).AssertSmooth();

        Assert.Equal(sent, Assert.Single(Backend.Requests).Effort());
    }

    [Theory]
    [InlineData("gpt-5.5", "0", "high", false)]
    [InlineData("claude-sonnet-4-5", "31999", "high", true)]
    [InlineData("claude-sonnet-4-5", "2000", "low", true)]
    public async Task Thinking_as_its_budget_says(string model, string budget, string sent, bool summarised)
    {
        using ClaudeCode claude = new(_proxy, model);
        claude.Environment["MAX_THINKING_TOKENS"] = budget;

        (await claude.AskAsync("Say hi")).AssertSmooth();

        ReceivedRequest request = Assert.Single(Backend.Requests);
        Assert.Equal(sent, request.Effort());
        Assert.Equal(summarised, request.Json.Get("reasoning").Has("summary"));
    }

    [Fact]
    public async Task Notes_of_the_system_in_the_conversation_are_the_developers()
    {
        using ClaudeCode claude = new(_proxy, model: null);

        (await claude.AskAsync("Say hi, ultrathink")).AssertSmooth();

        ReceivedRequest request = Assert.Single(Backend.Requests);
        string[] roles = [.. request.Input.Select(item => item.GetText("role")!)];
        Assert.Contains("developer", roles);
        Assert.DoesNotContain("system", roles);
        Assert.DoesNotContain("cache_control", request.Text, StringComparison.Ordinal);
        Assert.All(request.Json.Get("tools").Items(), tool => Assert.False(tool.Get("strict").GetBoolean()));
    }

    [Fact]
    public async Task Thinking_comes_back_unchanged_in_the_run_and_after_a_resume()
    {
        Backend.Answer(Reply.Sse(new StreamScript()
            .ReasoningEncrypted("gAAAAABfirst-thought", "**Planning**\n\nThe canary must be fed.")
            .Calls(new FunctionCall("Bash", """{"command":"echo fed"}""", "call_1")).Completed()));
        Backend.Answer(Reply.Sse(new StreamScript().ReasoningEncrypted("gAAAAABsecond-thought").Text("It is fed.").Completed()));
        using ClaudeCode claude = new(_proxy);

        ClaudeRun first = (await claude.AskAsync("Feed it")).AssertSmooth();
        ClaudeRun second = (await claude.AskAsync("And now?", "--resume", first.SessionId)).AssertSmooth();

        Assert.Contains(first.Blocks, block => block.GetText("type") == "thinking" && block.GetText("thinking")!.Contains("The canary must be fed."));
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(["gAAAAABfirst-thought"], Reasoning(Backend.Requests[1]));
        Assert.Equal(["gAAAAABfirst-thought", "gAAAAABsecond-thought"], Reasoning(Backend.Requests[2]));
        // Before the call it led to, as the backend demands.
        Assert.Equal(["reasoning", "function_call", "function_call_output"], Types(Backend.Requests[1]).TakeLast(3));
    }

    [Fact]
    public async Task With_thinking_switched_off_the_reasoning_between_tool_steps_is_kept_for_it()
    {
        Backend.Answer(Reply.Sse(new StreamScript().ReasoningEncrypted("gAAAAABfirst-thought").Text("Let me feed it.")
            .Calls(new FunctionCall("Bash", """{"command":"echo fed"}""", "call_1")).Completed()));
        Backend.Answer(Reply.Sse(new StreamScript().ReasoningEncrypted("gAAAAABsecond-thought")
            .Calls(new FunctionCall("Bash", """{"command":"echo watered"}""", "call_2")).Completed()));
        Backend.Answer(Reply.Text("It is fed."));
        using ClaudeCode claude = new(_proxy);
        claude.Environment["MAX_THINKING_TOKENS"] = "0";

        ClaudeRun first = (await claude.AskAsync("Feed it")).AssertSmooth();
        (await claude.AskAsync("And now?", "--resume", first.SessionId)).AssertSmooth();

        Assert.DoesNotContain(first.Blocks, block => block.GetText("type") == "thinking");
        string[] steps = ["reasoning", "message", "function_call", "function_call_output", "reasoning", "function_call", "function_call_output"];
        Assert.Equal(steps[..4], Types(Backend.Requests[1]).TakeLast(4));
        Assert.Equal(steps, Types(Backend.Requests[2]).TakeLast(7));
        Assert.All(Backend.Requests.Skip(2), request => Assert.Equal(["gAAAAABfirst-thought", "gAAAAABsecond-thought"], Reasoning(request)));
    }

    [Fact]
    public async Task Each_request_begins_with_the_one_before_and_keeps_its_cache_key()
    {
        for (int i = 1; i <= 3; i++)
        {
            Backend.Answer(Reply.Sse(new StreamScript()
                .Reasoning($"**Thought {i}**").Text($"Step {i}.")
                .Calls(new FunctionCall("Bash", $$"""{"command":"echo step-{{i}}"}""", $"call_{i}")).Completed()));
        }
        Backend.Answer(Reply.Text("Three steps."));
        using ClaudeCode claude = new(_proxy);

        ClaudeRun run = (await claude.AskAsync("Take three steps")).AssertSmooth();
        (await claude.AskAsync("And one more", "--resume", run.SessionId)).AssertSmooth();

        Assert.Equal(5, Backend.Requests.Count);
        Assert.NotNull(Backend.Requests[0].CacheKey());
        foreach ((ReceivedRequest before, ReceivedRequest after) in Backend.Requests.Zip(Backend.Requests.Skip(1)))
        {
            Assert.Equal(before.CacheKey(), after.CacheKey());
            Assert.Equal(before.Header("session-id"), after.Header("session-id"));
            Assert.Equal(before.Json.Get("tools").GetRawText(), after.Json.Get("tools").GetRawText());
            Assert.StartsWith(UpToLastItem(before), after.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_context_is_counted_by_the_proxy()
    {
        using ClaudeCode claude = new(_proxy);
        claude.Environment["CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"] = "1";

        ClaudeRun run = (await claude.AskAsync("/context")).AssertSmooth();

        Assert.Contains("gpt-5.5", run.Text, StringComparison.Ordinal);
        Assert.Contains("/ 272k", run.Text, StringComparison.Ordinal);
        Assert.Contains("POST /v1/messages/count_tokens 200", _proxy.Output, StringComparison.Ordinal);
        Assert.Contains("GET /v1/models 200", _proxy.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("count_tokens 4", _proxy.Output, StringComparison.Ordinal);
        Assert.Empty(Backend.Requests);
    }

    /// <summary>The body from its first byte to the end of its last input item.</summary>
    private static string UpToLastItem(ReceivedRequest request)
    {
        string input = request.Json.Get("input").GetRawText();
        int start = request.Text.IndexOf(input, StringComparison.Ordinal);
        return request.Text[..(start + input.Length - 1)];
    }

    private static IEnumerable<string?> Reasoning(ReceivedRequest request) =>
        request.Input.Where(item => item.GetText("type") == "reasoning").Select(item => item.GetText("encrypted_content"));

    private static IEnumerable<string> Types(ReceivedRequest request) => request.Input.Select(item => item.GetText("type") ?? "message");
}
