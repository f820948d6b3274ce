using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>One function the model may call. The texts are set where the client sent only a type and we know the rest.</summary>
internal sealed record Tool(string Name, JsonElement Definition)
{
    /// <summary>The client's schema of the input; undefined when it sent none.</summary>
    public JsonElement Schema { get; init; } = Definition.Member("input_schema"u8);

    public string? Toolset { get; init; }

    public string? Description { get; init; }

    public string? Parameters { get; init; }

    public bool Deferred { get; init; }

    public string FullName => Toolset is null ? Name : Toolset + "__" + Name;
}
