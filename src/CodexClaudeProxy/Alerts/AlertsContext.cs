using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Alerts;

/// <summary>The files of this room, and what it tells.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(AlertChannelFile))]
[JsonSerializable(typeof(AlertMemory))]
internal sealed partial class AlertsContext : JsonSerializerContext;

/// <summary>What receivers get, with names in snake_case.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(NtfyBody))]
[JsonSerializable(typeof(SlackBody))]
[JsonSerializable(typeof(DiscordBody))]
internal sealed partial class AlertBodiesContext : JsonSerializerContext;
