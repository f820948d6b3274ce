using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Answers;

/// <summary>The client's side of a turn: an event stream, or one document at the end.</summary>
internal interface IAnswer : IDisposable
{
    /// <summary>Makes what turns one attempt's events into this answer. Another attempt may go on with what the last one began.</summary>
    IEventConverter Convert(TurnContext context, TimeProvider time);

    /// <summary>The client has the beginning of the answer: no status can be chosen any more.</summary>
    bool IsCommitted { get; }

    /// <summary>Something was written that the client has not been sent.</summary>
    bool HasUnsent { get; }

    /// <summary>The backend has answered, and its headers may concern the client.</summary>
    void NoteHeaders(HttpResponseMessage response);

    /// <summary>Forgets what an attempt wrote, as long as nothing was committed.</summary>
    void Reset();

    /// <summary>Sends what has been written since the last call. The first call chooses the status.</summary>
    /// <param name="limits">The quota to tell the client of, with the first call.</param>
    ValueTask SendAsync(RateLimits? limits, CancellationToken cancellation);

    /// <summary>Ends an answer that has begun with an error.</summary>
    ValueTask FailAsync(ApiError error, CancellationToken cancellation);
}
