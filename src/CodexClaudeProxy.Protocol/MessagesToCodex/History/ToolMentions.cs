using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>What the conversation says about tools: which were loaded or called, in which order, and which were withdrawn.</summary>
internal sealed class ToolMentions
{
    private readonly Dictionary<string, int> _order = [];
    private readonly HashSet<string> _removed = [];
    private readonly HashSet<ClientToolName> _called = [];
    private int _mentioned;

    /// <summary>Tools that were defined in the middle of the conversation.</summary>
    public List<JsonElement> Definitions { get; } = [];

    /// <summary>The names of all calls: they need a name upstream, also when the tool is gone.</summary>
    public IReadOnlyCollection<ClientToolName> Called => _called;

    public bool IsRemoved(string name) => _removed.Contains(name);

    /// <summary>The place of the tool among those that were mentioned, or null.</summary>
    public int? OrderOf(string name) => _order.TryGetValue(name, out var order) ? order : null;

    public void Call(string name, string? toolset)
    {
        if (!_called.Add(new ClientToolName(name, toolset))) return;
        Order(toolset is null ? name : toolset + "__" + name);
    }

    public void Read(JsonElement block, BlockType type)
    {
        switch (type)
        {
            case BlockType.ToolReference:
                Load(block.Text("tool_name"u8));
                break;
            case BlockType.ToolSearchResult:
                if (block.Member("content"u8).Member("tool_references"u8) is { ValueKind: JsonValueKind.Array } references)
                    foreach (var reference in references.EnumerateArray()) Load(reference.Text("tool_name"u8));
                break;
            case BlockType.ToolAddition:
                var tool = block.Member("tool"u8);
                if (tool.Member("definition"u8) is { ValueKind: JsonValueKind.Object } definition) Define(definition);
                else Load(tool.Text("name"u8));
                break;
            case BlockType.ToolRemoval:
                if (block.Member("tool"u8).Text("name"u8) is { } name) Remove(name);
                break;
            case BlockType.Compaction:
                if (block.Member("tool_changes"u8) is { ValueKind: JsonValueKind.Array } changes)
                    foreach (var change in changes.EnumerateArray()) Read(change, BlockTypes.TypeOf(change));
                break;
        }
    }

    private void Define(JsonElement definition)
    {
        Definitions.Add(definition);
        Load(definition.Text("name"u8));
    }

    private void Load(string? name)
    {
        if (name is null) return;
        _removed.Remove(name);
        Order(name);
    }

    private void Order(string name)
    {
        // Never a place twice, also when one became free: what comes later must not come in between.
        if (_order.TryAdd(name, _mentioned)) _mentioned++;
    }

    private void Remove(string name)
    {
        _removed.Add(name);
        _order.Remove(name);
    }
}
