using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Tokens;

/// <summary>
/// The contracts of this room: what the issuer is asked and answers, and what Codex keeps in its file, with names in snake_case. Of an
/// answer, a member that is absent or of another kind is null, never an exception.
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
internal sealed partial class TokensContext : JsonSerializerContext;
