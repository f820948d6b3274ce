using System.Text.Json;
using FakeCodex;
using Microsoft.Extensions.AI;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>One scenario after the other with each client library for .NET.</summary>
public sealed class DotNetClients : IAsyncLifetime
{
    private const string Hello = "The canary says hello.";

    /// <summary>By the names the tests have in a report. The number is how often the library may try again; null is its default.</summary>
    private static readonly Dictionary<string, Func<string, int?, DotNetClient>> Makers = new()
    {
        ["Anthropic"] = (url, retries) => new AnthropicPackage(url, retries),
        ["OpenAI chat"] = (url, retries) => new OpenAiChatPackage(url, retries),
        ["OpenAI responses"] = (url, retries) => new OpenAiResponsesPackage(url, retries),
        ["Extensions.AI over Anthropic"] = (url, retries) => new ExtensionsAi(AnthropicPackage.Connect(url, retries).AsIChatClient("gpt-5.5"), AnthropicPackage.Status),
        ["Extensions.AI over OpenAI chat"] = (url, retries) => new ExtensionsAi(OpenAiChatPackage.Connect(url, retries).GetChatClient("gpt-5.5").AsIChatClient(), OpenAiChatPackage.Status),
        ["Extensions.AI over OpenAI responses"] = (url, retries) => new ExtensionsAi(OpenAiChatPackage.Connect(url, retries).GetResponsesClient().AsIChatClient("gpt-5.5"), OpenAiChatPackage.Status),
        ["Semantic Kernel"] = (url, retries) => new SemanticKernelChat(OpenAiChatPackage.Connect(url, retries)),
    };

    private PublishedProxy _proxy = null!;

    public static TheoryData<string> All => [.. Makers.Keys];

    public static TheoryData<string> WithModels => ["Anthropic", "OpenAI chat", "OpenAI responses"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Theory]
    [MemberData(nameof(All))]
    public async Task Text(string name)
    {
        Backend.Answer(Reply.Text(Hello));
        Backend.Answer(Reply.Sse(new StreamScript().Reasoning("**Thinking**").Text(Hello).Completed()).Delivered(Delivery.Every(13)));
        using DotNetClient client = Connect(name);

        Assert.Equal(Hello, await client.AskAsync("Say hello to the canary", Token));
        Assert.Equal(Hello, string.Concat(await client.StreamAsync("Say hello to the canary", Token).ToListAsync(Token)));

        Assert.All(Backend.Requests, static request => Assert.Equal("Say hello to the canary", request.LastUserText));
    }

    /// <summary>Half an answer must never be taken for a whole one.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task A_stream_that_is_cut(string name)
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sa").AbortConnection()));
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sa").Failed("server_error", "It fell off its perch.")));
        using DotNetClient client = Connect(name, retries: 0);

        await AssertCutAsync(client);
        await AssertCutAsync(client);
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task An_answer_that_is_cut(string name)
    {
        Backend.AnswerAll(static _ => Reply.Sse(new StreamScript().UnfinishedText("The canary sa").Failed("server_error", "It fell off its perch.")));
        using DotNetClient client = Connect(name, retries: 0);

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync("Sing", Token));

