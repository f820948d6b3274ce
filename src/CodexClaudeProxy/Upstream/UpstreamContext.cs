using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Upstream;

/// <summary>The contracts of this room: the files it keeps.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(SavedLessons))]
[JsonSerializable(typeof(KeptCatalogue))]
internal sealed partial class UpstreamContext : JsonSerializerContext;
