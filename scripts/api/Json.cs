using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>How JSON is laid out.</summary>
internal static class Json
{
    private const int Width = 140;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Each member on a line of its own.</summary>
    public static string Indented(JsonNode node) => Write(node, Plain with { Indented = true, NewLine = "\n" }) + "\n";

    /// <summary>What fits on a line is on one.</summary>
    public static string Compact(JsonNode? node, int indent = 0)
    {
        string line = Line(node);
        if (indent + line.Length <= Width) return line;
        string inside = new(' ', indent + 2);
        return node switch
        {
            JsonObject members => $"{{\n{string.Join(",\n", members.Select(member => $"{inside}{Line(member.Key)}: {Compact(member.Value, indent + 2)}"))}\n{new string(' ', indent)}}}",
            JsonArray items => $"[\n{string.Join(",\n", items.Select(item => inside + Compact(item, indent + 2)))}\n{new string(' ', indent)}]",
            _ => line,
        };
    }

    private static string Line(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } members => $"{{ {string.Join(", ", members.Select(member => $"{Line(member.Key)}: {Line(member.Value)}"))} }}",
        JsonArray items => $"[{string.Join(", ", items.Select(Line))}]",
        _ => Write(node, Plain),
    };

    private static string Write(JsonNode? node, JsonWriterOptions options)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, options))
        {
            if (node is null) json.WriteNullValue();
            else node.WriteTo(json);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
