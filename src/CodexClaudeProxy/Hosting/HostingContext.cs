using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Hosting;

/// <summary>The contracts of this room.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ManagementError))]
internal sealed partial class HostingContext : JsonSerializerContext;
