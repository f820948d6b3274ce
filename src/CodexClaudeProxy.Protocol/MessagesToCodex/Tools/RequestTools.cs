using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>Sorts the request's tools: functions to send, the hosted search, those that cannot be carried, and those not loaded yet.</summary>
internal sealed class RequestTools
{
    private readonly Conversion _conversion;
    private readonly ToolMentions _mentions;
    private readonly List<Tool> _functions = [];
    private readonly Dictionary<string, JsonElement> _definitions = [];
    private readonly List<(string Name, string Type, int Index)> _dropped = [];
    private int _listed;
    private bool _serverLoads;
    private bool _clientLoads;

    private RequestTools(Conversion conversion, ToolMentions mentions) => (_conversion, _mentions) = (conversion, mentions);

    /// <summary>The functions to send, in the order to send them.</summary>
    public IReadOnlyList<Tool> Functions { get; private set; } = [];

    /// <summary>The web search tool; undefined when there is none.</summary>
    public JsonElement WebSearch { get; private set; }

    public int WebSearchIndex { get; private set; }

    /// <summary>The advisor the model may ask; null when there is none.</summary>
    public AdvisorFacts? Advisor { get; private set; }

    public IReadOnlyList<string> Dropped => _dropped.ConvertAll(static tool => tool.Name);

    public static RequestTools Resolve(Conversion conversion, ToolMentions mentions)
    {
        var tools = new RequestTools(conversion, mentions);
        var list = conversion.Root.Member("tools"u8);
        if (list.Exists() && !list.IsArray()) throw new InvalidRequestException("tools: Input should be a valid list");
        var index = 0;
        if (list.IsArray())
            foreach (var tool in list.EnumerateArray()) tools.Sort(tool, index++);
        tools._listed = tools._functions.Count;
        foreach (var tool in mentions.Definitions)
        {
            if (tool.Text("name"u8) is not { } name || !tools._definitions.ContainsKey(name)) tools.Sort(tool, index++);
        }

        tools.Functions = tools.SelectLoaded();
        foreach (var tool in tools._functions) conversion.Names.Add(tool.Name, tool.Toolset);
        foreach (var (name, toolset) in mentions.Called) conversion.Names.Add(name, toolset);
        return tools;
    }

    /// <summary>The function a client means by this name, whether it is loaded or not.</summary>
    public Tool? Find(string name) =>
        _functions.Find(tool => tool.FullName == name) ?? _functions.Find(tool => tool.Toolset is not null && tool.Name == name);

    /// <summary>Refuses a choice that depends on a tool that was dropped.</summary>
    public void RefuseDropped(string name)
    {
        foreach (var (dropped, type, index) in _dropped)
        {
            if (dropped == name) throw Unsupported(index, type);
        }
    }

    private void Sort(JsonElement tool, int index)
    {
        if (!tool.IsObject()) throw new InvalidRequestException($"tools.{index}: Input should be a valid dictionary");
        var type = tool.Text("type"u8);
        if (type is null or "custom") AddCustom(tool, index);
        else if (Toolsets.MembersOf(type) is { } members) AddToolset(members, tool);
        else if (ClientTools.Find(tool, type) is { } known) AddFunction(known, index);
        else if (_conversion.Options.Advisor && AdvisorTool.IsAdvisor(type)) AddAdvisor(tool, index);
        else if (type.StartsWith("web_search_", StringComparison.Ordinal)) AddWebSearch(tool, index);
        else AddOther(tool, type, index);
    }

