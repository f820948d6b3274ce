using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Settings;

/// <summary>Values on their way between a request, the file's tree and the table of settings.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class SettingsContext : JsonSerializerContext;
