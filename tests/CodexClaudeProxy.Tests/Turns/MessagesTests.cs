using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Requests that succeed, through the real program.</summary>
public sealed class MessagesTests
{
    [Fact]
    public async Task A_stream_arrives_as_Anthropic_events()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Text("Hello there").WithQuota(new Quota(42, Reset), new Quota(91.5, Reset)));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(("no-cache", "no"), (response.Headers.CacheControl!.ToString(), response.Headers.GetValues("x-accel-buffering").Single()));
        Assert.Equal("0.42", response.Headers.GetValues("anthropic-ratelimit-unified-5h-utilization").Single());
        Assert.Equal("allowed_warning", response.Headers.GetValues("anthropic-ratelimit-unified-status").Single());
        Assert.StartsWith("req_", response.Headers.GetValues("request-id").Single(), StringComparison.Ordinal);
        var events = await RunningProxy.EventsOf(response);
        Assert.Equal("message_start", events[0].Name);
        Assert.Equal("gpt-5.5", events[0].Data.GetProperty("message").GetProperty("model").GetString());
        Assert.True(events[0].Data.GetProperty("message").GetProperty("usage").GetProperty("input_tokens").GetInt32() > 0);
        Assert.Equal("Hello there", string.Concat(events.Where(static e => e.Name == "content_block_delta").Select(static e => e.Data.GetProperty("delta").GetProperty("text").GetString())));
        Assert.Equal("message_stop", events[^1].Name);
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task A_message_arrives_whole()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Think first").Text("Then speak").Completed(new TokenUsage(Input: 100, Output: 7, Cached: 40, Reasoning: 3))));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}"));

        JsonObject message = await RunningProxy.JsonOf(response);
        Assert.Equal(["thinking", "text"], message["content"]!.AsArray().Select(static b => b!["type"]!.GetValue<string>()));
        Assert.Equal(60, message["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(40, message["usage"]!["cache_read_input_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_goes_upstream_looks_like_the_official_client()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();

        Assert.Equal("codex_cli_rs", request.Header("originator"));
        Assert.Equal("0.169.0", request.Header("version"));
        Assert.Equal(FakeAuth.DefaultUser.AccountId, request.Header("chatgpt-account-id"));
        Assert.Equal(request.Json.GetProperty("prompt_cache_key").GetString(), request.Header("session-id"));
        Assert.StartsWith("codex_cli_rs/0.169.0 (", request.Header("user-agent"), StringComparison.Ordinal);
        Assert.Null(request.Header("x-openai-internal-codex-responses-lite"));
    }

    [Fact]
    public async Task A_tool_loop_with_reasoning_keeps_the_reasoning()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        const string Tools = "\"thinking\":{\"type\":\"adaptive\"},\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}}}}]";
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Use f").Calls(new FunctionCall("f", "{\"x\":1}", "call_1")).Completed()));
        using HttpResponseMessage first = await proxy.PostAsync(RunningProxy.Ask(more: Tools));
        JsonObject answer = await RunningProxy.JsonOf(first);
        Assert.Equal("tool_use", answer["stop_reason"]!.GetValue<string>());

        string second = $$"""
            {"model":"gpt-5.5","max_tokens":1000,{{Tools}},"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":{{answer["content"]!.ToJsonString()}}},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"42"}]}]}
            """;
        using HttpResponseMessage end = await proxy.PostAsync(second);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync(2);
        Assert.Equal(["message", "reasoning", "function_call", "function_call_output"], request.Json.GetProperty("input").EnumerateArray().Select(static i => i.GetProperty("type").GetString()));
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public async Task A_packed_body_is_unpacked(string encoding)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using var packed = new MemoryStream();
        await using (Stream packer = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
            _ => new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true),
        })
        {
            await packer.WriteAsync(Encoding.UTF8.GetBytes(RunningProxy.Ask("packed")));
        }

        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add(encoding);
        using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/messages", content);
        Assert.Contains("You said: packed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", 400, "The request body is not valid gzip data")]
    [InlineData("br", 400, "The request body is not valid br data")]
    [InlineData("zstd", 400, "The request body is not valid zstd data")]
    [InlineData("deflate", 400, "The request body is not valid deflate data")]
    [InlineData("compress", 415, "Content-Encoding: 'compress' is not supported; send gzip, br, zstd, deflate or nothing")]
    public async Task A_body_that_cannot_be_unpacked_is_refused(string encoding, int status, string message)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("this was never packed at all"));
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add(encoding);
        using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/messages", content);
        Assert.Equal((status, message), ((int)response.StatusCode, (await RunningProxy.JsonOf(response))["error"]!["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Max_tokens_of_nothing_is_answered_here()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.PostAsync("""{"model":"gpt-5.5","max_tokens":0,"messages":[{"role":"user","content":"Hi"}]}""");
        JsonObject message = await RunningProxy.JsonOf(response);
        Assert.Equal("max_tokens", message["stop_reason"]!.GetValue<string>());
        Assert.Empty(message["content"]!.AsArray());
        Assert.Equal(8, message["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(0, message["usage"]!["output_tokens"]!.GetValue<int>());

        using HttpResponseMessage streamed = await proxy.PostAsync("""{"model":"gpt-5.5","max_tokens":0,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        var events = await RunningProxy.EventsOf(streamed);
        Assert.Equal(["message_start", "ping", "message_delta", "message_stop"], events.Select(static e => e.Name));
        Assert.Equal("max_tokens", events[2].Data.GetProperty("delta").GetProperty("stop_reason").GetString());
        Assert.Empty(proxy.Backend.Requests);
    }

    [Fact]
    public async Task What_has_no_counterpart_is_answered_with_null_and_speed_only_where_it_was_given()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        const string Members = "\"container\":\"c\",\"diagnostics\":{},\"inference_geo\":\"eu\",\"speed\":\"fast\"";
        JsonObject served = new() { ["response"] = new JsonObject { ["id"] = "resp_1", ["status"] = "completed", ["service_tier"] = "priority" } };
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Text("Soon").Event("response.completed", served)), Reply.Text("Later"));
        using HttpResponseMessage fast = await proxy.PostAsync(RunningProxy.Ask(more: Members));
        JsonObject message = await RunningProxy.JsonOf(fast);
        using HttpResponseMessage standard = await proxy.PostAsync(RunningProxy.Ask(more: Members));

        foreach (string name in new[] { "container", "diagnostics" }) Assert.True(message.ContainsKey(name) && message[name] is null);
        Assert.True(message["usage"]!.AsObject().ContainsKey("inference_geo") && message["usage"]!["inference_geo"] is null);
        Assert.Equal("fast", message["usage"]!["speed"]!.GetValue<string>());
        Assert.False((await RunningProxy.JsonOf(standard))["usage"]!.AsObject().ContainsKey("speed"));
        Assert.Equal("priority", proxy.Backend.Requests[0].Json.GetProperty("service_tier").GetString());
    }

    [Fact]
    public async Task What_a_client_signs_in_with_here_stays_here()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Client.DefaultRequestHeaders.Add("x-api-key", "canary-key");
        proxy.Client.DefaultRequestHeaders.Authorization = new("Bearer", "canary-token");
        proxy.Client.DefaultRequestHeaders.Add("anthropic-version", "1999-01-01");
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();
        Assert.Null(request.Header("x-api-key"));
        Assert.Null(request.Header("anthropic-version"));
        Assert.DoesNotContain("canary", request.Header("authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_a_mebibyte_of_schemas_is_warned_of()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        foreach (int length in new[] { 1_000_000, 1_050_000 })
        {
            Assert.DoesNotContain("schemas", proxy.Logs.Text, StringComparison.Ordinal);
            using HttpResponseMessage response = await proxy.PostAsync(
                RunningProxy.Ask(more: $$"""  "tools":[{"name":"f","input_schema":{"type":"object","title":"{{new string(' ', length)}}"} }] """));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Contains("the schemas of the tools are 1025 KiB long", proxy.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_upstream_call()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("yes</block> and more").Hold(gate)));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: "\"stop_sequences\":[\"</block>\"]"));
        JsonObject message = await RunningProxy.JsonOf(response);
        Assert.Equal(("yes", "stop_sequence", "</block>"), (message["content"]![0]!["text"]!.GetValue<string>(), message["stop_reason"]!.GetValue<string>(), message["stop_sequence"]!.GetValue<string>()));
        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Tokens_are_counted_here()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 0);
        using HttpResponseMessage response = await proxy.PostAsync("""{"model":"gpt-5.5","messages":[{"role":"user","content":"Hello, world!"}]}""", "/v1/messages/count_tokens");
        Assert.Equal("""{"input_tokens":11}""", await response.Content.ReadAsStringAsync());
        using HttpResponseMessage beta = await proxy.PostAsync(
            """{"model":"gpt-5.5","context_management":{"edits":[]},"messages":[{"role":"user","content":"Hello, world!"}]}""", "/v1/messages/count_tokens?beta=true");
        Assert.Equal("""{"input_tokens":11,"context_management":{"original_input_tokens":11}}""", await beta.Content.ReadAsStringAsync());
        using HttpResponseMessage plain = await proxy.PostAsync("""{"model":"gpt-5.5","messages":[{"role":"user","content":"Hello, world!"}]}""", "/v1/messages/count_tokens?beta=true");
        Assert.Equal("""{"input_tokens":11,"context_management":null}""", await plain.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_recorded_stream_comes_through_in_every_delivery()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        foreach (string name in new[] { "tool-parallel-interleaved", "text-unicode", "reasoning-summary-text", "web-search-citations", "framing-crlf" })
        {
            proxy.Backend.Answer(Reply.Stream(name), Reply.Stream(name).Delivered(Delivery.PerEvent), Reply.Stream(name).Delivered(Delivery.Every(7)));
            List<string> bodies = [];
            for (int i = 0; i < 3; i++)
            {
                using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true, more: "\"thinking\":{\"type\":\"adaptive\"}"));
                bodies.Add(await response.Content.ReadAsStringAsync());
            }

            Assert.Contains("event: message_stop", bodies[0], StringComparison.Ordinal);
            Assert.All(bodies, body => Assert.Equal(bodies[0], body));
        }
    }

    [Fact]
    public async Task No_secret_and_no_word_of_the_conversation_is_logged()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Text("canary-answer"));
        using (HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask("canary-question"))) await response.Content.ReadAsStringAsync();
        proxy.Backend.Answer(Reply.Json(400, """{"detail":"canary-refusal"}"""));
        using (HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask("canary-question"))) await response.Content.ReadAsStringAsync();

        string accounts = await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "accounts.json"));
        string token = JsonNode.Parse(accounts)!["accounts"]![0]!["accessToken"]!.GetValue<string>();
        Assert.Contains("gpt-5.5", proxy.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", proxy.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, proxy.Logs.Text, StringComparison.Ordinal);
    }

    private static readonly DateTimeOffset Reset = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
