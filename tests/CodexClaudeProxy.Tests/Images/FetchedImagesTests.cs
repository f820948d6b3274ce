using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Tests.OpenAi;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Images;

/// <summary>The setting <c>imageUrls</c> through the whole program: what reaches the backend, and what reaches the host of an image.</summary>
public sealed class FetchedImagesTests : IAsyncLifetime
{
    private const string User = """{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","source":{"type":"url","url":"http://pictures.example/a.png?key=c4nary"}}]}""";
    private const string Result = """
        {"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"image","source":{"type":"url","url":"http://pictures.example/b.png"}}]}]}
        """;

    private readonly byte[] _image = ImageHost.Png();
    private Func<string, byte[]> _answer = null!;
    private ImageHost _host = null!;
    private RunningProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _answer = _ => ImageHost.Ok(_image);
        _host = new ImageHost(path => _answer(path));
        _proxy = await StartAsync(_host);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Images_of_messages_and_of_tool_results_travel_inside_the_request()
    {
        JsonElement input = await AskAsync($"{User},{Result}");

        Same("""[{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"IMAGE"}]""", input[0].GetProperty("content"));
        Same("""[{"type":"input_image","image_url":"IMAGE"}]""", input[2].GetProperty("output"));
        Assert.Equal(["/a.png?key=c4nary", "/b.png"], Paths.Order());
        Assert.Empty(_proxy.Backend.Rejections);
    }

