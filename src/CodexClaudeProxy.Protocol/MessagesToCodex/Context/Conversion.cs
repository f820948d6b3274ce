using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

/// <summary>What all parts of one conversion share: the request, the decisions taken so far, scratch space, and what is found on the way.</summary>
internal sealed class Conversion : IDisposable
{
    private readonly HashSet<string> _unknown = [];

    /// <param name="root">The client's request, in the words of its protocol.</param>
    public Conversion(JsonElement root, ModelProfile profile, ConversionOptions options)
    {
        Root = root;
        Profile = profile;
        Options = options;
        RemoteImages = new RemoteImages(options);
    }

    public JsonElement Root { get; }

    public ModelProfile Profile { get; }

    public ConversionOptions Options { get; }

    public required Effort Effort { get; init; }

    public ToolNames Names { get; } = new();

    /// <summary>The request goes out in the lite shape.</summary>
    public bool Lite { get; set; }

    public ContentParts Parts { get; } = new();

    /// <summary>Scratch space for one string at a time.</summary>
    public PooledBuffer Text { get; } = new();

    /// <summary>Reasoning items that wait for what they led to.</summary>
    public PooledBuffer Reasoning { get; } = new();

    public List<string> ReasoningHashes { get; } = [];

    /// <summary>Under which reasoning is remembered; known before the input is written.</summary>
    public string ConversationId { get; set; } = "";

    public RemoteImages RemoteImages { get; }

    public IReadOnlyList<string> Unknown => [.. _unknown];

    /// <summary>How many documents were met so far: the number in the name of one without a title.</summary>
    public int Documents { get; set; }

    /// <summary>The backend has refused this member for the model before.</summary>
    public bool Refuses(string member) => Options.Refused.Count > 0 && Options.Refused.Contains(member);

    public void NoteUnknown(JsonElement block) => _unknown.Add(block.Text("type"u8) ?? "block without type");

    public void NoteUnknown(string name) => _unknown.Add(name);

    public void Dispose()
    {
        Parts.Dispose();
        Text.Dispose();
        Reasoning.Dispose();
    }
}
