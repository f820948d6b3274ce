using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.OpenAi;
using CodexClaudeProxy.Tests.Settings;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Tool loops of clients that send no reasoning back, through the whole program.</summary>
public sealed class RememberedReasoningTests
{
    private const string Chat = "/v1/chat/completions";

    private static readonly string[] Encrypted = [.. Enumerable.Range(0, 3).Select(static i => $"gAAAAABremembered{i}" + new string((char)('a' + i), 6000))];

    /// <summary>Step after step a call, each after some thinking, and words at the end.</summary>
    private static void Script(FakeBackend backend) => backend.Answer(
        Reply.Sse(new StreamScript().ReasoningEncrypted(Encrypted[0]).Text("Let me see").Calls(new FunctionCall("f", "{}", "call_1"), new FunctionCall("f", "{}", "call_2")).Completed()),
        Reply.Sse(new StreamScript().ReasoningEncrypted(Encrypted[1]).ReasoningEncrypted(Encrypted[2]).Calls(new FunctionCall("f", "{}", "call_3")).Completed()),
        Reply.Text("done"));

    /// <summary>A client of Messages that runs every call it gets, and takes no interest in thinking.</summary>
    private sealed class Loop(RunningProxy proxy, string first = "Hi", bool stream = false)
    {
        private readonly JsonArray _messages = [new JsonObject { ["role"] = "user", ["content"] = first }];

        public string Request => $$"""
            {"model":"gpt-5.5","max_tokens":1000,"stream":{{(stream ? "true" : "false")}},"thinking":{"type":"disabled"},"tools":[{"name":"f","input_schema":{"type":"object"} }],"messages":{{_messages.ToJsonString()}}}
            """;

