using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>The JSON schema the answer has to follow.</summary>
internal sealed class OutputFormat : IDisposable
{
    private readonly WrittenSchema _schema = new();

    private OutputFormat() { }

    public ReadOnlySpan<byte> Schema => _schema.Written;

    /// <summary>The backend can guarantee the schema; otherwise the model is only asked to follow it.</summary>
    public bool Strict { get; private set; }

    /// <summary>The format of the request, or null when it asks for none.</summary>
    public static OutputFormat? Resolve(JsonElement root, ConversionOptions options)
    {
        var format = root.Member("output_config"u8).Member("format"u8);
        var old = root.Member("output_format"u8);
        if (format.Exists() && old.Exists() && !JsonElement.DeepEquals(format, old))
            throw new InvalidRequestException("output_format: cannot be combined with output_config.format");
        if (!format.Exists()) format = old;
        if (!format.Exists()) return null;

        if (format.Text("type"u8) != "json_schema") throw new InvalidRequestException("output_config.format.type: Input should be 'json_schema'");
        var schema = format.Member("schema"u8);
        if (!schema.Exists()) throw new InvalidRequestException("output_config.format.schema: Field required");
        if (!schema.IsObject() || SchemaSanitizer.IsNoObject(schema))
            throw new InvalidRequestException("output_config.format.schema: root must be of type object");

        var result = new OutputFormat();
        result._schema.WriteRoot(schema, options);
        result.Strict = result._schema.FitsStrictMode;
        return result;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("format"u8);
        writer.WriteString("type"u8, "json_schema"u8);
        writer.WriteString("name"u8, "response"u8);
        writer.WritePropertyName("schema"u8);
        writer.WriteRawValue(Schema, skipInputValidation: true);
        writer.WriteBoolean("strict"u8, Strict);
        writer.WriteEndObject();
    }

    public void Dispose() => _schema.Dispose();
}
