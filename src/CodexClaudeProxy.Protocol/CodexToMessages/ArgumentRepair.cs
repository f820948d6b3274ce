using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// The few mistakes models make in tool arguments so regularly that clients suffer, each with a name. Only the top level
/// is touched, only where the schema leaves no doubt, and values are never coerced.
/// </summary>
internal static class ArgumentRepair
{
    private const int AbsurdOffset = 1_000_000;
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The repaired arguments, or null when nothing needed repair (or nothing could be done).</summary>
    public static byte[]? Repair(ReadOnlyMemory<byte> arguments, string tool, ToolFacts? facts, out IReadOnlyList<string> repairs)
    {
        List<string> fired = [];
        repairs = fired;
        var json = arguments;
        if (FirstObject(arguments.Span) is { } length && length < arguments.Length)
        {
            if (!arguments.Span[length..].Trim(" \t\r\n"u8).IsEmpty) fired.Add("text after the object");
            json = arguments[..length];
        }

        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replace(json), JsonDepth.Document);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            if (facts is { Wrapped: true })
            {
                if (!root.TryGetProperty("value", out var value)) return null;
                fired.Add("wrapped value");
                return System.Text.Encoding.UTF8.GetBytes(value.GetRawText());
            }

            var rewritten = RewriteMembers(root, tool, facts, fired);
            return rewritten ?? (fired.Count > 0 ? json.ToArray() : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Tells whether the text is an object that has every member the schema requires.</summary>
    public static bool HasRequired(ReadOnlyMemory<byte> json, ToolFacts? facts)
    {
        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replace(json), JsonDepth.Document);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && Required(facts).All(name => root.TryGetProperty(name, out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What closes a text that broke off, after its trailing white space; null when it is not the start of an object.</summary>
    public static byte[]? Closers(ReadOnlySpan<byte> json, out int kept)
    {
        kept = json.TrimEnd(" \t\r\n"u8).Length;
        if (kept == 0 || json[0] != (byte)'{') return null;

        List<byte> closers = [];
        var inString = false;
        for (var i = 0; i < kept; i++)
        {
            var b = json[i];
            if (inString)
            {
                if (b == (byte)'\\') i++;
                else if (b == (byte)'"') inString = false;
            }
            else if (b == (byte)'"') inString = true;
            else if (b == (byte)'{') closers.Add((byte)'}');
            else if (b == (byte)'[') closers.Add((byte)']');
            else if (b is (byte)'}' or (byte)']' && closers.Count > 0) closers.RemoveAt(closers.Count - 1);
        }

        if (inString) closers.Add((byte)'"');
        closers.Reverse();
        return [.. closers];
    }

    private static byte[]? RewriteMembers(JsonElement root, string tool, ToolFacts? facts, List<string> fired)
    {
        if (facts is null || !TryGetProperties(facts.Schema, out var properties)) return null;

        var required = Required(facts).ToHashSet(StringComparer.Ordinal);
        var before = fired.Count;
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            foreach (var member in root.EnumerateObject())
            {
                var name = member.Name;
                if (!properties.TryGetProperty(name, out _) && properties.TryGetProperty(name.Trim(), out _) && !root.TryGetProperty(name.Trim(), out _))
                {
                    fired.Add("blank around a member name");
                    name = name.Trim();
                }

                if (Unwanted(tool, name, member.Value, properties, required) is { } reason)
                {
                    fired.Add(reason);
                    continue;
                }

                writer.WritePropertyName(name);
                writer.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return fired.Count > before ? output.WrittenSpan.ToArray() : null;
    }

    private static string? Unwanted(string tool, string name, JsonElement value, JsonElement properties, HashSet<string> required)
    {
        if (tool == "Read" && properties.TryGetProperty("file_path", out _) && properties.TryGetProperty("pages", out _))
        {
            // Claude Code refuses the whole call for these.
            if (name == "pages" && (value.ValueKind == JsonValueKind.Null || IsText(value, ""u8))) return "empty pages of Read";
            if (name is "offset" or "limit" && value.ValueKind == JsonValueKind.Null) return "null range of Read";
            if (name == "offset" && value.ValueKind == JsonValueKind.Number && value.GetDouble() >= AbsurdOffset) return "out-of-range offset of Read";
        }

        return value.ValueKind == JsonValueKind.Null && !required.Contains(name)
            && properties.TryGetProperty(name, out var schema) && !AdmitsNull(schema)
                ? "null for an optional member"
                : null;
    }

    private static bool AdmitsNull(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) return true;
        if (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True) return true;
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array
            && values.EnumerateArray().Any(static v => v.ValueKind == JsonValueKind.Null)) return true;
        // References, combinations and constants are not judged: when in doubt the value stays.
        if (!schema.TryGetProperty("type", out var type)) return true;
        return type.ValueKind switch
        {
            JsonValueKind.String => IsText(type, "null"u8),
            JsonValueKind.Array => type.EnumerateArray().Any(static t => IsText(t, "null"u8)),
            _ => true,
        };
    }

    private static bool IsText(JsonElement value, ReadOnlySpan<byte> text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool TryGetProperties(JsonElement schema, out JsonElement properties)
    {
        properties = default;
        return schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out properties) && properties.ValueKind == JsonValueKind.Object;
    }

    private static IEnumerable<string> Required(ToolFacts? facts)
    {
        if (facts?.Schema is not { ValueKind: JsonValueKind.Object } schema || !schema.TryGetProperty("required", out var required)
            || required.ValueKind != JsonValueKind.Array) yield break;
        foreach (var name in required.EnumerateArray())
        {
            if (name.ValueKind == JsonValueKind.String) yield return name.GetString()!;
        }
    }

    /// <summary>Length of the first complete object at the start of the text.</summary>
    private static int? FirstObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, JsonDepth.Reader with { AllowMultipleValues = true });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
