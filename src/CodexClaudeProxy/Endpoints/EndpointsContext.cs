using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The contracts of this room: what its routes take and answer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(CaptureRequest))]
[JsonSerializable(typeof(CaptureState))]
[JsonSerializable(typeof(CapturedBodies))]
internal sealed partial class EndpointsContext : JsonSerializerContext;
