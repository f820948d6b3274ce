using System.Text;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.MessagesToCodex.Search;
using CodexClaudeProxy.Protocol.MessagesToCodex.Tools;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>What is decided about a request before any of it is written: its tools and the choice between them, format, search, and lane.</summary>
internal sealed class RequestPlan : IDisposable
{
    private RequestPlan(RequestTools tools, ToolChoice choice, OutputFormat? format) => (Tools, Choice, Format) = (tools, choice, format);

    public RequestTools Tools { get; }

    public ToolChoice Choice { get; }

    public OutputFormat? Format { get; }

    /// <summary>The hosted search the request wants; null for none.</summary>
    public WebSearchFacts? Search { get; private init; }

    /// <summary>The request wants a search, and its lane cannot carry one.</summary>
    public bool LacksSearch { get; private init; }

    /// <summary>Decides, and sets the conversion's lane.</summary>
    public static RequestPlan Of(Conversion conversion, ConversationIndex index)
    {
        var tools = RequestTools.Resolve(conversion, index.Mentions);
        var choice = ToolChoice.Resolve(conversion.Root, tools);
        var format = OutputFormat.Resolve(conversion.Root, conversion.Options);
        try
        {
            var search = tools.WebSearch.Exists() ? WebSearch.Facts(tools.WebSearch, tools.WebSearchIndex, choice.ForcedSearch) : null;
            conversion.Lite = ChooseLane(conversion, choice, format, search);
            return new RequestPlan(tools, choice, format) { Search = search, LacksSearch = conversion.Lite && search is not null };
        }
        catch
        {
            format?.Dispose();
            throw;
        }
    }

    /// <summary>The system prompt with what tools and format add to it.</summary>
    public void WriteInstructions(Conversion conversion, PooledBuffer to)
    {
        SystemText.Write(conversion.Root.Member("system"u8), to);
        if (!LacksSearch && Search?.MaxUses is { } uses) SystemText.Append(Encoding.ASCII.GetBytes($"Perform at most {uses} web searches."), to);
        if (Format is { Strict: false }) SystemText.Append("Respond only with JSON that matches the provided schema."u8, to);
    }

    public void Dispose() => Format?.Dispose();

    /// <summary>The lite lane knows no hosted tools, no forced choice and no format; a request that needs one starts in the full lane.</summary>
    private static bool ChooseLane(Conversion conversion, ToolChoice choice, OutputFormat? format, WebSearchFacts? search) =>
        conversion.Options.Lite ?? (conversion.Profile.Lite && search is null && format is null && choice.How == ToolChoice.Mode.Auto);
}
