using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Upstream;

/// <summary>The file <c>models.json</c>: the last good list of models.</summary>
/// <param name="ETag">As the backend sent it; null when it sent none.</param>
/// <param name="FetchedAt">When the list was fetched.</param>
/// <param name="Catalogue">The backend's answer, byte for byte: only so can it be told whether the next one is another.</param>
internal sealed record KeptCatalogue(
    [property: JsonPropertyName("etag"), JsonRequired] string? ETag,
    [property: JsonPropertyName("fetched_at")] DateTimeOffset FetchedAt,
    [property: JsonRequired, JsonConverter(typeof(RawJson))] ReadOnlyMemory<byte> Catalogue);

/// <summary>A member whose JSON stays as it is.</summary>
internal sealed class RawJson : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument value = JsonDocument.ParseValue(ref reader);
        return JsonMarshal.GetRawUtf8Value(value.RootElement).ToArray();
    }

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => writer.WriteRawValue(value.Span);
}
