using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The contracts of this room: what is said of Claude Code's settings, and what is kept of our changes.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = JsonDepth.Limit, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClaudeReport))]
[JsonSerializable(typeof(ClaudeChange))]
[JsonSerializable(typeof(ClaudeFailure))]
[JsonSerializable(typeof(ClientSetupReport))]
[JsonSerializable(typeof(RunSettingsContent))]
[JsonSerializable(typeof(SettingsJournal))]
[JsonSerializable(typeof(UnplacedEntry))]
[JsonSerializable(typeof(PlacedEntry))]
internal sealed partial class ClaudeCodeContext : JsonSerializerContext;
