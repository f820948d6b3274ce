using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>Reading members of objects whose shape nobody guarantees.</summary>
internal static class JsonElements
{
    /// <summary>The member's value; undefined when the element is no object or lacks it, or when it is null.</summary>
    public static JsonElement Member(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : default;

    /// <summary>The member as a string, or null when it is not one.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name)
    {
        var value = element.Member(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    public static bool IsTrue(this JsonElement element, ReadOnlySpan<byte> name) => element.Member(name).ValueKind == JsonValueKind.True;

    public static bool Exists(this JsonElement element) => element.ValueKind != JsonValueKind.Undefined;

    public static bool IsObject(this JsonElement element) => element.ValueKind == JsonValueKind.Object;

    public static bool IsArray(this JsonElement element) => element.ValueKind == JsonValueKind.Array;

    public static bool IsString(this JsonElement element) => element.ValueKind == JsonValueKind.String;
}