        Assert.InRange(client.StatusOf(error) ?? 0, 500, 599);
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task Two_tools_at_once_and_a_second_step(string name)
    {
        Backend.Answer(request => Reply.Sse(new StreamScript().Reasoning("**Asking**")
            .InterleavedCalls(Ask(request, "Rome", "call_1"), Ask(request, "Zürich \"HB\"", "call_2")).Completed()));
        Backend.Answer(request => Reply.Calls(Ask(request, "Ulm", "call_3")));
        Backend.Answer(Reply.Text("Warm everywhere."));
        Weather weather = new();
        using DotNetClient client = Connect(name);

        string text = await client.UseToolsAsync("How warm is it?", weather, Token);

        Assert.Equal(["Rome", "Ulm", "Zürich \"HB\""], weather.Asked.Order(StringComparer.Ordinal));
        Assert.Equal("Warm everywhere.", text);
        foreach ((string id, string city) in (ReadOnlySpan<(string, string)>)[("call_1", "Rome"), ("call_2", "Zürich"), ("call_3", "Ulm")])
        {
            Assert.Contains($"18 degrees in {city}", Backend.Requests[2].OutputOf(id), StringComparison.Ordinal);
        }
        // The reasoning before the first calls is there again, whoever kept it.
        Assert.Contains(Backend.Requests[2].Input, static item => item.GetText("type") == "reasoning");
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task An_image(string name)
    {
        Backend.Answer(Reply.Text("A red dot."));
        using DotNetClient client = Connect(name);

        Assert.Equal("A red dot.", await client.LookAsync("What is it?", Pictures.RedDot, Token));

        JsonElement image = Assert.Single(Backend.Requests).Input.SelectMany(static item => item.Get("content").Items()).Single(static part => part.GetText("type") == "input_image");
        Assert.Equal("data:image/png;base64," + Convert.ToBase64String(Pictures.RedDot), image.GetText("image_url"));
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task A_structured_answer(string name)
    {
        Backend.Answer(static request => Reply.Text($$"""{"{{TitleIn(request)}}":"Canaries"}"""));
        using DotNetClient client = Connect(name);

        Assert.Equal("Canaries", await client.TitleAsync("Name a book", Token));

        Assert.Equal("json_schema", Assert.Single(Backend.Requests).Json.Get("text").Get("format").GetText("type"));
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task A_backend_that_stays_overloaded(string name)
    {
        Backend.AnswerAll(static _ => Reply.Stream("failed-server-overloaded"));
        using DotNetClient client = Connect(name, retries: 0);
        // OpenAI's clients do not know Anthropic's status.
        int status = name.Contains("Anthropic", StringComparison.Ordinal) ? 529 : 503;

        Exception whole = await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync("Sing", Token));
        Exception streamed = await Assert.ThrowsAnyAsync<Exception>(async () => await client.StreamAsync("Sing", Token).ToListAsync(Token));

        Assert.Equal((status, status), (client.StatusOf(whole), client.StatusOf(streamed)));
    }

    /// <summary>With the library's own habit of trying again: it must not wait for the days until the limit is over.</summary>
    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task A_usage_limit_is_told_at_once(string name)
    {
        Backend.AnswerAll(static _ => Reply.Http("429-usage-limit-reached"));
        using DotNetClient client = Connect(name);

        Exception whole = await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync("Sing", Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
        Exception streamed = await Assert.ThrowsAnyAsync<Exception>(() => client.StreamAsync("Sing", Token).ToListAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token));

        Assert.Equal((429, 429), (client.StatusOf(whole), client.StatusOf(streamed)));
        Assert.Contains("usage limit", whole.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("usage limit", streamed.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Stage", "nuget")]
    public async Task A_cancelled_request(string name)
    {
        Gate inStream = new(), beforeAnswer = new();
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sings and").Hold(inStream)));
        Backend.Answer(Reply.Text(Hello).HeldBy(beforeAnswer));
        Backend.Answer(Reply.Text(Hello));
        using DotNetClient client = Connect(name);

        using CancellationTokenSource streaming = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in client.StreamAsync("Sing", streaming.Token))
            {
                if (piece.Length > 0) await streaming.CancelAsync();
            }
        });
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<string> asking = client.AskAsync("Sing", waiting.Token);
        await beforeAnswer.Reached.WaitAsync(Token);
        await waiting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        foreach (ReceivedRequest request in Backend.Requests) Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(Hello, await client.AskAsync("And now?", Token));
    }

    [Theory]
    [MemberData(nameof(WithModels))]
    [Trait("Stage", "nuget")]
    public async Task The_models(string name)
    {
        using DotNetClient client = Connect(name);

        IReadOnlyList<string> ids = await client.ModelsAsync(Token);

        Assert.Contains("gpt-5.5", ids);
        Assert.Equal(ids.Distinct(), ids);
    }

    private static async Task AssertCutAsync(DotNetClient client)
    {
        List<string> pieces = [];
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (string piece in client.StreamAsync("Sing", Token)) pieces.Add(piece);
        });
        Assert.False(error is OperationCanceledException, error.ToString());
        // A slow client may lose what it has not read yet.
        Assert.StartsWith(string.Concat(pieces), "The canary sa", StringComparison.Ordinal);
    }

    /// <summary>The only member of the schema: some frameworks write its name in their own way.</summary>
    private static string TitleIn(ReceivedRequest request) => request.Json.Get("text").Get("format").Get("schema").Get("properties").EnumerateObject().Single().Name;

    /// <summary>The only function of the request is asked: frameworks give it names of their own.</summary>
    private static FunctionCall Ask(ReceivedRequest request, string city, string id) =>
        new(request.ToolNames().Single(), JsonSerializer.Serialize(new Dictionary<string, string> { ["city"] = city }), id);

    private DotNetClient Connect(string name, int? retries = null) => Makers[name](_proxy.Url, retries);
}