        public async Task StepAsync()
        {
            using HttpResponseMessage response = await proxy.PostAsync(Request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            JsonArray content = stream ? Fold(await RunningProxy.EventsOf(response)) : (await RunningProxy.JsonOf(response))["content"]!.AsArray();
            Assert.DoesNotContain(content, static block => block!["type"]!.GetValue<string>().Contains("thinking", StringComparison.Ordinal));
            _messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() });
            JsonNode[] results = [.. content.Where(static block => block!["type"]!.GetValue<string>() == "tool_use").Select(static block =>
                new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = block!["id"]!.DeepClone(), ["content"] = "fine" })];
            if (results.Length > 0) _messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = new JsonArray(results) });
        }

        private static JsonArray Fold(IReadOnlyList<(string Name, JsonElement Data)> events)
        {
            List<JsonObject> blocks = [];
            foreach ((string name, JsonElement data) in events)
            {
                if (name == "content_block_start") blocks.Add(JsonNode.Parse(data.GetProperty("content_block").GetRawText())!.AsObject());
                else if (name == "content_block_delta" && data.GetProperty("delta").TryGetProperty("text", out JsonElement text)) blocks[^1]["text"] = blocks[^1]["text"]!.GetValue<string>() + text.GetString();
            }

            return [.. blocks];
        }
    }

    private static string Order(ReceivedRequest request) => string.Join(' ', request.Input.Select(static item => item.GetProperty("type").GetString() switch
    {
        "reasoning" => "r" + Array.IndexOf(Encrypted, item.GetProperty("encrypted_content").GetString()),
        "message" => item.GetProperty("role").GetString()!,
        "function_call" => "call",
        _ => "output",
    }));

    private static string Input(ReceivedRequest request) => request.Json.GetProperty("input").GetRawText()[1..^1];

    private static async Task<int> EntriesAsync(RunningProxy proxy) =>
        (await proxy.GetJsonAsync("/api/about"))["caches"]!.AsArray().Single(static cache => cache!["name"]!.GetValue<string>() == "reasoning")!["entries"]!.GetValue<int>();

    private static async Task SwitchOffAsync(RunningProxy proxy)
    {
        using HttpResponseMessage changed = await proxy.Client.PatchAsync(
            "/api/settings", new StringContent("""{"rememberReasoning":false}""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_without_thinking_keeps_its_reasoning_between_tool_steps(bool stream)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        var loop = new Loop(proxy, stream: stream);
        for (int step = 0; step < 3; step++) await loop.StepAsync();

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal("user", Order(sent[0]));
        Assert.Equal("user r0 assistant call call output output", Order(sent[1]));
        Assert.Equal("user r0 assistant call call output output r1 r2 call output", Order(sent[2]));
        // Each turn begins with the bytes of the one before: the backend finds them in its cache.
        Assert.StartsWith(Input(sent[0]), Input(sent[1]), StringComparison.Ordinal);
        Assert.StartsWith(Input(sent[1]), Input(sent[2]), StringComparison.Ordinal);
        proxy.AssertNoRuleBroken();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [InlineData(false, "call")]
    public async Task A_chat_client_that_knows_no_reasoning_details_keeps_it_too(bool stream, string prefix = "call_")
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "Hi" }];
        for (int step = 0; step < 3; step++)
        {
            string more = $$"""{"stream":{{(stream ? "true" : "false")}},"tools":[{"type":"function","function":{"name":"f"} }],"messages":{{messages.ToJsonString()}}}""";
            using HttpResponseMessage response = await proxy.CallAsync(Chat, OpenAiClient.Chat(more: more));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
            // Some clients drop the punctuation of the ids they were given.
            string[] calls = step == 0 ? [prefix + "1", prefix + "2"] : [prefix + "3"];
            messages.Add((JsonNode)new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = step == 0 ? "Let me see" : null,
                ["tool_calls"] = JsonNode.Parse($"[{string.Join(',', calls.Select(static id => $$$"""{"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":"{}"}}"""))}]"),
            });
            foreach (string call in calls) messages.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = call, ["content"] = "fine" });
        }

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal("user r0 assistant call call output output", Order(sent[1]));
        Assert.Equal("user r0 assistant call call output output r1 r2 call output", Order(sent[2]));
        Assert.StartsWith(Input(sent[1]), Input(sent[2]), StringComparison.Ordinal);
        proxy.AssertNoRuleBroken();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_responses_client_that_sends_calls_back_without_it_keeps_it_too(bool sendsOwn)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        JsonArray input = [new JsonObject { ["role"] = "user", ["content"] = "Hi" }];
        for (int step = 0; step < 3; step++)
        {
            using HttpResponseMessage response = await proxy.CallAsync("/v1/responses", $$"""
                {"model":"gpt-5.5","store":false,"tools":[{"type":"function","name":"f","parameters":{"type":"object"} }],"input":{{input.ToJsonString()}}}
                """);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            JsonNode[] output = [.. (await RunningProxy.JsonOf(response))["output"]!.AsArray().Select(static item => item!.DeepClone())];
            foreach (JsonNode item in output)
            {
                if (sendsOwn || item["type"]!.GetValue<string>() != "reasoning") input.Add(item);
            }

            foreach (JsonNode call in output.Where(static item => item["type"]!.GetValue<string>() == "function_call"))
                input.Add((JsonNode)new JsonObject { ["type"] = "function_call_output", ["call_id"] = call["call_id"]!.DeepClone(), ["output"] = "fine" });
        }

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal("user r0 assistant call call output output", Order(sent[1]));
        Assert.Equal("user r0 assistant call call output output r1 r2 call output", Order(sent[2]));
        Assert.StartsWith(Input(sent[0]), Input(sent[1]), StringComparison.Ordinal);
        Assert.StartsWith(Input(sent[1]), Input(sent[2]), StringComparison.Ordinal);
        // Of a client that sends its own nothing more is kept once it shows that.
        Assert.Equal(sendsOwn ? 1 : 2, await EntriesAsync(proxy));
        proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task What_the_backend_cannot_read_any_more_is_left_out_and_forgotten()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        var loop = new Loop(proxy);
        await loop.StepAsync();
        Assert.Equal(1, await EntriesAsync(proxy));
        proxy.Backend.Issued.Forget();

        // The refusal comes by the backend's own rule and takes no answer from the script.
        await loop.StepAsync();
        Assert.Equal(["user", "user r0 assistant call call output output", "user assistant call call output output"], proxy.Backend.Requests.Select(Order));
        Assert.Contains("invalid_encrypted_content", Assert.Single(proxy.Backend.Rejections).ToString(), StringComparison.Ordinal);
        // What the second answer thought is new, and good.
        Assert.Equal(1, await EntriesAsync(proxy));
        await loop.StepAsync();
        Assert.Equal("user assistant call call output output r1 r2 call output", Order(proxy.Backend.Requests[^1]));
        Assert.Equal(4, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task Another_conversation_gets_nothing_of_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        var loop = new Loop(proxy);
        await loop.StepAsync();
        proxy.Backend.AnswerAll(static _ => Reply.Text("ok"));

        // The same calls, as a client that copies a history would send them.
        string copied = loop.Request.Replace("\"Hi\"", "\"Hello\"", StringComparison.Ordinal);
        Assert.NotEqual(loop.Request, copied);
        await SettingsRoutesTests.TextOf(await proxy.PostAsync(copied));

        Assert.Equal("user assistant call call output output", Order(proxy.Backend.Requests[^1]));
    }

    [Fact]
    public async Task Another_account_gets_nothing_of_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.Answer(Reply.Sse(new StreamScript().ReasoningEncrypted(Encrypted[0]).Calls(new FunctionCall("f", "{}", "call_1")).Completed()));
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[0] ? Reply.Http("429-usage-limit-reached") : Reply.Text("from the second"));
        var loop = new Loop(proxy);
        await loop.StepAsync();
        await loop.StepAsync();

        Assert.Equal(["user", "user r0 call output", "user call output"], proxy.Backend.Requests.Select(Order));
        Assert.Equal([proxy.Users[0], proxy.Users[0], proxy.Users[1]], proxy.Backend.Requests.Select(static request => request.User));
        proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        var loop = new Loop(proxy);
        await loop.StepAsync();
        await SwitchOffAsync(proxy);
        Assert.Equal(0, await EntriesAsync(proxy));

        await loop.StepAsync();
        await loop.StepAsync();
        Assert.Equal("user assistant call call output output call output", Order(proxy.Backend.Requests[^1]));
        Assert.Equal(0, await EntriesAsync(proxy));
    }

    [Fact]
    public async Task It_is_neither_written_nor_logged_and_a_restart_only_costs_the_reasoning()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        var loop = new Loop(proxy);
        await loop.StepAsync();
        await proxy.RestartAsync();
        await loop.StepAsync();

        Assert.Equal("user assistant call call output output", Order(proxy.Backend.Requests[^1]));
        Assert.DoesNotContain("remembered", proxy.Logs.Text, StringComparison.Ordinal);
        // A lock is empty, and nobody else may open it.
        foreach (string file in Directory.EnumerateFiles(proxy.DataDirectory, "*", SearchOption.AllDirectories).Where(static file => new FileInfo(file).Length > 0))
            Assert.DoesNotContain("gAAAAABremembered", await ReadAsync(file), StringComparison.Ordinal);

        // The program may have it open.
        static async Task<string> ReadAsync(string file)
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return await reader.ReadToEndAsync();
        }
    }

    [Fact]
    public async Task An_hour_without_a_turn_costs_the_reasoning_once()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        Script(proxy.Backend);
        var loop = new Loop(proxy);
        await loop.StepAsync();
        time.Advance(TimeSpan.FromMinutes(61));
        await loop.StepAsync();
        await loop.StepAsync();

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal("user assistant call call output output", Order(sent[1]));
        Assert.StartsWith(Input(sent[1]), Input(sent[2]), StringComparison.Ordinal);
        Assert.Equal("user assistant call call output output r1 r2 call output", Order(sent[2]));
    }

    [Fact]
    public async Task An_answer_that_broke_leaves_nothing_behind()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(static _ => Reply.Sse(
            new StreamScript().ReasoningEncrypted(Encrypted[0]).Calls(new FunctionCall("f", "{}", "call_1")).UnfinishedText("half").AbortConnection()));
        using HttpResponseMessage response = await proxy.PostAsync(new Loop(proxy, stream: true).Request);
        Assert.Equal("error", (await RunningProxy.EventsOf(response))[^1].Name);

        Assert.Equal(0, await EntriesAsync(proxy));
    }

    [Fact]
    public async Task A_request_that_only_counts_counts_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Script(proxy.Backend);
        var loop = new Loop(proxy);
        await loop.StepAsync();
        int with = await CountAsync();
        await SwitchOffAsync(proxy);

        Assert.InRange(with - await CountAsync(), 500, 2000);

        async Task<int> CountAsync()
        {
            using HttpResponseMessage response = await proxy.PostAsync(loop.Request, "/v1/messages/count_tokens");
            return (await RunningProxy.JsonOf(response))["input_tokens"]!.GetValue<int>();
        }
    }
}
