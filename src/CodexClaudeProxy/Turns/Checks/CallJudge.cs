using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Turns.Checks;

/// <summary>
/// Judges the calls of one answer: what the client decides by itself is left to it, what was judged before is remembered, and a small
/// model is asked about the rest in one request.
/// </summary>
internal sealed class CallJudge(VerdictMemory verdicts, SideQuestion ask)
{
    /// <summary>What stands in the request log where other requests have their path; also the name of a cache of its own.</summary>
    public const string Path = "auto-mode-check";

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
        CheckRequest.Write(input, Path, calls, request);
        SideReply reply = await ask(SideCall.Check, request.WrittenMemory, origin, cancellation);
        if (reply.Error is not null) return [.. calls.Select(static call => JudgedCall.Left(call, CheckStep.Failed))];

        IReadOnlyList<CallJudgement> judgements = CheckReply.Read(reply.Whole ?? "", input, calls.Count);
        return [.. calls.Select((call, i) =>
        {
            verdicts.Keep(input.KeyOf(call), judgements[i]);
            return new JudgedCall(call, judgements[i].Outcome is null ? CheckStep.Doubtful : CheckStep.Judged, judgements[i]);
        })];
    }
}
