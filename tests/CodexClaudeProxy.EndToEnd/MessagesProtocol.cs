using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>What Anthropic clients may send, beyond what the real ones send in the other tests, and what they must get for it.</summary>
public sealed class MessagesProtocol : IAsyncLifetime
{
    private const string Call = """{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{"at":"cage"}}]}""";
    private const string Tool = """{"name":"look","input_schema":{"type":"object"}}""";

    private readonly HttpClient _http = new();
    private PublishedProxy _proxy = null!;

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("authorization: Bearer any")]
    [InlineData("x-api-key: any")]
    [InlineData("authorization: Bearer any\nx-api-key: other\nanthropic-version: 2023-06-01")]
    [InlineData("anthropic-version: 1999-01-01\nanthropic-beta: never-heard-of-2030-01-01, context-1m-2025-08-07")]
    public async Task A_message_whatever_the_headers_say(string headers)
    {
        using HttpResponseMessage response = await AskAsync("""[{"role":"user","content":"Hello"}]""", "\"never_heard_of\":{\"a\":1}", headers);
        Assert.Equal("You said: Hello", (await JsonOf(response)).Get("content")[0].GetText("text"));
    }

    [Fact]
    public async Task Strings_and_lists_of_blocks_say_the_same_and_neighbours_of_one_role_stay_apart()
    {
        using HttpResponseMessage strings = await AskAsync("""[{"role":"user","content":"One"},{"role":"user","content":"Two"}]""", "\"system\":\"Be brief.\"");
        using HttpResponseMessage blocks = await AskAsync("""
            [{"role":"user","content":[{"type":"text","text":"One","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":[{"type":"text","text":"Two"}]}]
            """, """ "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral","ttl":"1h"}}] """);

        Assert.Equal(2, Backend.Requests[0].Input.Count);
        Assert.Equal(Backend.Requests[0].Text, Backend.Requests[1].Text);
    }

    [Fact]
    public async Task A_system_message_between_call_and_result_is_the_developers_and_its_effort_counts()
    {
        using HttpResponseMessage response = await AskAsync($$$"""
            [{"role":"user","content":"Look"},{{{Call}}},{"role":"system","content":"Look twice.","output_config":{"effort":"high"}},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"Empty","is_error":true},{"type":"text","text":"And?"}]}]
            """, $$""" "tools":[{{Tool}}],"output_config":{"effort":"low"} """);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        ReceivedRequest request = Assert.Single(Backend.Requests);
        Assert.Equal(["user", "function_call", "function_call_output", "developer", "user"],
            request.Input.Select(item => item.GetText("role") ?? item.GetText("type")));
        Assert.Equal("[tool error]\nEmpty", request.OutputOf("toolu_1"));
        Assert.Equal("high", request.Effort());
    }

    [Theory]
    [InlineData("\"thinking\",\"thinking\":\"Hm\",\"signature\":\"EqQBCkYIBxgCKkBfromRealClaude\"")]
    [InlineData("\"thinking\",\"thinking\":\"Hm\",\"signature\":\"cx1.damaged\"")]
    [InlineData("\"thinking\",\"thinking\":\"\",\"signature\":\"\"")]
    [InlineData("\"redacted_thinking\",\"data\":\"EmwKAhgBEgy\"")]
    public async Task Thinking_that_is_not_ours_is_left_out(string block)
    {
        using HttpResponseMessage response = await AskAsync($$"""
            [{"role":"user","content":"One"},{"role":"assistant","content":[{"type":{{block}}},{"type":"text","text":"Uno"}]},{"role":"user","content":"Two"}]
            """);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["user", "assistant", "user"], Assert.Single(Backend.Requests).Input.Select(item => item.GetText("role")));
    }

    [Fact]
    public async Task Pictures_and_documents_in_every_place()
    {
        const string Image = """{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"}}""";
        const string Pdf = """{"type":"document","title":"plan.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"}}""";
        using HttpResponseMessage response = await AskAsync($$$"""
            [{"role":"user","content":[{{{Image}}},{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},{{{Pdf}}},
              {"type":"document","title":"Notes","source":{"type":"text","media_type":"text/plain","data":"Yellow."}}]},{{{Call}}},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"See"},{{{Image}}},{{{Pdf}}}]}]}]
            """, $$""" "tools":[{{Tool}}] """);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        IReadOnlyList<JsonElement> input = Assert.Single(Backend.Requests).Input;
        Assert.Equal(["input_image", "input_image", "input_file", "input_text"], PartsOf(input[0].Get("content")));
        Assert.StartsWith("data:image/png;base64,", input[0].Get("content")[0].GetText("image_url"), StringComparison.Ordinal);
        Assert.Equal(["input_text", "input_image", "input_text"], PartsOf(input[2].Get("output")));
        Assert.Equal(["input_text", "input_file"], PartsOf(input[3].Get("content")));
    }

    [Fact]
    public async Task The_probe_of_a_model()
    {
        using HttpResponseMessage response = await AskAsync("""[{"role":"user","content":"Hi"}]""", "\"max_tokens\":1");
        JsonElement message = await JsonOf(response);
        Assert.Equal(("max_tokens", "You"), (message.GetText("stop_reason"), message.Get("content")[0].GetText("text")));
    }

    [Fact]
    public async Task A_stream_and_a_document_tell_the_same()
    {
        Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Reasoning("**Plan**").Text("Let me look.")
            .InterleavedCalls(new FunctionCall("look", """{"at":"cage"}""", "call_1"), new FunctionCall("look", """{"at":"roof"}""", "call_2"))
            .Completed(new(Input: 100, Output: 20, Cached: 60, Reasoning: 5))));
        string more = $$""" "tools":[{{Tool}}],"thinking":{"type":"adaptive"} """;
        using HttpResponseMessage whole = await AskAsync("""[{"role":"user","content":"Look"}]""", more);
        using HttpResponseMessage stream = await AskAsync("""[{"role":"user","content":"Look"}]""", more + ",\"stream\":true");
        JsonElement message = await JsonOf(whole);
        JsonElement[] events = await EventsOf(stream);

        Assert.Equal("message_start", events[0].GetText("type"));
        Assert.True(events[0].Get("message").Get("usage").Get("input_tokens").GetInt32() > 0);
        Assert.NotEqual(message.GetText("id"), events[0].Get("message").GetText("id"));
        JsonElement[] starts = [.. events.Where(data => data.GetText("type") == "content_block_start")];
        Assert.Equal([0, 1, 2, 3], starts.Select(data => data.Get("index").GetInt32()));
        Assert.Equal(message.Get("content").Items().Select(block => block.GetText("type")), starts.Select(data => data.Get("content_block").GetText("type")));
        Assert.Equal("Let me look.", string.Concat(events.Select(data => data.Get("delta").GetText("text"))));
        Assert.Equal("""{"at":"cage"}{"at":"roof"}""", string.Concat(events.Select(data => data.Get("delta").GetText("partial_json"))));
        JsonElement end = events.Single(data => data.GetText("type") == "message_delta");
        Assert.Equal(message.GetText("stop_reason"), end.Get("delta").GetText("stop_reason"));
        foreach (string count in new[] { "input_tokens", "cache_read_input_tokens", "output_tokens" })
            Assert.Equal(message.Get("usage").Get(count).GetInt32(), end.Get("usage").Get(count).GetInt32());
        Assert.Equal("message_stop", events[^1].GetText("type"));
    }

    [Fact]
    public async Task Many_requests_of_one_session_at_once()
    {
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            AskAsync($$"""[{"role":"user","content":"Number {{i}}"}]""", "\"stream\":true", "X-Claude-Code-Session-Id: 3f0c7a52-0000-4000-8000-000000000001")));
        for (int i = 0; i < responses.Length; i++)
        {
            using HttpResponseMessage response = responses[i];
            Assert.Equal($"You said: Number {i}", string.Concat((await EventsOf(response)).Select(data => data.Get("delta").GetText("text"))));
        }

        Assert.Single(Backend.Requests.Select(request => request.CacheKey()).Distinct());
    }

    [Fact]
    public async Task A_body_of_thirty_megabytes()
    {
        // Signature and header, one chunk of data, the end: a picture that breaks off would not be sent on.
        const int Head = 33, Frame = 12;
        byte[] picture = new byte[22 << 20];
        Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjq").CopyTo(picture, 0);
        BinaryPrimitives.WriteInt32BigEndian(picture.AsSpan(Head), picture.Length - Head - 2 * Frame);
        "IDAT"u8.CopyTo(picture.AsSpan(Head + 4));
        "IEND"u8.CopyTo(picture.AsSpan(picture.Length - Frame + 4));
        using HttpResponseMessage response = await AskAsync($$$"""
            [{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Convert.ToBase64String(picture)}}}"}}]}]
            """);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Assert.Single(Backend.Requests).Body.Length > 29 << 20);
    }

    [Fact]
    public async Task A_short_limit_names_a_short_wait()
    {
        Backend.AnswerAll(_ => Reply.Json(429, """{"error":{"type":"rate_limit_exceeded","code":"rate_limit_exceeded","message":"Rate limit reached. Please try again in 40s."}}"""));
        using HttpResponseMessage response = await AskAsync("""[{"role":"user","content":"Hi"}]""");
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("40", Assert.Single(response.Headers.GetValues("retry-after")));
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("x-should-retry")));
    }

    private async Task<HttpResponseMessage> AskAsync(string messages, string more = "\"metadata\":{}", string headers = "")
    {
        string limit = more.Contains("max_tokens", StringComparison.Ordinal) ? "" : "\"max_tokens\":1000,";
        using HttpRequestMessage request = new(HttpMethod.Post, _proxy.Url + "/v1/messages")
        {
            Content = new StringContent($$"""{"model":"gpt-5.5",{{limit}}{{more}},"messages":{{messages}}}""", Encoding.UTF8, "application/json"),
        };
        foreach (string header in headers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        return await _http.SendAsync(request, Ending);
    }

    private static IEnumerable<string?> PartsOf(JsonElement content) => content.Items().Select(part => part.GetText("type"));

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response) => JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(Ending));

    private static async Task<JsonElement[]> EventsOf(HttpResponseMessage response) =>
        [.. (await response.Content.ReadAsStringAsync(Ending)).Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line[6..]))];
}
