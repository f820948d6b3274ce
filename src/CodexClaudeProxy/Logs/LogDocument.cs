using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Logs;

/// <summary>A log line for machines.</summary>
/// <param name="Time">When it was logged.</param>
/// <param name="Level"><c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="Category">The part of the program it comes from.</param>
/// <param name="Event">What kind of line it is; the same in every version.</param>
/// <param name="Message">What it says.</param>
/// <param name="Exception">The exception with its stack; absent for none.</param>
/// <param name="Fields">What the message was made of, by name: whole numbers, texts, or null; absent when it has no parts.</param>
internal sealed record LogDocument(
    DateTimeOffset Time, string Level, string Category, int Event, string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Exception,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, object?>? Fields);

/// <summary>The contract of this room, and what a field may be.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogDocument))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
internal sealed partial class LogsContext : JsonSerializerContext;