    [Fact]
    public async Task Images_travel_inside_the_lite_shape_too()
    {
        await using RunningProxy proxy = await StartAsync(_host, """{"imageUrls":"fetch","lane":"lite"}""");
        await PostAsync(proxy, Request($"{User},{Result}", model: "gpt-6-sol"));

        ReceivedRequest request = Assert.Single(proxy.Backend.Requests);
        Assert.Equal("true", request.Header("x-openai-internal-codex-responses-lite"));
        Assert.Equal(2, request.Json.GetRawText().Split(ImageHost.DataUrl(_image)).Length - 1);
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task Chat_Completions_get_theirs()
    {
        await PostAsync(_proxy, """
            {"model":"gpt-5.5","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://pictures.example/a.png","detail":"low"}}]},
             {"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"call_1","content":[{"type":"image_url","image_url":{"url":"http://pictures.example/b.png"}}]}]}
            """, "/v1/chat/completions");

        JsonElement input = _proxy.Backend.Requests.Single().Json.GetProperty("input");
        Same("""[{"type":"input_image","image_url":"IMAGE","detail":"low"}]""", input[0].GetProperty("content"));
        Same("""[{"type":"input_image","image_url":"IMAGE"}]""", input[2].GetProperty("output"));
    }

    [Fact]
    public async Task Responses_get_theirs()
    {
        await PostAsync(_proxy, """
            {"model":"gpt-5.5","input":[{"role":"user","content":[{"type":"input_image","image_url":"http://pictures.example/a.png","detail":"high"}]},
             {"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},
             {"type":"function_call_output","call_id":"call_1","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"http://pictures.example/b.png"}]}]}
            """, "/v1/responses");

        JsonElement input = _proxy.Backend.Requests.Single().Json.GetProperty("input");
        Same("""[{"type":"input_image","image_url":"IMAGE","detail":"high"}]""", input[0].GetProperty("content"));
        Same("""[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"IMAGE"}]""", input[2].GetProperty("output"));
    }

    [Fact]
    public async Task The_next_turn_begins_with_the_same_bytes_whatever_has_become_of_the_images()
    {
        _answer = path => path == "/b.png" ? ImageHost.Status("503 Busy") : ImageHost.Ok(_image);
        string first = Inside(await AskAsync($"{User},{Result}"));
        Assert.Contains(ImageHost.DataUrl(_image), first, StringComparison.Ordinal);
        Assert.Contains("""[image: http://pictures.example/b.png]""", first, StringComparison.Ordinal);

        const string More = """{"role":"assistant","content":"Nice"},{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://pictures.example/c.png"}}]}""";
        _answer = _ => ImageHost.Ok(ImageHost.Png(fill: 9));
        string second = Inside(await AskAsync($"{User},{Result},{More}"));

        Assert.StartsWith(first, second, StringComparison.Ordinal);
        Assert.Contains(ImageHost.DataUrl(ImageHost.Png(fill: 9)), second, StringComparison.Ordinal);
        Assert.Equal(["/a.png?key=c4nary", "/b.png", "/c.png"], Paths.Order());
        Assert.Single(_proxy.Logs.Text.Split('\n'), static line => line.Contains("was not loaded", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1/a.png")]
    [InlineData("http://unknown.invalid/a.png")]
    [InlineData("http://pictures.example:8081/a.png")]
    [InlineData("http://")]
    public async Task A_failure_is_an_address_in_words_and_no_failure_of_the_turn(string url)
    {
        JsonElement input = await AskAsync($$$"""{"role":"user","content":[{"type":"image","source":{"type":"url","url":"{{{url}}}"}}]}""");
        Same($$"""[{"type":"input_text","text":"[image: {{url}}]"}]""", input[0].GetProperty("content"));
        Assert.Empty(_host.Requests);
    }

    [Fact]
    public async Task Another_account_costs_no_other_download()
    {
        await using RunningProxy proxy = await StartAsync(_host, accounts: 2);
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[0] ? Reply.Http("403-unsupported-country") : Reply.Text("second"));
        const string Thought = """{"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"gAAAAABfore1gn"},{"type":"text","text":"Yes"}]},{"role":"user","content":"And?"}""";
        await PostAsync(proxy, Request($"{User},{Thought}"));

        Assert.Equal(2, proxy.Backend.Requests.Count);
        Assert.All(proxy.Backend.Requests, request => Assert.Contains(ImageHost.DataUrl(_image), request.Json.GetRawText(), StringComparison.Ordinal));
        Assert.Single(_host.Requests);
    }

    [Fact]
    public async Task Counting_weighs_the_image_itself()
    {
        // 32 × 32 pixels are one patch; an image of unknown size would count as the largest.
        byte[] small = ImageHost.Png(fill: 0);
        (small[11], small[12], small[13], small[14], small[15], small[19], small[23]) = (13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', 32, 32);
        _answer = _ => ImageHost.Ok(small);
        using HttpResponseMessage response = await _proxy.PostAsync(Request(User), "/v1/messages/count_tokens");

        Assert.InRange((await RunningProxy.JsonOf(response))["input_tokens"]!.GetValue<int>(), 1, 100);
        Assert.Single(_host.Requests);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_download()
    {
        using var leaving = new CancellationTokenSource();
        var left = new TaskCompletionSource();
        await using var host = new ImageHost(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync(ImageHost.Ok(ImageHost.Png(1000)).AsMemory(0, 500), cancellation);
            await leaving.CancelAsync();
            await ImageHost.ClosedAsync(stream, cancellation);
            left.SetResult();
        });
        await using RunningProxy proxy = await StartAsync(host);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => proxy.PostAsync(Request(User), cancellation: leaving.Token));
        await left.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("left", (await proxy.ListedAsync(1))[0]!["outcome"]!.GetValue<string>());
        Assert.Empty(proxy.Backend.Requests);
    }

    [Fact]
    public async Task Nothing_of_the_client_or_the_account_reaches_the_host_and_no_query_the_log()
    {
        _answer = _ => ImageHost.Status("404 Not Found", "set-cookie: h0st=1\r\n");
        (string, string)[] headers = [
            ("cookie", "c4nary"), ("authorization", "Bearer c4nary"), ("x-api-key", "c4nary"), ("referer", "http://c4nary/"), ("traceparent", "00-c4nary"),
            ("x-claude-code-session-id", "c4nary"), ("anthropic-beta", "c4nary"), ("user-agent", "c4nary")];
        using HttpResponseMessage response = await _proxy.CallAsync("/v1/messages", Request(User), headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        string[] head = Assert.Single(_host.Requests).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("GET /a.png?key=c4nary HTTP/1.1", head[0]);
        Assert.Equal(["accept", "host", "user-agent"], head.Skip(1).Select(static line => line.Split(':')[0].ToLowerInvariant()).Order());
        Assert.DoesNotContain(head.Skip(1), static line => line.Contains("c4nary", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("The image http://pictures.example/a.png was not loaded: its host answered 404", _proxy.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("key=", _proxy.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", """{"type":"input_image","image_url":"http://pictures.example/a.png?key=c4nary"}""")]
    [InlineData("""{"imageUrls":"text"}""", """{"type":"input_text","text":"[image: http://pictures.example/a.png?key=c4nary]"}""")]
    public async Task Otherwise_nothing_is_fetched(string settings, string part)
    {
        await using RunningProxy proxy = await StartAsync(_host, settings);
        // Whether the backend takes an address is its own affair.
        using HttpResponseMessage response = await proxy.PostAsync(Request($"{User},{Result}"));

        JsonElement input = (await proxy.Backend.WaitForRequestAsync()).Json.GetProperty("input");
        Same(part, input[0].GetProperty("content")[1]);
        Assert.Equal("[image: http://pictures.example/b.png]", input[2].GetProperty("output").GetString());
        Assert.Empty(_host.Requests);
    }

    private IEnumerable<string> Paths => _host.Requests.Select(static head => head.Split(' ')[1]);

    private static Task<RunningProxy> StartAsync(ImageHost images, string settings = """{"imageUrls":"fetch"}""", int accounts = 1) =>
        RunningProxy.StartAsync(accounts, settings: settings, around: (host, directory) => new Surroundings(
            host.Own(Egress.Create(_ => null)), new CodexHome(Path.Combine(directory, "codex")), new ClaudeHome(Path.Combine(directory, "claude"), "")) { Images = images.Network });

    private static string Request(string messages, string model = "gpt-5.5") => $$"""{"model":"{{model}}","max_tokens":100,"messages":[{{messages}}]}""";

    /// <summary>The backend's input for these messages.</summary>
    private async Task<JsonElement> AskAsync(string messages)
    {
        await PostAsync(_proxy, Request(messages));
        return _proxy.Backend.Requests[^1].Json.GetProperty("input");
    }

    private static async Task PostAsync(RunningProxy proxy, string json, string path = "/v1/messages")
    {
        using HttpResponseMessage response = await proxy.PostAsync(json, path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static string Inside(JsonElement array) => array.GetRawText()[1..^1];

    private void Same(string expected, JsonElement actual)
    {
        using JsonDocument wanted = JsonDocument.Parse(expected.Replace("IMAGE", ImageHost.DataUrl(_image), StringComparison.Ordinal));
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, actual), actual.GetRawText());
    }
}
