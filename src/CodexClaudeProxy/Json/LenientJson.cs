using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.Json;

/// <summary>Reads members of files and answers that others wrote: what is absent or of another kind is null, never an exception.</summary>
internal static class LenientJson
{
    /// <summary>The member, or an element of kind <see cref="JsonValueKind.Undefined"/>.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>The object as its contract says, whose members are lenient too; null when it is no object.</summary>
    public static T? As<T>(this JsonElement element, JsonTypeInfo<T> contract) where T : class =>
        element.ValueKind == JsonValueKind.Object ? element.Deserialize(contract) : null;

    /// <summary>A string that is not empty.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    public static double? Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    public static bool? Flag(this JsonElement element, string name) => element.Member(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The elements of an array; none for anything else.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;

    public static DateTimeOffset? Time(this JsonElement element, string name) => Times.TryParse(element.Text(name));
}
