using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>
/// One request in the backend's own words, read and checked, over the bytes of its body: those must stay untouched until this
/// is disposed.
/// </summary>
public sealed class PassThroughRequest : IDisposable
{
    /// <summary>State that only a server that keeps everything could have.</summary>
    private static readonly string[] Stored = ["conversation", "prompt"];

    private readonly JsonDocument _document;

    private PassThroughRequest(JsonDocument document) => _document = document;

    public JsonElement Root => _document.RootElement;

    /// <summary>The model as the client wrote it.</summary>
    public string Model { get; private init; } = "";

    /// <summary>The client wants events; anything but <c>true</c> means one JSON answer.</summary>
    public bool Stream { get; private init; }

    /// <summary>The client is the Codex CLI: it knows the backend better than we do, so its request goes as it is.</summary>
    public bool IsCodex { get; private init; }

    /// <summary>What the client's headers call the conversation.</summary>
    public string? SessionId { get; private init; }

    public static bool TryParse(ReadOnlyMemory<byte> body, bool isCodex, string? sessionId, out PassThroughRequest? request, out ApiError? error)
    {
        request = null;
        if (!RequestDocument.TryRead(body, out var document, out error)) return false;
        try
        {
            var root = document!.RootElement;
            Check(root, isCodex);
            request = new PassThroughRequest(document)
            {
                Model = root.Text("model"u8)!,
                Stream = root.IsTrue("stream"u8),
                IsCodex = isCodex,
                SessionId = sessionId,
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

    internal static InvalidRequestException Refused(string message, string? param = null, string? code = null) =>
        new(ApiError.Invalid(message, param) with { Code = code });

    private static void Check(JsonElement root, bool isCodex)
    {
        if (!root.IsObject()) throw new InvalidRequestException("The request body must be a JSON object");
        if (root.Text("model"u8) is not { Length: > 0 }) throw Refused("Missing required parameter: 'model'.", "model", "missing_required_parameter");
        if (isCodex) return;

        foreach (var member in root.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null) continue;
            if (Stored.Contains(member.Name) || (member.NameEquals("background"u8) && member.Value.ValueKind == JsonValueKind.True))
                throw Refused($"{member.Name} is not supported: send the whole conversation in input, or continue an earlier answer with previous_response_id", member.Name, "unsupported_parameter");
        }

        var previous = root.Member("previous_response_id"u8);
        if (previous.Exists() && !previous.IsString()) throw Refused("Invalid type for 'previous_response_id': expected a string.", "previous_response_id", "invalid_type");
        var input = root.Member("input"u8);
        if (!input.Exists() && previous.IsString()) return;
        if (!input.Exists()) throw Refused("Missing required parameter: 'input'.", "input", "missing_required_parameter");
        if (!input.IsString() && !input.IsArray()) throw Refused("Invalid type for 'input': expected a string or an array of items.", "input", "invalid_type");
    }
}
