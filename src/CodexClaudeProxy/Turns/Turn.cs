namespace CodexClaudeProxy.Turns;

/// <summary>One turn on its way: the request made ready for the backend, the client's answer, and what is put on record.</summary>
internal sealed record Turn(Preparation Preparation, IAnswer Answer, TurnRecord Record);
