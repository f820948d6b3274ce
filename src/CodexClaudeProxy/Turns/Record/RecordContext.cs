using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>The contract of this room: what the log keeps of a turn.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)], MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(TurnDetail))]
internal sealed partial class RecordContext : JsonSerializerContext;
