using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>What all parts of one conversion share: the request, the decisions taken so far, scratch space, and what is found on the way.</summary>
internal sealed class Conversion : IDisposable
{
    private const int MostUnknown = 32;
    private const int LongestUnknown = 64;

    private readonly HashSet<string> _unknown = [];

    public Conversion(MessagesRequest request, ModelProfile profile, ConversionOptions options)
    {
        Root = request.Root;
        Profile = profile;
        Options = options;
        foreach (var name in RequestRules.UnknownMembers(Root)) NoteUnknown(name);
        Index = ConversationIndex.Build(Root.GetProperty("messages"u8));
        Effort = EffortChoice.Resolve(Root, Index, profile, options);
    }

    public JsonElement Root { get; }

    public ModelProfile Profile { get; }

    public ConversionOptions Options { get; }

    public ConversationIndex Index { get; }

    public Effort Effort { get; }

    public ToolNames Names { get; } = new();

    /// <summary>The request's web search, or null.</summary>
    public WebSearchFacts? Search { get; set; }

    /// <summary>The request goes out in the lite shape.</summary>
    public bool Lite { get; set; }

    public ContentParts Parts { get; } = new();

    /// <summary>Scratch space for one string at a time.</summary>
    public PooledBuffer Text { get; } = new();

    /// <summary>Reasoning items that wait for what they led to.</summary>
    public PooledBuffer Reasoning { get; } = new();

    public List<string> ReasoningHashes { get; } = [];

    public IReadOnlyList<string> Unknown => [.. _unknown];

    /// <summary>How many documents were met so far: the number in the name of one without a title.</summary>
    public int Documents { get; set; }

    /// <summary>The backend has refused this member for the model before.</summary>
    public bool Refuses(string member) => Options.Refused.Count > 0 && Options.Refused.Contains(member);

    public void NoteUnknown(JsonElement block) => NoteUnknown(block.Text("type"u8) ?? "block without type");

    /// <summary>Counts a name for the drift statistics; those must not become a place to put text.</summary>
    public void NoteUnknown(string name)
    {
        if (_unknown.Count < MostUnknown) _unknown.Add(name.Length <= LongestUnknown ? name : name[..LongestUnknown]);
    }

    public void Dispose()
    {
        Parts.Dispose();
        Text.Dispose();
        Reasoning.Dispose();
    }
}

/// <summary>Where a block stands, in the words of an error message.</summary>
internal readonly record struct BlockPath(int Message, int Block, int Nested = -1)
{
    public override string ToString() =>
        Nested < 0 ? $"messages.{Message}.content.{Block}" : $"messages.{Message}.content.{Block}.content.{Nested}";

    public InvalidRequestException Error(string what) => new($"{this}{what}");
}
