using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>Reading JSON that may have any shape: an absent member is an element of kind Undefined, never an exception.</summary>
public static class JsonReading
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>The string in a member; null when it is absent or something else.</summary>
    public static string? GetText(this JsonElement element, string name) => element.Get(name).AsText();

    public static string? AsText(this JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    /// <summary>The elements of an array; nothing when it is something else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    public static bool Has(this JsonElement element, string name) => element.Get(name).ValueKind != JsonValueKind.Undefined;

    public static bool IsAbsentOrNull(this JsonElement element) => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    public static bool IsBoolean(this JsonElement element) => element.ValueKind is JsonValueKind.True or JsonValueKind.False;

    internal static string ToCompactJson(this JsonNode node) => node.ToJsonString(Relaxed);
}
