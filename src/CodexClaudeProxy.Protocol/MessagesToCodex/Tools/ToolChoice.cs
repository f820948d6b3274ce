using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Search;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>Whether the model may, must or must not call a tool.</summary>
internal sealed record ToolChoice
{
    public enum Mode { Auto, Required, None }

    public Mode How { get; private init; }

    /// <summary>The one function the model must call.</summary>
    public Tool? Forced { get; private init; }

    /// <summary>The request is nothing but a web search.</summary>
    public bool ForcedSearch { get; private init; }

    /// <summary>At most one call per answer.</summary>
    public bool Serial { get; private init; }

    public static ToolChoice Resolve(JsonElement root, RequestTools tools)
    {
        var choice = root.Member("tool_choice"u8);
        var how = choice.IsString() ? choice.GetString() : choice.Exists() ? choice.Text("type"u8) : "auto";
        var serial = choice.IsTrue("disable_parallel_tool_use"u8);
        var nothingButSearch = tools.WebSearch.Exists() && tools.Functions.Count == 0;
        switch (how)
        {
            case "auto":
                return new ToolChoice { Serial = serial, ForcedSearch = nothingButSearch && WebSearch.IsSearchCall(root) };
            case "none":
                return new ToolChoice { How = Mode.None };
            case "any" or "required":
                if (tools.Functions.Count == 0 && !tools.WebSearch.Exists()) throw new InvalidRequestException("tool_choice: no tools were provided");
                return new ToolChoice { How = Mode.Required, Serial = serial, ForcedSearch = nothingButSearch };
            case "tool":
                return Named(choice, tools) with { Serial = serial };
            default:
                throw new InvalidRequestException("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
        }
    }

    private static ToolChoice Named(JsonElement choice, RequestTools tools)
    {
        var name = choice.Text("name"u8);
        if (string.IsNullOrEmpty(name)) throw new InvalidRequestException("tool_choice.name: Field required");
        tools.RefuseDropped(name);
        if (tools.WebSearch.Exists() && name == (tools.WebSearch.Text("name"u8) ?? "web_search"))
            return new ToolChoice { How = Mode.Required, ForcedSearch = true };
        if (tools.Functions.Count == 0 && !tools.WebSearch.Exists()) throw new InvalidRequestException("tool_choice: no tools were provided");
        var toolset = choice.Text("toolset_name"u8);
        var tool = tools.Find(toolset is null ? name : toolset + "__" + name);
        return tool is not null
            ? new ToolChoice { How = Mode.Required, Forced = tool }
            : throw new InvalidRequestException($"tool_choice.name: tool '{name}' not found in provided tools");
    }
}
