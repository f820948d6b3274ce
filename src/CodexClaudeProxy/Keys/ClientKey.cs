using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Keys;

/// <summary>One named key of a client, as <c>keys.json</c> keeps it. The key itself is nowhere.</summary>
/// <param name="Id">Stays the same when the key is renamed or replaced.</param>
/// <param name="Name">For people; no two keys have the same.</param>
/// <param name="Hash">The SHA-256 of the key, in hexadecimal.</param>
/// <param name="Start">The first characters of the key.</param>
/// <param name="Created">When it was added, or last replaced.</param>
/// <param name="Expires">When it stops working; null for never.</param>
/// <param name="Models">The models it may use, names or patterns with <c>*</c>; null for all.</param>
/// <param name="Limits">What it may use in which time; null for no limit.</param>
internal sealed record ClientKey(
    string Id, string Name, string Hash, string Start, DateTimeOffset Created, DateTimeOffset? Expires = null, IReadOnlyList<string>? Models = null, IReadOnlyList<KeyLimit>? Limits = null)
{
    [JsonIgnore]
    public IReadOnlyList<KeyLimit> AllLimits => Limits ?? [];

    public bool IsExpired(DateTimeOffset now) => Expires <= now;

    /// <summary>Whether the key may use a model: one of its patterns stands for the name that was asked for, or for the model that is meant by it.</summary>
    public bool Allows(string asked, string meant) => Models is null or { Count: 0 } || ModelPatterns.Match(Models, asked) || ModelPatterns.Match(Models, meant);
}

/// <summary>The content of <c>keys.json</c>.</summary>
/// <param name="Keys">In the order they were added.</param>
internal sealed record KeysDocument(int Version, IReadOnlyList<ClientKey> Keys);

/// <summary>The contracts of this room.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(KeysDocument))]
internal sealed partial class KeysContext : JsonSerializerContext;
