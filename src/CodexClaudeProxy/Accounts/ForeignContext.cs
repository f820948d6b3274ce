using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts;

/// <summary>
/// What the issuer and the backend are asked and answer, and what Codex keeps in its file: names in snake_case. Of an answer, a member
/// that is absent or of another kind is null, never an exception.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(LenientText), typeof(LenientNumber), typeof(LenientFlag)],
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(TokenRefresh))]
[JsonSerializable(typeof(TokenRevocation))]
[JsonSerializable(typeof(TokenReply))]
[JsonSerializable(typeof(ForeignRefusal))]
[JsonSerializable(typeof(TokenPayload))]
[JsonSerializable(typeof(AuthJson))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(WorkspacesAnswer))]
internal sealed partial class ForeignContext : JsonSerializerContext;
