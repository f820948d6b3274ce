using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>
/// One Chat Completions request, read and checked, over the bytes of its body: those must stay untouched until this is disposed,
/// and so must this until the turn is over, because <see cref="TurnContext"/> refers to the tools in it until <see cref="TurnContext.LeaveRequest"/>.
/// </summary>
public sealed class ChatRequest : IDisposable
{
    private readonly JsonDocument _document;

    private ChatRequest(JsonDocument document) => _document = document;

    public JsonElement Root => _document.RootElement;

    /// <summary>The model as the client wrote it.</summary>
    public string Model { get; private init; } = "";

    /// <summary>The client wants chunks; anything but <c>true</c> means one JSON answer.</summary>
    public bool Stream { get; private init; }

    /// <summary>Limit of visible output tokens, or null for none.</summary>
    public int? MaxTokens { get; private init; }

    /// <summary>What the answer's form depends on.</summary>
    public ChatForm Form { get; private init; } = new();

    /// <summary>The client has shown that it keeps <c>reasoning_details</c>.</summary>
    public bool GivesReasoningBack { get; private init; }

    public static bool TryParse(ReadOnlyMemory<byte> body, out ChatRequest? request, out ApiError? error)
    {
        request = null;
        if (!RequestDocument.TryRead(body, out var document, out error)) return false;
        try
        {
            var root = document!.RootElement;
            ChatRules.Check(root);
            var givesBack = root.GetProperty("messages"u8).EnumerateArray().Any(static message => message.Member("reasoning_details"u8).IsArray());
            request = new ChatRequest(document)
            {
                Model = ChatRules.Model(root),
                Stream = root.IsTrue("stream"u8),
                MaxTokens = ChatRules.MaxTokens(root),
                Form = FormOf(root, givesBack),
                GivesReasoningBack = givesBack,
            };
            return true;
        }
        catch (InvalidRequestException e)
        {
            document!.Dispose();
            error = e.Error;
            return false;
        }
    }

    public void Dispose() => _document.Dispose();

    private static ChatForm FormOf(JsonElement root, bool givesReasoningBack) => new()
    {
        IncludeUsage = root.Member("stream_options"u8).IsTrue("include_usage"u8),
        LegacyFunctions = root.Member("functions"u8).IsArray(),
        ReasoningDetails = givesReasoningBack || root.IsTrue("include_reasoning"u8) || root.Member("reasoning"u8).IsObject(),
    };
}

/// <summary>What the form of a chat answer depends on.</summary>
public sealed record ChatForm
{
    /// <summary>A stream ends with a chunk that holds the usage.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>The client knows <c>function_call</c> instead of <c>tool_calls</c>.</summary>
    public bool LegacyFunctions { get; init; }

    /// <summary>The client knows <c>reasoning_details</c> and may give them back with the next request.</summary>
    public bool ReasoningDetails { get; init; }
}
