using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>
/// Takes the events of one upstream response and makes the client's answer of them. Everything that can still be answered
/// with an HTTP status or tried again is left to the caller: until <see cref="HasBegun"/> nothing has been written.
/// </summary>
public interface IEventConverter : IDisposable
{
    /// <summary>The answer has begun: its first bytes belong to the client.</summary>
    bool HasBegun { get; }

    /// <summary>Blocks opened so far. Without any, even a begun answer can be tried again.</summary>
    int BlockCount { get; }

    /// <summary>The turn is over, one way or the other; further events are ignored.</summary>
    bool IsEnded { get; }

    /// <summary>The backend announced an error and ought to say no more: not worth a long wait.</summary>
    bool HasErrorEvent { get; }

    /// <summary>Grows with every event that brings the turn forward: a backend that only says that it is alive leaves it as it is.</summary>
    int Progress { get; }

    /// <summary>Why the turn failed. The caller decides what the client sees of it.</summary>
    CodexFailure? Failure { get; }

    /// <summary>How the turn ended when it did not fail.</summary>
    TurnEnd? Outcome { get; }

    /// <summary>The newest quota the stream told of.</summary>
    RateLimits? RateLimits { get; }

    /// <summary>The model sends <c>phase</c> and wants it back.</summary>
    bool SawPhase { get; }

    /// <summary>Repairs of tool arguments that were needed, as <c>tool: repair</c>.</summary>
    IReadOnlyList<string> Repairs { get; }

    /// <summary>Names of events and items that are new to us, each once.</summary>
    IReadOnlyList<string> Unknown => [];

    /// <summary>The answer's tool calls, where they are to be judged before the client may run them; else null.</summary>
    AnsweredCalls? Calls => null;

    /// <summary>Takes one event, a JSON object. Anything else is skipped.</summary>
    void Handle(ReadOnlySpan<byte> json);

    /// <summary>The upstream stream is over. <paramref name="cause"/> says why when the connection broke.</summary>
    void EndOfStream(CodexFailure? cause = null);

    /// <summary>Begins the answer before there is any of it, so that the client sees a sign of life.</summary>
    void Begin();

    /// <summary>Shows the client that the turn is alive.</summary>
    void KeepAlive();

    /// <summary>
    /// Writes the end that was held back: of an answer that was empty, so that it could be tried again, or of one whose calls were to be
    /// judged first.
    /// </summary>
    void Conclude();

    /// <summary>The backend refused by policy, before any event. Whether that is an answer or a failure is the protocol's affair.</summary>
    void Refuse(CodexFailure failure);
}
