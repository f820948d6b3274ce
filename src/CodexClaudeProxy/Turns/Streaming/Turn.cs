using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>One turn on its way: the request made ready for the backend, the client's answer, and what is put on record.</summary>
internal sealed record Turn(Preparation Preparation, IAnswer Answer, TurnRecord Record);
