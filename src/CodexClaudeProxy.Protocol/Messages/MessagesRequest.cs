using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>
/// One Anthropic request, read and checked, over the bytes of its body: those must stay untouched until this is disposed,
/// and so must this until the turn is over, because <see cref="TurnContext"/> refers to the tools in it until <see cref="TurnContext.LeaveRequest"/>.
/// </summary>
public sealed class MessagesRequest : IDisposable
{
    private readonly JsonDocument _document;

    private MessagesRequest(JsonDocument document, ClientHints hints)
    {
        _document = document;
        Hints = hints;
    }

    public JsonElement Root => _document.RootElement;

    public ClientHints Hints { get; }

    /// <summary>The model as the client wrote it.</summary>
    public string Model { get; private set; } = "";

    /// <summary>The client wants events; anything but <c>true</c> means one JSON answer.</summary>
    public bool Stream { get; private set; }

    /// <summary>Limit of visible output tokens; null when only tokens are counted.</summary>
    public int? MaxTokens { get; private set; }

    /// <summary>What the client wants switched on, by the header or by the body's own list.</summary>
    public IEnumerable<string> Betas
    {
        get
        {
            foreach (var beta in (Hints.Betas ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) yield return beta;
            if (Root.Member("betas"u8) is not { ValueKind: JsonValueKind.Array } list) yield break;
            foreach (var beta in list.EnumerateArray())
            {
                if (beta.IsString()) yield return beta.GetString()!;
            }
        }
    }

    /// <summary>What the client calls its session, or null.</summary>
    public string? Session => SessionId.Of(Root, Hints.SessionId);

    public static bool TryParse(ReadOnlyMemory<byte> body, ClientHints hints, out MessagesRequest? request, out ApiError? error) =>
        TryParse(body, hints, counting: false, out request, out error);

    /// <summary>The same for <c>count_tokens</c>, where <c>max_tokens</c> has no meaning.</summary>
    public static bool TryParseForCounting(ReadOnlyMemory<byte> body, ClientHints hints, out MessagesRequest? request, out ApiError? error) =>
        TryParse(body, hints, counting: true, out request, out error);

    public void Dispose() => _document.Dispose();

    private static bool TryParse(ReadOnlyMemory<byte> body, ClientHints hints, bool counting, out MessagesRequest? request, out ApiError? error)
    {
        request = null;
        if (!RequestDocument.TryRead(body, out var document, out error)) return false;

        try
        {
            var root = document!.RootElement;
            RequestRules.Check(root);
            request = new MessagesRequest(document, hints)
            {
                Model = RequestRules.Model(root),
                MaxTokens = counting ? null : RequestRules.MaxTokens(root),
                Stream = root.IsTrue("stream"u8),
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
}
