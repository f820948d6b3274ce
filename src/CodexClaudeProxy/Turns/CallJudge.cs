using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Turns;

/// <summary>How a verdict on a call, or the lack of one, came about.</summary>
internal enum CheckStep
{
    /// <summary>The model was asked.</summary>
    Judged,

    /// <summary>The same call was judged before, under the same words of the user.</summary>
    Remembered,

    /// <summary>The client decides about such calls by itself.</summary>
    Covered,

    /// <summary>The model was unsure, or its answer did not fit together.</summary>
    Doubtful,

    /// <summary>Too long to be judged as a whole.</summary>
    TooLong,

    /// <summary>The request says nothing to judge by, or in a form that is new to us.</summary>
    NoContext,

    /// <summary>The model could not be asked.</summary>
    Failed,

    /// <summary>The model did not answer in time.</summary>
    Late,
}

/// <summary>What became of one call of an answer.</summary>
internal sealed record JudgedCall(AnsweredCall Call, CheckStep Step, CallJudgement Judgement)
{
    public static JudgedCall Left(AnsweredCall call, CheckStep step) => new(call, step, CallJudgement.Doubtful);
}

/// <summary>
/// Judges the calls of one answer: what the client decides by itself is left to it, what was judged before is remembered, and a small
/// model is asked about the rest in one request.
/// </summary>
internal sealed class CallJudge(VerdictMemory verdicts, SideTurns sides)
{
    /// <summary>Of the calls that are asked about together.</summary>
    private const int LongestTogether = 2 * CheckRequest.LongestCall;

    /// <param name="input">Null when there is nothing to judge by.</param>
    /// <returns>One for each call, in their order.</returns>
    public async Task<IReadOnlyList<JudgedCall>> JudgeAsync(CheckInput? input, IReadOnlyList<AnsweredCall> calls, SideOrigin origin, CancellationToken cancellation)
    {
        if (input is null) return [.. calls.Select(static call => JudgedCall.Left(call, CheckStep.NoContext))];

        JudgedCall?[] judged = Deterministic(input, calls);
        int[] open = [.. Enumerable.Range(0, calls.Count).Where(i => judged[i] is null)];
        if (open.Length > 0)
        {
            IReadOnlyList<JudgedCall> answered = await AskAsync(input, [.. open.Select(i => calls[i])], origin, cancellation);
            for (int i = 0; i < open.Length; i++) judged[open[i]] = answered[i];
        }

        return [.. judged.Select(static one => one!)];
    }

    /// <summary>What needs no model; null for the calls that do.</summary>
    private JudgedCall?[] Deterministic(CheckInput input, IReadOnlyList<AnsweredCall> calls)
    {
        var prefilter = new Prefilter(input.Context);
        int length = 0;
        return [.. calls.Select(call =>
        {
            if (prefilter.Covers(call)) return JudgedCall.Left(call, CheckStep.Covered);
            if (verdicts.Find(input.KeyOf(call)) is { } known) return new JudgedCall(call, CheckStep.Remembered, known);
            if (call.Input.Length > CheckRequest.LongestCall || length + call.Input.Length > LongestTogether) return JudgedCall.Left(call, CheckStep.TooLong);
            length += call.Input.Length;
            return null;
        })];
    }

    private async Task<IReadOnlyList<JudgedCall>> AskAsync(CheckInput input, IReadOnlyList<AnsweredCall> calls, SideOrigin origin, CancellationToken cancellation)
    {
        using var request = new PooledBuffer();
        CheckRequest.Write(input, SideTurns.CheckPath, calls, request);
        SideReply reply = await sides.AskAsync(SideCall.Check, request.WrittenMemory, origin, cancellation);
        if (reply.Error is not null) return [.. calls.Select(static call => JudgedCall.Left(call, CheckStep.Failed))];

        IReadOnlyList<CallJudgement> judgements = CheckReply.Read(reply.Whole ?? "", input, calls.Count);
        return [.. calls.Select((call, i) =>
        {
            verdicts.Keep(input.KeyOf(call), judgements[i]);
            return new JudgedCall(call, judgements[i].Outcome is null ? CheckStep.Doubtful : CheckStep.Judged, judgements[i]);
        })];
    }
}
