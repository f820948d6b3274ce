using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Turns;

/// <summary>The contracts of this room: what the log keeps of a turn, the answers that are only a count, and what is read of an answer of our own.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)], MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(TurnDetail))]
[JsonSerializable(typeof(TokenCount))]
[JsonSerializable(typeof(ManagedTokenCount))]
[JsonSerializable(typeof(ResponseTokenCount))]
[JsonSerializable(typeof(SideMessage))]
internal sealed partial class TurnsContext : JsonSerializerContext;
