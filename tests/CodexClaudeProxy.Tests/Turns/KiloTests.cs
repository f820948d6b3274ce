using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Settings;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>The haiku lane on the Kilo gateway: only where the user chose it, and never a reason to fall over.</summary>
public sealed class KiloTests
{
    private const string Chosen = """{"haikuKiloModel":"minimax-2.5"}""";

    [Fact]
    public async Task Nothing_goes_there_unless_it_was_chosen()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku()));

        Assert.Empty(proxy.Backend.Kilo.Received.All);
        Assert.Equal("gpt-6-luna", Assert.Single(proxy.Backend.Requests).Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_choice_counts_at_once_and_concerns_haiku_alone()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await SettingsRoutesTests.TextOf(await proxy.PostAsync("""{"haikuKiloModel":"minimax/minimax-m2.5:free"}""", "/settings/haiku-model"));

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku()));
        await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        ReceivedRequest request = Completions(proxy).Single();
        Assert.Equal(("minimax/minimax-m2.5:free", "Bearer anonymous"), (request.Json.GetProperty("model").GetString(), request.Header("authorization")));
        Assert.StartsWith("codex-claude-proxy/", request.Header("user-agent"), StringComparison.Ordinal);
        Assert.Single(proxy.Backend.Requests);

        await SettingsRoutesTests.TextOf(await proxy.PostAsync("""{"haikuKiloModel":null}""", "/settings/haiku-model"));
        await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku()));
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_mapping_of_the_users_own_wins()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"haikuKiloModel":"minimax-2.5","modelMappings":{"claude-haiku-*":"gpt-5.5","cheap":"haiku"}}""");

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku()));
        await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku().Replace("claude-haiku-5-5", "cheap", StringComparison.Ordinal)));

        Assert.Single(proxy.Backend.Requests);
        Assert.Single(Completions(proxy));
    }

    [Fact]
    public async Task No_account_is_needed_and_both_forms_of_answer_work()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 0, settings: Chosen);
        proxy.Backend.Kilo.AnswerAll(_ => Reply.Sse(new ChatScript().Comment("OPENROUTER PROCESSING").Reasoning("Hm").Text("Hel").Text("lo")
            .ToolCall(0, "call_a", "bash", "{\"command\":").ToolCall(1, "call_b", "bash", "{\"command\":\"b\"}").Arguments(0, "\"a\"}").Finish("tool_calls", new TokenUsage(30, 9))));
        const string more = """ "thinking":{"type":"adaptive"},"tools":[{"name":"bash","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}}] """;

        using HttpResponseMessage whole = await proxy.PostAsync(Haiku(more: more));
        using HttpResponseMessage streamed = await proxy.PostAsync(Haiku(stream: true, more: more));

        JsonObject message = await RunningProxy.JsonOf(whole);
        Assert.Equal(["thinking", "text", "tool_use", "tool_use"], message["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()));
        Assert.Equal(["a", "b"], message["content"]!.AsArray().Skip(2).Select(block => block!["input"]!["command"]!.GetValue<string>()));
        Assert.Equal(("tool_use", "claude-haiku-5-5", 30, 9), (message["stop_reason"]!.GetValue<string>(), message["model"]!.GetValue<string>(),
            message["usage"]!["input_tokens"]!.GetValue<int>(), message["usage"]!["output_tokens"]!.GetValue<int>()));
        IReadOnlyList<(string Name, JsonElement Data)> events = await RunningProxy.EventsOf(streamed);
        Assert.Equal(("message_start", "message_stop"), (events[0].Name, events[^1].Name));
        Assert.Equal(4, events.Count(e => e.Name == "content_block_start"));
    }

    [Fact]
    public async Task A_chat_client_is_served_too()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);

        using HttpResponseMessage response = await proxy.PostAsync("""{"model":"claude-haiku-5-5","messages":[{"role":"user","content":"Hi"}]}""", "/v1/chat/completions");

        Assert.Equal("You said: Hi", (await RunningProxy.JsonOf(response))["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Empty(proxy.Backend.Requests);
    }

    [Fact]
    public async Task A_client_of_the_backends_own_protocol_stays_with_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);

        await SettingsRoutesTests.TextOf(await proxy.PostAsync("""{"model":"claude-haiku-5-5","input":"Hi"}""", "/v1/responses"));

        Assert.Empty(Completions(proxy));
        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task A_search_is_nothing_for_the_gateway()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku(more: """ "tools":[{"type":"web_search_20250305","name":"web_search"}] """)));

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(
            """{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"Hi"}],"web_search_options":{}}""", "/v1/chat/completions"));

        Assert.Empty(Completions(proxy));
        Assert.Equal(["gpt-6-luna", "gpt-6-luna"], proxy.Backend.Requests.Select(static request => request.Json.GetProperty("model").GetString()));
    }

    [Theory]
    [InlineData(400, "bad request", 400, "invalid_request_error", "Kilo: bad request")]
    [InlineData(401, "no", 403, "permission_error", "Kilo: no")]
    [InlineData(402, "Insufficient credits", 402, "billing_error", "Kilo: Insufficient credits")]
    [InlineData(404, "No endpoints found", 404, "not_found_error", "Kilo: minimax/minimax-m2.5:free is not available (No endpoints found). Choose another model for haiku, or a Codex model")]
    [InlineData(400, "maximum context length is 204800 tokens", 400, "invalid_request_error", "Kilo: prompt is too long: 204801 tokens > 204800 maximum")]
    public async Task A_refusal_is_an_error_and_nothing_else(int status, string said, int told, string type, string message)
    {
        foreach (bool stream in new[] { false, true })
        {
            await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);
            proxy.Backend.Kilo.AnswerAll(_ => Reply.Json(status, $$$"""{"error":{"message":"{{{said}}}","code":{{{status}}}}}"""));

            using HttpResponseMessage response = await proxy.PostAsync(Haiku(stream: stream));

            await RunningProxy.AssertErrorAsync(response, (HttpStatusCode)told, type, message);
            Assert.Single(Completions(proxy));
            await SettingsRoutesTests.TextOf(await proxy.Client.GetAsync("/health"));
        }
    }

    [Fact]
    public async Task What_passes_is_tried_again()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);
        proxy.Backend.Kilo.Answer(
            Reply.Json(429, """{"error":{"message":"slow down","code":429}}""").With("retry-after", "0"),
            Reply.Abort(),
            Reply.Sse(new ChatScript().Error(502, "Provider returned error")));

        Assert.Contains("You said: Hi", await SettingsRoutesTests.TextOf(await proxy.PostAsync(Haiku(stream: true))), StringComparison.Ordinal);
        Assert.Equal(4, Completions(proxy).Count());
    }

    [Fact]
    public async Task A_limit_for_longer_is_told_with_its_wait()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);
        proxy.Backend.Kilo.AnswerAll(_ => Reply.Json(429, """{"error":{"message":"free-models-per-day","code":429}}""").With("retry-after", "600"));

        using HttpResponseMessage response = await proxy.PostAsync(Haiku());

        Assert.Equal(TimeSpan.FromSeconds(600), response.Headers.RetryAfter!.Delta);
        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.TooManyRequests, "rate_limit_error", "Kilo: free-models-per-day");
    }

    [Fact]
    public async Task A_stream_that_breaks_after_its_beginning_ends_with_an_error_event()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);
        proxy.Backend.Kilo.Answer(Reply.Sse(new ChatScript().Text("Half a").AbortConnection()), Reply.Sse(new ChatScript().Text("Half").Error(503, "busy")), Reply.Sse(new ChatScript().Text("Half")));

        foreach (string expected in new[] { "Kilo: Upstream stream ended before the response was complete", "Kilo: busy", "Kilo: Upstream stream ended before the response was complete" })
        {
            using HttpResponseMessage response = await proxy.PostAsync(Haiku(stream: true));
            IReadOnlyList<(string Name, JsonElement Data)> events = await RunningProxy.EventsOf(response);
            Assert.Equal(("error", expected), (events[^1].Name, events[^1].Data.GetProperty("error").GetProperty("message").GetString()));
        }
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_reached_is_an_error()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);
        proxy.Backend.Kilo.AnswerAll(_ => Reply.Abort());

        using HttpResponseMessage response = await proxy.PostAsync(Haiku());

        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.BadGateway, "api_error", "Kilo: Could not reach the upstream service: the connection broke before a response arrived");
        Assert.Equal(3, Completions(proxy).Count());
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_call()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Chosen);
        var gate = new Gate();
        proxy.Backend.Kilo.Answer(Reply.Sse(new ChatScript().Text("Half").Hold(gate).Finish()));

        using (HttpResponseMessage response = await proxy.PostAsync(Haiku(stream: true)))
        await using (Stream body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))
            await body.ReadExactlyAsync(new byte[10], TestContext.Current.CancellationToken);

        Assert.Equal(RequestEnd.ClientLeft, await Completions(proxy).Single().Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    private static IEnumerable<ReceivedRequest> Completions(RunningProxy proxy) => proxy.Backend.Kilo.Received.All.Where(request => request.Method == "POST");

    private static string Haiku(bool stream = false, string more = "") =>
        RunningProxy.Ask(stream: stream, more: more).Replace("gpt-5.5", "claude-haiku-5-5", StringComparison.Ordinal);
}