    private void AddCustom(JsonElement tool, int index)
    {
        var name = tool.Text("name"u8);
        if (string.IsNullOrEmpty(name)) throw new InvalidRequestException($"tools.{index}.name: Field required");
        if (name.Length > 128) throw new InvalidRequestException($"tools.{index}.name: String should have at most 128 characters");
        var deferred = tool.IsTrue("defer_loading"u8);
        if (deferred && name == "DeferredToolPlaceholder")
        {
            // Claude Code lists a deferred tool only once it may be called; the placeholder says that it does so.
            _clientLoads = true;
            return;
        }

        var schema = tool.Member("input_schema"u8);
        if (schema.Exists() && schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True))
            throw new InvalidRequestException($"tools.{index}.input_schema: Input should be a valid dictionary");
        AddFunction(new Tool(name, tool), index);
    }

    private void AddFunction(Tool tool, int index)
    {
        if (IsRepeated(tool.Name, tool.Definition)) return;
        if (tool.Definition.Member("allowed_callers"u8) is { ValueKind: JsonValueKind.Array } callers &&
            !callers.EnumerateArray().Any(static caller => caller.IsString() && caller.ValueEquals("direct"u8))) return;
        _functions.Add(tool with { Deferred = tool.Definition.IsTrue("defer_loading"u8) });
    }

    private void AddToolset(IEnumerable<Tool> members, JsonElement definition)
    {
        var configs = definition.Member("configs"u8);
        foreach (var member in members)
        {
            var config = configs.IsObject() && configs.TryGetProperty(member.Name, out var found) ? found : default;
            if (config.Member("enabled"u8).ValueKind == JsonValueKind.False || !_definitions.TryAdd(member.FullName, definition)) continue;
            _functions.Add(member with { Definition = definition, Deferred = config.IsTrue("defer_loading"u8) });
        }
    }

    private void AddWebSearch(JsonElement tool, int index)
    {
        if (IsRepeated(tool.Text("name"u8) ?? "web_search", tool)) return;
        (WebSearch, WebSearchIndex) = (tool, index);
    }

    private void AddAdvisor(JsonElement tool, int index)
    {
        Advisor = AdvisorTool.Facts(tool, index);
        AddFunction(AdvisorTool.Function(tool), index);
    }

    private void AddOther(JsonElement tool, string type, int index)
    {
        if (type == "mcp_toolset") throw Unsupported(index, type);
        var searches = type.StartsWith("tool_search_tool_", StringComparison.Ordinal);
        var served = searches || type.StartsWith("web_fetch_", StringComparison.Ordinal) ||
            type.StartsWith("code_execution_", StringComparison.Ordinal) || AdvisorTool.IsAdvisor(type);
        if (!served && tool.Member("input_schema"u8).Exists())
        {
            AddCustom(tool, index);
            return;
        }

        if (!served) _conversion.NoteUnknown(type);
        if (_conversion.Options.StrictServerTools && !searches) throw Unsupported(index, type);
        // The server would have searched, so nobody else can load the deferred tools.
        _serverLoads |= searches;
        _dropped.Add((tool.Text("name"u8) ?? type, type, index));
    }

    private bool IsRepeated(string name, JsonElement definition)
    {
        if (_definitions.TryAdd(name, definition)) return false;
        var first = _definitions[name];
        return Same("type"u8) && Same("description"u8) && Same("input_schema"u8)
            ? true
            : throw new InvalidRequestException("tools: Tool names must be unique.");

        bool Same(ReadOnlySpan<byte> member)
        {
            JsonElement one = first.Member(member), other = definition.Member(member);
            return one.Exists() == other.Exists() && (!one.Exists() || JsonElement.DeepEquals(one, other));
        }
    }

    /// <summary>
    /// The tools of the request in its own order, then the deferred ones and those defined in the conversation in the order they
    /// were loaded: so the list only grows at its end, and what the backend has cached stays valid.
    /// </summary>
    private List<Tool> SelectLoaded()
    {
        var chosen = _conversion.Root.Member("tool_choice"u8).Text("name"u8);
        var loaded = new List<Tool>(_functions.Count);
        var late = new List<(Tool Tool, int Order)>();
        for (var at = 0; at < _functions.Count; at++)
        {
            var tool = _functions[at];
            var isChosen = chosen is not null && (tool.FullName == chosen || tool.Name == chosen);
            if (_mentions.IsRemoved(tool.Name) && !isChosen) continue;
            var isListed = at < _listed && !tool.Deferred;
            if (isListed || _serverLoads) loaded.Add(tool);
            else if ((_mentions.OrderOf(tool.FullName) ?? _mentions.OrderOf(tool.Name)) is { } order) late.Add((tool, order));
            else if (_clientLoads || isChosen || !tool.Deferred) late.Add((tool, int.MaxValue));
        }

        loaded.AddRange(late.OrderBy(static entry => entry.Order).Select(static entry => entry.Tool));
        return loaded;
    }

    private static InvalidRequestException Unsupported(int index, string type) =>
        new($"tools.{index}.type: '{type}' is not supported by this server");
}
