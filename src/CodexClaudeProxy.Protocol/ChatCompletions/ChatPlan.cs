using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>What is known and decided about a request before any of it is written: tools, format, lane, tier, and how much thinking is shown.</summary>
internal sealed class ChatPlan : IDisposable
{
    public ChatPlan(ChatRequest request, ModelProfile profile, ConversionOptions options)
    {
        var root = request.Root;
        Conversion = new Conversion(root, profile, options) { Effort = ChatReasoning.Resolve(root, profile, options) };
        foreach (var name in ChatRules.UnknownMembers(root)) Conversion.NoteUnknown(name);
        Index = ChatIndex.Build(root.GetProperty("messages"u8));
        Tools = ChatTools.Resolve(Conversion);
        foreach (var name in Index.CalledNames) Conversion.Names.Add(name);
        Format = ChatFormat.Resolve(root, options);
        Conversion.Lite = options.Lite ?? (profile.Lite && !Tools.Search.Exists() && Format is null && Tools.Choice.Mode == "auto");
        Display = ChatReasoning.Display(root, request.Form);
        Tier = Conversion.Refuses("service_tier") ? null : TierOf(root, profile, options);
        Serial = request.Form.LegacyFunctions || root.Member("parallel_tool_calls"u8).ValueKind == JsonValueKind.False;
        Verbosity = VerbosityOf(root, profile);
    }

    public Conversion Conversion { get; }

    public ChatIndex Index { get; }

    public ChatTools Tools { get; }

    public ChatFormat? Format { get; }

    public ThinkingDisplay Display { get; }

    /// <summary>The service tier to ask for; null for the usual one.</summary>
    public string? Tier { get; }

    /// <summary>At most one call per answer.</summary>
    public bool Serial { get; }

    public string? Verbosity { get; }

    /// <summary>The request wants a search, and its lane cannot carry one.</summary>
    public bool LacksSearch => Conversion.Lite && Tools.Search.Exists();

    public void WriteInstructions(PooledBuffer to)
    {
        ChatInput.WriteInstructions(Index, to);
        if (Format is { IsObject: true } && !ChatFormat.SaysJson(Index.Messages)) SystemText.Append("Respond with JSON."u8, to);
    }

    public void Dispose()
    {
        Format?.Dispose();
        Tools.Dispose();
        Conversion.Dispose();
    }

    /// <summary>The wanted tier where the model has it; other words are nothing the backend would take.</summary>
    private static string? TierOf(JsonElement root, ModelProfile profile, ConversionOptions options) => options.FixedFast ? Priority(profile) : root.Text("service_tier"u8) switch
    {
        "priority" or "fast" => Priority(profile),
        "flex" when profile.FlexTier => "flex",
        _ => null,
    };

    private static string? Priority(ModelProfile profile) => profile.PriorityTier ? "priority" : null;

    private static string? VerbosityOf(JsonElement root, ModelProfile profile)
    {
        if (!profile.Verbosity) return null;
        var wanted = root.Text("verbosity"u8);
        return wanted is "low" or "medium" or "high" ? wanted : profile.DefaultVerbosity;
    }
}
