using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The tools of the request: functions in the shape the backend takes, and the hosted ones it has.</summary>
internal sealed class PassThroughTools : IDisposable
{
    private readonly Conversion _conversion;
    private readonly List<(string Type, JsonElement Tool)> _tools = [];
    private readonly WrittenSchema _schema = new();

    private PassThroughTools(Conversion conversion) => _conversion = conversion;

    public bool Any => _tools.Count > 0;

    /// <summary>There are hosted tools, which the lite lane does not have.</summary>
    public bool NeedFullLane => _tools.Exists(static tool => IsHosted(tool.Type));

    /// <summary>Leaves out what only the full lane has.</summary>
    /// <returns>What was left out, by type.</returns>
    public IReadOnlyList<string> DropHosted()
    {
        string[] dropped = [.. _tools.Where(static tool => IsHosted(tool.Type)).Select(static tool => tool.Type).Distinct()];
        _tools.RemoveAll(static tool => IsHosted(tool.Type));
        return dropped;
    }

    public static PassThroughTools Resolve(Conversion conversion)
    {
        var tools = new PassThroughTools(conversion);
        var list = conversion.Root.Member("tools"u8);
        if (!list.Exists()) return tools;
        if (!list.IsArray()) throw PassThroughRequest.Refused("Invalid type for 'tools': expected an array of objects.", "tools", "invalid_type");
        var index = 0;
        foreach (var tool in list.EnumerateArray()) tools.Add(tool, index++);
        return tools;
    }

    public void Dispose() => _schema.Dispose();

    /// <summary>Writes the definitions as an array.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var (type, tool) in _tools)
        {
            if (type == "function") WriteFunction(tool, writer);
            else Copy(tool, type, writer);
        }

        writer.WriteEndArray();
    }

    public void WriteChoice(JsonElement choice, Utf8JsonWriter writer)
    {
        if (_conversion.Lite) writer.WriteString("tool_choice"u8, "auto"u8);
        else if (choice.IsString()) writer.WriteString("tool_choice"u8, choice.GetString());
        else if (choice.IsObject() && _conversion.Refuses("tool_choice")) writer.WriteString("tool_choice"u8, "required"u8);
        else if (choice.IsObject())
        {
            writer.WritePropertyName("tool_choice"u8);
            WriteChoiceObject(choice, writer);
        }
    }

    private void Add(JsonElement tool, int index)
    {
        var type = tool.Text("type"u8) ?? throw PassThroughRequest.Refused($"Missing required parameter: 'tools[{index}].type'.", $"tools[{index}].type", "missing_required_parameter");
        if (type is "file_search" or "code_interpreter" or "mcp" || type.StartsWith("computer", StringComparison.Ordinal))
            throw PassThroughRequest.Refused($"tools[{index}].type: '{type}' is not supported by this server", $"tools[{index}].type", "unsupported_parameter");
        if (IsSearch(type)) type = "web_search";

        // Some clients send functions in the nested form of Chat Completions.
        var definition = type == "function" && tool.Member("function"u8).IsObject() ? tool.Member("function"u8) : tool;
        if (type is "function" or "custom")
        {
            if (definition.Text("name"u8) is not { Length: > 0 } name)
                throw PassThroughRequest.Refused($"Missing required parameter: 'tools[{index}].name'.", $"tools[{index}].name", "missing_required_parameter");
            _conversion.Names.Add(name);
        }

        _tools.Add((type, definition));
    }

    private void WriteFunction(JsonElement tool, Utf8JsonWriter writer)
    {
        var note = Sanitise(tool.Member("parameters"u8));
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteString("name"u8, _conversion.Names.Upstream(tool.Text("name"u8)!));
        var description = tool.Text("description"u8);
        if (note is not null) description = string.IsNullOrEmpty(description) ? note : description + "\n\n" + note;
        if (description is not null) writer.WriteString("description"u8, description);
        writer.WritePropertyName("parameters"u8);
        writer.WriteRawValue(_schema.Written, skipInputValidation: true);
        // Absent it means strict in this API, so that is what it stays, unless the backend would refuse the schema.
        var strict = tool.Member("strict"u8);
        writer.WriteBoolean("strict"u8, strict.Exists() && !_schema.IsReduced ? strict.ValueKind == JsonValueKind.True : strict.ValueKind != JsonValueKind.False && _schema.FitsStrictMode);
        writer.WriteEndObject();
    }

    /// <returns>What the schema no longer says.</returns>
    private string? Sanitise(JsonElement schema)
    {
        var outcome = _schema.WriteRoot(schema, _conversion.Options);
        if (!outcome.Wrapped) return outcome.Note;

        // What is relayed is not unwrapped, so the backend shall see the schema as it is and say what it thinks of it.
        _schema.Write(schema, _conversion.Options);
        return null;
    }

    private void Copy(JsonElement tool, string type, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        // Without it the search sees stored pages only, often none.
        if (type == "web_search" && !tool.Member("external_web_access"u8).Exists()) writer.WriteBoolean("external_web_access"u8, true);
        foreach (var member in tool.EnumerateObject())
        {
            if (member.NameEquals("type"u8) || member.Value.ValueKind == JsonValueKind.Null) continue;
            writer.WritePropertyName(member.Name);
            if (type == "custom" && member.NameEquals("name"u8)) writer.WriteStringValue(_conversion.Names.Upstream(member.Value.GetString()!));
            else RawJson.Write(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private void WriteChoiceObject(JsonElement choice, Utf8JsonWriter writer)
    {
        var type = choice.Text("type"u8);
        if (type == "allowed_tools" && choice.Member("tools"u8).IsArray())
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteString("mode"u8, choice.Text("mode"u8) ?? "auto");
            writer.WriteStartArray("tools"u8);
            foreach (var tool in choice.Member("tools"u8).EnumerateArray()) WriteNamed(tool, writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else if (type is not null && IsSearch(type))
        {
            // A hosted tool cannot be forced by its own name.
            writer.WriteRawValue("""{"type":"allowed_tools","mode":"required","tools":[{"type":"web_search"}]}"""u8, skipInputValidation: true);
        }
        else
        {
            WriteNamed(choice, writer);
        }
    }

    private void WriteNamed(JsonElement choice, Utf8JsonWriter writer)
    {
        var type = choice.Text("type"u8);
        var name = choice.Text("name"u8) ?? choice.Member("function"u8).Text("name"u8);
        if (type is not ("function" or "custom") || name is null)
        {
            RawJson.Write(choice, writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("name"u8, _conversion.Names.Upstream(name));
        writer.WriteEndObject();
    }

    private static bool IsHosted(string type) => type is not ("function" or "custom" or "namespace" or "tool_search");

    private static bool IsSearch(string type) => type.StartsWith("web_search", StringComparison.Ordinal);
}
