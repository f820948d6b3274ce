using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Tools;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The tools of the request in their order, functions of the old kind among them, and the choice between them.</summary>
internal sealed class ChatTools : IDisposable
{
    /// <param name="Custom">The definition of a free-form tool; undefined for a function.</param>
    private sealed record Entry(string Name, Tool? Function, JsonElement Custom);

    private readonly Conversion _conversion;
    private readonly ToolDefinitions _definitions;
    private readonly List<Entry> _entries = [];

    private ChatTools(Conversion conversion)
    {
        _conversion = conversion;
        _definitions = new ToolDefinitions(conversion);
        Choice = ChatToolChoice.Read(conversion.Root);
    }

    public ChatToolChoice Choice { get; }

    /// <summary>Options of the hosted search; undefined without one.</summary>
    public JsonElement Search => _conversion.Root.Member("web_search_options"u8);

    public bool Any => _entries.Count > 0;

    public IReadOnlyDictionary<string, ToolFacts> Facts => _definitions.Facts;

    public static ChatTools Resolve(Conversion conversion)
    {
        var tools = new ChatTools(conversion);
        tools.Read(conversion.Root.Member("tools"u8));
        if (conversion.Root.Member("functions"u8) is { ValueKind: JsonValueKind.Array } functions)
            foreach (var function in functions.EnumerateArray()) tools.AddFunction(function, "functions");
        foreach (var entry in tools._entries) conversion.Names.Add(entry.Name);
        return tools;
    }

    public void Dispose() => _definitions.Dispose();

    /// <summary>Writes the definitions as an array.</summary>
    public void Write(Utf8JsonWriter writer, bool withSearch)
    {
        // Where the choice cannot name a tool, the list says it: it is the only one.
        var only = _conversion.Lite || _conversion.Refuses("tool_choice") ? Choice.Forced : null;
        writer.WriteStartArray();
        foreach (var entry in _entries)
        {
            if (only is not null && only != entry.Name) continue;
            if (entry.Function is { } function) _definitions.Write(function, writer);
            else WriteCustom(entry, writer);
        }

        if (withSearch) WriteSearch(writer);
        writer.WriteEndArray();
    }

    private void Read(JsonElement tools)
    {
        if (!tools.Exists()) return;
        if (!tools.IsArray()) throw ChatRules.Refused("Invalid type for 'tools': expected an array of objects.", "tools", "invalid_type");
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var path = $"tools[{index++}]";
            switch (tool.Text("type"u8))
            {
                case "function": AddFunction(tool.Member("function"u8), path + ".function"); break;
                case "custom": Add(new Entry(NameOf(tool.Member("custom"u8), path + ".custom"), null, tool.Member("custom"u8))); break;
                case var other:
                    throw ChatRules.Refused($"Invalid value: '{other}'. Supported values are: 'function' and 'custom'.", path + ".type", "invalid_value");
            }
        }
    }

    private void AddFunction(JsonElement function, string path)
    {
        var name = NameOf(function, path);
        var schema = function.Member("parameters"u8);
        if (schema.Exists() && schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True))
            throw ChatRules.Refused($"Invalid type for '{path}.parameters': expected an object.", path + ".parameters", "invalid_type");
        Add(new Entry(name, new Tool(name, function) { Schema = schema }, default));
    }

    private void Add(Entry entry)
    {
        if (!Choice.Allows(entry.Name)) return;
        var known = _entries.Find(known => known.Name == entry.Name);
        if (known is null) _entries.Add(entry);
        else if (!JsonElement.DeepEquals(DefinitionOf(known), DefinitionOf(entry))) throw ChatRules.Refused("tools: Tool names must be unique.", "tools");
    }

    private void WriteCustom(Entry entry, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "custom"u8);
        writer.WriteString("name"u8, _conversion.Names.Upstream(entry.Name));
        if (entry.Custom.Text("description"u8) is { } description) writer.WriteString("description"u8, description);
        writer.WriteStartObject("format"u8);
        var format = entry.Custom.Member("format"u8);
        if (format.Text("type"u8) == "grammar")
        {
            writer.WriteString("type"u8, "grammar"u8);
            // Chat Completions nests the grammar, the Responses API does not; some clients send the flat form to both.
            var grammar = format.Member("grammar"u8).IsObject() ? format.Member("grammar"u8) : format;
            writer.WriteString("syntax"u8, grammar.Text("syntax"u8));
            writer.WriteString("definition"u8, grammar.Text("definition"u8));
        }
        else
        {
            writer.WriteString("type"u8, "text"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteSearch(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search"u8);
        writer.WriteBoolean("external_web_access"u8, true);
        if (Search.Text("search_context_size"u8) is { } size) writer.WriteString("search_context_size"u8, size);
        var location = Search.Member("user_location"u8);
        if (location.IsObject())
        {
            writer.WriteStartObject("user_location"u8);
            writer.WriteString("type"u8, "approximate"u8);
            var place = location.Member("approximate"u8).IsObject() ? location.Member("approximate"u8) : location;
            foreach (var member in place.EnumerateObject())
            {
                if (member.Value.IsString() && !member.NameEquals("type"u8)) writer.WriteString(member.Name, member.Value.GetString());
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static JsonElement DefinitionOf(Entry entry) => entry.Function?.Definition ?? entry.Custom;

    private static string NameOf(JsonElement definition, string path) => definition.Text("name"u8) is { Length: > 0 } name
        ? name
        : throw ChatRules.Refused($"Missing required parameter: '{path}.name'.", path + ".name", "missing_required_parameter");
}
