using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Hosting;

/// <summary>The contracts of this room.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BuildIdentity))]
[JsonSerializable(typeof(ManagementError))]
[JsonSerializable(typeof(OperationResult))]
internal sealed partial class HostingContext : JsonSerializerContext;
