using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>Reads one member's value leniently: a value of another kind than expected counts as absent.</summary>
internal static class JsonMembers
{
    /// <summary>The body of a string, still escaped.</summary>
    public static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        // Sliced from the source rather than taken from the reader: the view outlives the reader.
        if (reader.TokenType == JsonTokenType.String) return json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        reader.Skip();
        return default;
    }

    /// <summary>A non-negative whole number, else −1.</summary>
    public static int Number(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= 0) return number;
        reader.Skip();
        return -1;
    }

    /// <summary>The raw JSON of an object.</summary>
    public static ReadOnlySpan<byte> Object(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        Container(ref reader, json, JsonTokenType.StartObject);

    /// <summary>The raw JSON of an array.</summary>
    public static ReadOnlySpan<byte> Array(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        Container(ref reader, json, JsonTokenType.StartArray);

    private static ReadOnlySpan<byte> Container(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTokenType kind)
    {
        var start = (int)reader.TokenStartIndex;
        var matches = reader.TokenType == kind;
        reader.Skip();
        return matches ? json[start..(int)reader.BytesConsumed] : default;
    }
}
