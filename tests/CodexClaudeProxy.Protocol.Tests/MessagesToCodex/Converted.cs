using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Search;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>One converted request: the body, or the error.</summary>
internal sealed class Converted
{
    public static readonly ModelProfile Profile = new()
    {
        Slug = "gpt-5.6",
        Efforts = [Effort.Low, Effort.Medium, Effort.High, Effort.XHigh],
        DefaultEffort = Effort.Medium,
        PriorityTier = true,
    };

    /// <summary>The options of an attempt on account <c>acct-1</c>.</summary>
    public static readonly ConversionOptions Options = new() { AccountMark = "ba36a4ed" };

    private Converted(string body, TurnContext? context, ApiError? error, string standalone)
    {
        Bytes = body;
        Context = context;
        Error = error;
        Standalone = standalone;
        Body = error is null ? JsonDocument.Parse(body).RootElement : default;
    }

    public string Bytes { get; }

    public JsonElement Body { get; }

    public JsonElement Input => Body.GetProperty("input");

    /// <summary>The input items without the brackets.</summary>
    public string InputBytes => Input.GetRawText()[1..^1];

    /// <summary>The names of the tools in their order, with commas between them.</summary>
    public string ToolNames => string.Join(',', At("/tools").EnumerateArray().Select(static tool => tool.GetProperty("name").GetString()));

    public TurnContext? Context { get; }

    public ApiError? Error { get; }

    /// <summary>The body of the standalone search, empty when the request is none.</summary>
    public string Standalone { get; }

    public static Converted From(string request, ModelProfile? profile = null, ConversionOptions? options = null, ClientHints? hints = null, bool counting = false)
    {
        profile ??= Profile;
        options ??= Options;
        var body = Encoding.UTF8.GetBytes(request);
        MessagesRequest? parsed;
        ApiError? error;
        var ok = counting
            ? MessagesRequest.TryParseForCounting(body, hints ?? ClientHints.None, out parsed, out error)
            : MessagesRequest.TryParse(body, hints ?? ClientHints.None, out parsed, out error);
        if (!ok) return new Converted("", null, error, "");

        // Not disposed: the context refers to the document, and tests read it.
        using var output = new PooledBuffer();
        if (!ResponsesRequest.TryConvert(parsed!, profile, options, output, out var context, out error)) return new Converted("", null, error, "");
        using var standalone = new PooledBuffer();
        var alone = WebSearch.TryStandalone(parsed!, context!, options, standalone, out _);
        return new Converted(Encoding.UTF8.GetString(output.Written), context, null, alone ? Encoding.UTF8.GetString(standalone.Written) : "");
    }

    /// <summary>The smallest request with these members over it.</summary>
    public static Converted Of(string members, ModelProfile? profile = null, ConversionOptions? options = null, ClientHints? hints = null) =>
        From(Request(members), profile, options, hints);

    /// <summary>A request with one user message of these blocks.</summary>
    public static Converted OfUser(string blocks, ModelProfile? profile = null, ConversionOptions? options = null) =>
        Of($$"""{"messages":[{"role":"user","content":[{{blocks}}]}]}""", profile, options);

    /// <summary>A request with one assistant message of these blocks, and a user message behind it.</summary>
    public static Converted OfAssistant(string blocks, ModelProfile? profile = null, ConversionOptions? options = null) =>
        Of($$"""{"messages":[{"role":"assistant","content":[{{blocks}}]},{"role":"user","content":"c"}]}""", profile, options);

    /// <summary>A request with one tool call and a result of this content.</summary>
    public static Converted OfResult(string content, string more = "", ModelProfile? profile = null, ConversionOptions? options = null) =>
        Of($$$"""
            {"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":{{{content}}}{{{more}}} }]}]}
            """, profile, options);

    public static string Request(string members)
    {
        var merged = new Dictionary<string, string>
        {
            ["model"] = "\"gpt-5.6\"",
            ["max_tokens"] = "100",
            ["messages"] = """[{"role":"user","content":"Hi"}]""",
        };
        using var document = JsonDocument.Parse(members);
        foreach (var member in document.RootElement.EnumerateObject()) merged[member.Name] = member.Value.GetRawText();
        return "{" + string.Join(',', merged.Select(static pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }

    /// <summary>The value at a JSON pointer; fails when there is none.</summary>
    public JsonElement At(string pointer)
    {
        Assert.Null(Error);
        var value = Body;
        foreach (var step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
            value = value.ValueKind == JsonValueKind.Array ? value[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : value.GetProperty(step);
        return value;
    }

    public string Text(string pointer) => At(pointer).GetString()!;

    /// <summary>Asserts that the value at the pointer equals this JSON.</summary>
    public void Is(string pointer, string json)
    {
        using var expected = JsonDocument.Parse(json);
        Same(expected.RootElement, At(pointer));
    }

    public void IsRefused(string message)
    {
        Assert.NotNull(Error);
        Assert.Equal(message, Error.Message);
        Assert.Equal(400, Error.Status);
        Assert.Equal(ApiErrorType.InvalidRequest, Error.Type);
    }

    public static void Same(JsonElement expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(expected, actual), $"expected {expected.GetRawText()}\nactual   {actual.GetRawText()}");
}
