namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>One finished tool call of an answer.</summary>
/// <param name="Id">As the client knows it, the inside of a JSON string.</param>
/// <param name="Tool">The client's name of the tool.</param>
/// <param name="Input">The whole input, a JSON object in UTF-8.</param>
public sealed record AnsweredCall(byte[] Id, string Tool, byte[] Input);

/// <summary>
/// The tool calls of one answer while it comes, for whoever judges them. The converter fills it in and holds the end of the
/// answer back until <see cref="Verdicts"/> are there.
/// </summary>
public sealed class AnsweredCalls
{
    private readonly List<AnsweredCall> _complete = [];
    private readonly List<CallVerdict> _truncated = [];

    /// <summary>The calls whose input is whole, in their order.</summary>
    public IReadOnlyList<AnsweredCall> Complete => _complete;

    /// <summary>A call, or a thought that may lead to one, is still coming.</summary>
    public bool MoreMayCome { get; internal set; }

    /// <summary>The answer is complete but for its end, which waits to be written with the verdicts.</summary>
    public bool IsHeld { get; internal set; }

    /// <summary>What was found out. Calls that are not in it are left to the client.</summary>
    public IReadOnlyList<CallVerdict> Verdicts { get; set; } = [];

    internal void Add(AnsweredCall call) => _complete.Add(call);

    internal void AddTruncated(byte[] id) => _truncated.Add(new CallVerdict(id, CallOutcome.Truncated));

    internal IReadOnlyList<CallVerdict> AllVerdicts() => [.. Verdicts, .. _truncated];
}
