using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Turns;

/// <summary>The contracts of this room: the answers that are only a count, and what is read of an answer of our own.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(TokenCount))]
[JsonSerializable(typeof(ManagedTokenCount))]
[JsonSerializable(typeof(ResponseTokenCount))]
[JsonSerializable(typeof(SideMessage))]
internal sealed partial class TurnsContext : JsonSerializerContext;
