using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>Writes the definitions of functions as the backend expects them, and notes what the answer side must know of each.</summary>
internal sealed class ToolDefinitions : IDisposable
{
    private const int MostExamples = 5;
    private const int LongestExamples = 2_000;

    private readonly Conversion _conversion;
    private readonly WrittenSchema _schema = new();
    private readonly Dictionary<string, ToolFacts> _facts = [];

    public ToolDefinitions(Conversion conversion) => _conversion = conversion;

    public IReadOnlyDictionary<string, ToolFacts> Facts => _facts;

    /// <summary>How long all schemas are together.</summary>
    public int SchemaBytes { get; private set; }

    public void Dispose() => _schema.Dispose();

    public void Write(Tool tool, Utf8JsonWriter writer)
    {
        // The schema first: it decides whether the description gets an addition.
        var schema = tool.Schema;
        var outcome = tool.Parameters is null ? Sanitise(schema) : default;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteString("name"u8, _conversion.Names.Upstream(tool.Name, tool.Toolset));
        WriteDescription(tool, outcome.Note, writer);
        writer.WritePropertyName("parameters"u8);
        if (tool.Parameters is null) writer.WriteRawValue(_schema.Written, skipInputValidation: true);
        else writer.WriteRawValue(tool.Parameters, skipInputValidation: true);
        // Left out, it would mean strict: then every optional parameter becomes one the model has to fill.
        writer.WriteBoolean("strict"u8, tool.Parameters is null && tool.Definition.IsTrue("strict"u8) && _schema.FitsStrictMode);
        writer.WriteEndObject();

        _facts[tool.Toolset is null ? tool.Name : _conversion.Names.Upstream(tool.Name, tool.Toolset)] = new ToolFacts
        {
            Schema = schema,
            Wrapped = outcome.Wrapped,
            EagerStreaming = tool.Definition.IsTrue("eager_input_streaming"u8),
        };
    }

    private RootSchema.Outcome Sanitise(JsonElement schema)
    {
        var outcome = _schema.WriteRoot(schema, _conversion.Options);
        SchemaBytes += _schema.Length;
        return outcome;
    }

    private void WriteDescription(Tool tool, string? note, Utf8JsonWriter writer)
    {
        var text = _conversion.Text;
        text.Clear();
        text.Append("\""u8);
        if (tool.Description is not null) JsonText.Escape(tool.Description, text);
        else text.Append(RawText.Of(tool.Definition, "description"u8));
        if (note is not null)
        {
            if (text.Length > 1) text.Append("\\n\\n"u8);
            JsonText.Escape(note, text);
        }

        WriteExamples(tool.Definition.Member("input_examples"u8), text);
        text.Append("\""u8);
        if (text.Length == 2) return;
        writer.WritePropertyName("description"u8);
        writer.WriteRawValue(text.Written, skipInputValidation: true);
    }

    private static void WriteExamples(JsonElement examples, PooledBuffer to)
    {
        if (!examples.IsArray()) return;
        using var json = new PooledBuffer();
        int count = 0, length = 0;
        foreach (var example in examples.EnumerateArray())
        {
            json.Clear();
            CompactJson.Write(example, json);
            length += Encoding.UTF8.GetCharCount(json.Written);
            if (++count > MostExamples || length > LongestExamples) break;
            if (count == 1) to.Append(to.Length > 1 ? "\\n\\nExample inputs:"u8 : "Example inputs:"u8);
            to.Append("\\n"u8);
            JsonText.Escape(json.Written, to);
        }
    }
}
