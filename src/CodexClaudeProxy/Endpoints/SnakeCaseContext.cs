using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The contracts of this room in snake case: what clients of the two protocols are answered, and what is new to this version.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnthropicModelPage))]
[JsonSerializable(typeof(AnthropicModel))]
[JsonSerializable(typeof(OpenAiModelList))]
[JsonSerializable(typeof(OpenAiModel))]
[JsonSerializable(typeof(DeletedResponse))]
[JsonSerializable(typeof(DriftList))]
[JsonSerializable(typeof(CodexUsage))]
[JsonSerializable(typeof(CodexWorkspaces))]
internal sealed partial class SnakeCaseContext : JsonSerializerContext;
