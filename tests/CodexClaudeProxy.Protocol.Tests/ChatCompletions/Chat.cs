using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>Converts a chat request, and answers one, as the program does.</summary>
internal static class Chat
{
    /// <summary>The base request with these members over it.</summary>
    public static string Request(string members)
    {
        var request = new JsonObject { ["model"] = "gpt-5.6", ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hi"}]""") };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject()) request[name] = value?.DeepClone();
        return request.ToJsonString();
    }

    public static (JsonElement Body, TurnContext? Context, ApiError? Error) Convert(string members, ModelProfile? profile = null, ConversionOptions? options = null)
    {
        // Not disposed: the context refers to the document, and tests read it.
        if (!ChatRequest.TryParse(Encoding.UTF8.GetBytes(Request(members)), out var request, out var error)) return (default, null, error);
        using var body = new PooledBuffer();
        return ChatConversion.TryConvert(request!, profile ?? Converted.Profile, options ?? Converted.Options, body, out var context, out error)
            ? (JsonElement.Parse(body.Written), context, null)
            : (default, null, error);
    }

    /// <summary>The converted body of a request that must succeed.</summary>
    public static JsonElement Body(string members, ModelProfile? profile = null, ConversionOptions? options = null)
    {
        var (body, _, error) = Convert(members, profile, options);
        Assert.Null(error);
        return body;
    }

    public static ApiError Refusal(string members)
    {
        var (_, _, error) = Convert(members);
        Assert.NotNull(error);
        return error;
    }

    public static JsonElement Envelope(ApiError error)
    {
        using var json = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(json)) OpenAiError.Write(writer, error);
        return JsonElement.Parse(json.Written);
    }

    /// <summary>The chunks of a stream; the closing mark is the last element where there is one.</summary>
    public static List<JsonNode> Stream(TurnContext context, IEnumerable<byte[]?> events, ChatForm? form = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using var sink = new ChatChunkWriter(output, form ?? new ChatForm());
        if (Run(context, sink, events) is { } failure) sink.Fail(failure);
        List<JsonNode> chunks = [];
        foreach (var frame in Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (frame.StartsWith(':')) continue;
            Assert.StartsWith("data: ", frame, StringComparison.Ordinal);
            chunks.Add(frame == "data: [DONE]" ? JsonValue.Create("[DONE]") : JsonNode.Parse(frame[6..])!);
        }

        return chunks;
    }

    public static (JsonElement Completion, ApiError? Error) Complete(TurnContext context, IEnumerable<byte[]?> events, ChatForm? form = null)
    {
        using var sink = new ChatCompletionBuilder(form ?? new ChatForm());
        var error = Run(context, sink, events);
        return (error is null ? JsonElement.Parse(sink.Document.Span) : default, error);
    }

    private static ApiError? Run(TurnContext context, ITurnSink sink, IEnumerable<byte[]?> events)
    {
        using var converter = new TurnConverter(context, sink, TimeProvider.System);
        foreach (var json in events)
        {
            if (json is null) break;
            converter.Handle(json);
        }

        converter.EndOfStream();
        converter.Conclude();
        return converter.Failure?.ToApiError(context);
    }
}
