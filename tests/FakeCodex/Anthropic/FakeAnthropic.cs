using System.Text;
using System.Text.Json;

namespace FakeCodex;

/// <summary>One request as Anthropic got it.</summary>
/// <param name="Target">Path and query.</param>
/// <param name="Connection">The same for all requests of one connection.</param>
public sealed record AnthropicRequest(string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body, string Connection)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when whoever asked went away before the end.</summary>
    public Task Left => _left.Task;

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Model => JsonElement.Parse(Body).GetText("model");

    /// <summary>A header's value, by its name in any case; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    internal void Leave() => _left.TrySetResult();
}

/// <summary>Anthropic's Messages API on a loopback port. It knows one answer, which a test replaces.</summary>
public sealed class FakeAnthropic : IAsyncDisposable
{
    private readonly List<AnthropicRequest> _requests = [];
    private WebApplication _app = null!;

    /// <summary>Says what it was asked, in the way the real one answers: an event stream, or one document.</summary>
    public const string Said = "Hello from Claude.";

    public string Url => LoopbackHost.AddressOf(_app).ToString().TrimEnd('/');

    public IReadOnlyList<AnthropicRequest> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    /// <summary>Answers a request; null for the usual answer.</summary>
    public Func<HttpContext, AnthropicRequest, Task>? Answer { get; set; }

    public static async Task<FakeAnthropic> StartAsync()
    {
        FakeAnthropic fake = new();
        fake._app = await LoopbackHost.StartAsync(0, app => app.Run(fake.HandleAsync));
        return fake;
    }

    public async Task<AnthropicRequest> WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (Requests is [.., var last]) return last;
            await Task.Delay(5, cancellation);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The events of an answer, as they are written on the wire.</summary>
    public static string Events(string model) => string.Concat(
        Event("message_start", $$$$"""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"{{{{model}}}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":7,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":1}}}"""),
        Event("ping", """{"type": "ping"}"""),
        Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
        Event("content_block_delta", $$$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{{Said}}}}"}}"""),
        Event("content_block_stop", """{"type":"content_block_stop","index":0}"""),
        Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":42}}"""),
        Event("message_stop", """{"type":"message_stop"}"""));

    /// <summary>The same as one document.</summary>
    public static string Document(string model) =>
        $$$$"""{"id":"msg_1","type":"message","role":"assistant","model":"{{{{model}}}}","content":[{"type":"text","text":"{{{{Said}}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":7,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":42}}""";

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private async Task HandleAsync(HttpContext http)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body);
        AnthropicRequest request = new(
            http.Request.Path + http.Request.QueryString,
            [.. http.Request.Headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))],
            body.ToArray(), http.Connection.Id);
        http.RequestAborted.Register(request.Leave);
        lock (_requests) _requests.Add(request);
        try
        {
            await (Answer ?? AnswerAsync)(http, request);
        }
        catch (OperationCanceledException)
        {
            // Whoever asked is gone.
        }
    }

    private static async Task AnswerAsync(HttpContext http, AnthropicRequest request)
    {
        http.Response.Headers["request-id"] = "req_011fake";
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (request.Target.StartsWith("/v1/messages/count_tokens", StringComparison.Ordinal))
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"input_tokens":4711}""");
            return;
        }

        bool streams = JsonElement.Parse(request.Body).Get("stream").ValueKind == JsonValueKind.True;
        http.Response.ContentType = streams ? "text/event-stream; charset=utf-8" : "application/json";
        await http.Response.WriteAsync(streams ? Events(request.Model!) : Document(request.Model!));
    }
}
