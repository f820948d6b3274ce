using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The contracts of this room: what commands print with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(SignInWaiting))]
[JsonSerializable(typeof(SignInFailure))]
[JsonSerializable(typeof(SignInDone))]
internal sealed partial class CommandLineContext : JsonSerializerContext;
