using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The <c>response_format</c>: flattened, with a name the backend takes.</summary>
internal sealed class ChatFormat : IDisposable
{
    private readonly WrittenSchema _schema = new();
    private JsonElement _definition;

    private ChatFormat() { }

    /// <summary>Any JSON object will do; the backend then insists on the word in the request.</summary>
    public bool IsObject { get; private init; }

    /// <summary>The format of the request, or null when plain text will do.</summary>
    public static ChatFormat? Resolve(JsonElement root, ConversionOptions options)
    {
        var format = root.Member("response_format"u8);
        switch (format.Text("type"u8))
        {
            case null when !format.Exists():
            case "text":
                return null;
            case "json_object":
                return new ChatFormat { IsObject = true };
            case "json_schema":
                return OfSchema(format.Member("json_schema"u8), options);
            case var other:
                throw ChatRules.Refused($"Invalid value: '{other}'. Supported values are: 'json_object', 'json_schema', and 'text'.", "response_format.type", "invalid_value");
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("format"u8);
        writer.WriteString("type"u8, IsObject ? "json_object"u8 : "json_schema"u8);
        if (!IsObject)
        {
            writer.WriteString("name"u8, Name(_definition.Text("name"u8)));
            if (_definition.Text("description"u8) is { } description) writer.WriteString("description"u8, description);
            writer.WritePropertyName("schema"u8);
            writer.WriteRawValue(_schema.Written, skipInputValidation: true);
            // Also for a schema that strict mode refuses: the client asked for the guarantee and must hear that there is none. Once it
            // was refused, what is left of it is promised only where it can be.
            writer.WriteBoolean("strict"u8, _definition.IsTrue("strict"u8) && (!_schema.IsReduced || _schema.FitsStrictMode));
        }

        writer.WriteEndObject();
    }

    /// <summary>Tells whether any text of the request holds the word the backend insists on.</summary>
    public static bool SaysJson(JsonElement messages) => messages.EnumerateArray().Any(static message =>
    {
        var content = message.Member("content"u8);
        return content.IsArray() ? content.EnumerateArray().Any(static part => SaysJson(part, "text"u8)) : SaysJson(message, "content"u8);
    });

    public void Dispose() => _schema.Dispose();

    private static bool SaysJson(JsonElement element, ReadOnlySpan<byte> member) =>
        element.Text(member)?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;

    private static ChatFormat OfSchema(JsonElement definition, ConversionOptions options)
    {
        if (!definition.IsObject()) throw ChatRules.Refused("Missing required parameter: 'response_format.json_schema'.", "response_format.json_schema", "missing_required_parameter");
        var schema = definition.Member("schema"u8);
        if (schema.Exists() && (!schema.IsObject() || SchemaSanitizer.IsNoObject(schema)))
            throw ChatRules.Refused("Invalid schema for response_format: schema must be a JSON Schema of 'type: \"object\"'.", "response_format", "invalid_json_schema");

        var format = new ChatFormat { _definition = definition };
        format._schema.WriteRoot(schema, options);
        return format;
    }

    private static string Name(string? name) => string.IsNullOrEmpty(name) ? "response" : CallId.Sanitise(name, 64);
}
