using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// The official client, run for real, understands what the fake streams, and none of its requests breaks a rule of the fake:
/// the proof that both halves are right.
/// </summary>
public sealed class CodexCliAcceptsTheFake : IAsyncLifetime
{
    private const string OnePixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private FakeBackend _backend = null!;

    public async ValueTask InitializeAsync() => _backend = await FakeBackend.StartAsync();

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Fact]
    public async Task Text_and_usage()
    {
        _backend.Answer(Reply.Text("Hello from the fake", new(Input: 2000, Output: 90, Cached: 500, Reasoning: 64, CacheWrite: 1400)));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal("Hello from the fake", AgentText(result));
        JsonElement usage = Event(result, "turn.completed").GetProperty("usage");
        Assert.Equal(2000, usage.GetProperty("input_tokens").GetInt32());
        Assert.Equal(500, usage.GetProperty("cached_input_tokens").GetInt32());
        Assert.Equal(1400, usage.GetProperty("cache_write_input_tokens").GetInt32());
        Assert.Equal(90, usage.GetProperty("output_tokens").GetInt32());
        Assert.Equal(64, usage.GetProperty("reasoning_output_tokens").GetInt32());
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_tool_loop_with_reasoning_that_is_sent_back()
    {
        _backend.Answer(Reply.Sse(new StreamScript()
            .ReasoningEncrypted("gAAAAABreplay", "**Planning**")
            .Calls(new FunctionCall("exec_command", """{"cmd":"echo tool-ran-$((40+2))"}""", "call_1"))
            .Completed()));
        _backend.Answer(request => Reply.Text($"It printed {request.ToolOutputs.Single(output => output.Key == "call_1").Value}"));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Run it");
        Assert.Contains("tool-ran-42", AgentText(result), StringComparison.Ordinal);
        JsonElement reasoning = _backend.Requests[1].Input.Single(item => item.GetText("type") == "reasoning");
        Assert.Equal("gAAAAABreplay", reasoning.GetText("encrypted_content"));
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task Interleaved_parallel_calls()
    {
        static FunctionCall Echo(int i) => new("exec_command", $$"""{"cmd":"echo number-{{i}}"}""", $"call_{i}");
        _backend.Answer(Reply.Sse(new StreamScript().InterleavedCalls(Echo(1), Echo(2), Echo(3)).Completed()));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Run them");
        Assert.Equal(0, result.ExitCode);
        IReadOnlyList<KeyValuePair<string, string>> outputs = _backend.Requests[1].ToolOutputs;
        Assert.Equal(["call_1", "call_2", "call_3"], outputs.Select(output => output.Key).Order());
        Assert.All(outputs, output => Assert.Contains($"number-{output.Key[^1]}", output.Value, StringComparison.Ordinal));
        AssertNoRuleBroken();
    }

    [Theory]
    [InlineData("text-unicode")]
    [InlineData("two-messages-phases")]
    [InlineData("web-search-citations")]
    [InlineData("keepalives")]
    [InlineData("metadata-and-rate-limits")]
    [InlineData("framing-crlf")]
    [InlineData("framing-multi-data-lines")]
    [InlineData("framing-no-event-lines")]
    public async Task A_recorded_stream_cut_into_small_pieces(string fixture)
    {
        _backend.Answer(Reply.Stream(fixture).Delivered(Delivery.Every(7)));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal(0, result.ExitCode);
        Assert.NotEmpty(AgentText(result));
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_failed_stream_is_reported()
    {
        _backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Failed("invalid_prompt", "The fake refuses this prompt.")));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The fake refuses this prompt.", FailureText(result), StringComparison.Ordinal);
        AssertNoRuleBroken();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_ends_too_early_is_reported(bool cut)
    {
        StreamScript script = new StreamScript().UnfinishedText("Hal");
        _backend.Answer(Reply.Sse(cut ? script.AbortConnection() : script));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("stream", FailureText(result), StringComparison.Ordinal);
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_usage_limit_is_reported()
    {
        _backend.Answer(Reply.Http("429-usage-limit-reached"));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("usage limit", FailureText(result), StringComparison.OrdinalIgnoreCase);
        Assert.Single(_backend.Requests);
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_call_id_that_is_too_long_is_refused_when_it_comes_back()
    {
        _backend.Answer(Reply.Stream("tool-call-id-long"));
        using CodexCli cli = CodexCli.WithCustomProvider(_backend);
        ClientResult result = await cli.ExecAsync("Run it");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("string_above_max_length", Assert.Single(_backend.Rejections).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_in_client_finds_account_and_models_and_sends_compressed_bodies()
    {
        using CodexCli cli = CodexCli.SignedIn(_backend, _backend.Auth.SignIn());
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal("You said: Say hi", AgentText(result));
        ReceivedRequest request = Assert.Single(_backend.Requests);
        Assert.Equal("zstd", request.Header("content-encoding"));
        // The frame that the proxy's own have to look like: no size, no checksum, a window of 2 MiB.
        Assert.Equal("28B52FFD0058", Convert.ToHexString(request.Sent.Span[..6]));
        Assert.Equal(Clients.PinnedVersion("@openai/codex"), request.Header("version"));
        Assert.Contains(_backend.Received.All, other => other.Path.EndsWith("/wham/accounts/check", StringComparison.Ordinal));
        Assert.Contains(_backend.Received.All, other => other.Path.EndsWith("/codex/models", StringComparison.Ordinal));
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_lite_model_is_asked_in_the_lite_lane()
    {
        using CodexCli cli = CodexCli.SignedIn(_backend, _backend.Auth.SignIn(), "gpt-6.1-sol");
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal("You said: Say hi", AgentText(result));
        Assert.Equal("true", Assert.Single(_backend.Requests).Header("x-openai-internal-codex-responses-lite"));
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task An_image_and_an_output_schema_pass_the_rules()
    {
        using CodexCli cli = CodexCli.SignedIn(_backend, _backend.Auth.SignIn());
        string image = Path.Combine(cli.Home.Project, "dot.png");
        await File.WriteAllBytesAsync(image, Convert.FromBase64String(OnePixel), TestContext.Current.CancellationToken);
        string schema = cli.Home.Write("schema.json", """
            {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}
            """);
        _backend.Answer(Reply.Text("""{"a":"dot"}"""));
        ClientResult result = await cli.ExecAsync(
            "What is it?", "--image", image, "--output-schema", schema,
            "-c", "model_reasoning_effort=xhigh", "-c", "model_reasoning_summary=detailed");
        Assert.Equal("""{"a":"dot"}""", AgentText(result));
        JsonElement body = Assert.Single(_backend.Requests).Json;
        IEnumerable<JsonElement> parts = body.Get("input").Items().SelectMany(item => item.Get("content").Items());
        Assert.Contains(parts, part => part.GetText("type") == "input_image");
        Assert.Equal("json_schema", body.GetProperty("text").GetProperty("format").GetText("type"));
        AssertNoRuleBroken();
    }

    [Fact]
    public async Task An_api_key_is_used_at_the_public_address()
    {
        using CodexCli cli = CodexCli.WithApiKey(_backend);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal("You said: Say hi", AgentText(result));
        Assert.Equal("/v1/responses", Assert.Single(_backend.Requests).Path);
        Assert.Empty(_backend.Rejections);
    }

    [Fact]
    public async Task A_refused_token_is_refreshed_and_the_refresh_token_rotates()
    {
        FakeTokens old = _backend.Auth.SignIn();
        _backend.Auth.InvalidateAccessToken(old.AccessToken);
        await AssertRefreshesAsync(old);
        Assert.Contains(_backend.Received.All, request => request.Rejection?.Status == 401);
    }

    [Fact]
    public async Task An_expired_token_is_refreshed_before_it_is_used()
    {
        await AssertRefreshesAsync(_backend.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1)));
        Assert.All(_backend.Received.All, request => Assert.Null(request.Rejection));
    }

    private async Task AssertRefreshesAsync(FakeTokens old)
    {
        using CodexCli cli = CodexCli.SignedIn(_backend, old);
        ClientResult result = await cli.ExecAsync("Say hi");
        Assert.Equal("You said: Say hi", AgentText(result));
        Assert.Equal(1, _backend.Auth.Refreshes);
        Assert.Equal(0, _backend.Auth.RefreshTokenReuses);
        Assert.NotEqual(old.RefreshToken, cli.Tokens.GetText("refresh_token"));
        Assert.NotEqual(old.AccessToken, cli.Tokens.GetText("access_token"));
    }

    private void AssertNoRuleBroken() => Assert.All(_backend.Received.All, request => Assert.Null(request.Rejection));

    /// <summary>The last message of the agent.</summary>
    private static string AgentText(ClientResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Events.Select(data => data.Get("item")).Last(item => item.GetText("type") == "agent_message").GetText("text")!;
    }

    private static string FailureText(ClientResult result) => Event(result, "turn.failed").GetProperty("error").GetText("message")!;

    private static JsonElement Event(ClientResult result, string type)
    {
        JsonElement found = result.Events.FirstOrDefault(data => data.GetText("type") == type);
        Assert.True(found.ValueKind == JsonValueKind.Object, result.ToString());
        return found;
    }
}
