using System.Text;
using System.Text.Json;

namespace FakeCodex;

/// <summary>How the answer to a request ended.</summary>
public enum RequestEnd
{
    /// <summary>The whole answer was handed to the connection.</summary>
    Answered,

    /// <summary>The client closed the connection before the answer was complete.</summary>
    ClientLeft,

    /// <summary>The script cut the connection.</summary>
    Aborted,
}

/// <summary>One request as it arrived, and what became of it.</summary>
public sealed class ReceivedRequest
{
    private readonly TaskCompletionSource<RequestEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ReceivedRequest(HttpRequest request, RequestBody body, DateTimeOffset at)
    {
        Method = request.Method;
        Path = request.Path.Value ?? "/";
        Query = request.QueryString.Value ?? "";
        Headers = [.. request.Headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))];
        Sent = body.Sent;
        Body = body.Plain;
        At = at;
        Json = ParseOrUndefined(body.Plain);
    }

    public string Method { get; }
    public string Path { get; }

    /// <summary>With its question mark, or empty.</summary>
    public string Query { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The body as it came.</summary>
    public ReadOnlyMemory<byte> Sent { get; }

    /// <summary>The body after all content encodings were undone.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public DateTimeOffset At { get; }

    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The body as JSON; of kind Undefined when it is not JSON.</summary>
    public JsonElement Json { get; }

    /// <summary>Whose token the request carried; null when it carried none that is valid.</summary>
    public FakeUser? User { get; internal set; }

    /// <summary>The rule this request broke; null when the real backend would take it.</summary>
    public Rejection? Rejection { get; internal set; }

    /// <summary>Completes when the answer is over, in whichever way.</summary>
    public Task<RequestEnd> Ended => _ended.Task;

    /// <summary>The input items of an inference request.</summary>
    public IReadOnlyList<JsonElement> Input => [.. Json.Get("input").Items()];

    /// <summary>The text of the last user message of an inference request; empty when there is none.</summary>
    public string LastUserText
    {
        get
        {
            JsonElement content = Input.LastOrDefault(item => item.GetText("role") == "user").Get("content");
            return content.AsText() ?? string.Join('\n', content.Items().Select(part => part.GetText("text")).OfType<string>());
        }
    }

    /// <summary>Call ids and outputs of the tool results in an inference request, in order; a list of parts is given as its JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToolOutputs =>
    [
        .. from item in Input
           where item.GetText("type") is "function_call_output" or "custom_tool_call_output"
           select KeyValuePair.Create(item.GetText("call_id")!, item.Get("output").ToString()),
    ];

    /// <summary>The first value of a header, in any letter case; null when absent.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    internal void End(RequestEnd end) => _ended.TrySetResult(end);

    private static JsonElement ParseOrUndefined(byte[] body)
    {
        if (body.Length == 0) return default;
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
