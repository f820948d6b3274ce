using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Updates;

/// <summary>What <c>update</c> found and did.</summary>
/// <param name="Success">Whether that is what was asked for.</param>
/// <param name="Message">What was found and done, or why nothing was.</param>
/// <param name="Version">The version that is installed now.</param>
/// <param name="Available">The version of the release that was found; null when none was looked for, or none found.</param>
/// <param name="Changed">Whether the program was exchanged.</param>
internal sealed record UpdateReport(bool Success, string Message, string Version, string? Available = null, bool Changed = false);

/// <summary>The contracts of this room.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UpdateReport))]
internal sealed partial class UpdatesContext : JsonSerializerContext;
