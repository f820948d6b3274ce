using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Doctor;

/// <summary>The contracts of this room: what <c>doctor</c> and its route answer.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorContext : JsonSerializerContext;
