using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>What the backend answers about usage, with names in snake_case: a member that is absent or of another kind is null, never an exception.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(LenientText), typeof(LenientNumber), typeof(LenientFlag)],
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(WorkspacesAnswer))]
internal sealed partial class UsageContext : JsonSerializerContext;
