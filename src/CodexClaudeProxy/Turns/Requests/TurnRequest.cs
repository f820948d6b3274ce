using System.Buffers;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Turns.Answers;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>Makes the backend's request from a client's: a pure function of one front end.</summary>
internal delegate bool TurnConversion(ModelProfile profile, ConversionOptions options, IBufferWriter<byte> body, out TurnContext? context, out ApiError? error);

/// <summary>Writes the body of a search without a model and returns the query; null when the request is more than a search.</summary>
internal delegate string? SearchConversion(TurnContext context, ConversionOptions options, IBufferWriter<byte> body);

/// <summary>One client request as its front end understood it.</summary>
/// <param name="Received">The request's own bytes.</param>
/// <param name="Answer">Makes the client's side of the turn.</param>
internal sealed record TurnRequest(string Model, bool Streamed, ReadOnlyMemory<byte> Received, TurnConversion Convert, Func<IAnswer> Answer)
{
    /// <summary>Headers of the client that the backend shall see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What the client calls its session, and the subagent in it.</summary>
    public string? Session { get; init; }

    public string? Agent { get; init; }

    /// <summary>Betas the client asks for and we have never looked at.</summary>
    public IReadOnlyCollection<string> NewBetas { get; init; } = [];

    public SearchConversion? Search { get; init; }

    /// <summary>The request stands beside the conversation, and a small model does for it; null for any other.</summary>
    public SideCall? Side { get; init; }

    /// <summary>What the answer's tool calls can be judged by; null where a protocol has nothing of the kind.</summary>
    public Func<CheckInput?>? CheckInput { get; init; }

    /// <summary>Gives the request's memory back. Nothing of the request is read or converted afterwards.</summary>
    public Action? Forget { get; init; }

    /// <summary>The client wants the backend's own words, so no other upstream can serve it.</summary>
    public bool CodexOnly { get; init; }
}
