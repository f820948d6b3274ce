using CodexClaudeProxy.Protocol.AutoMode;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>The words for verdicts on tool calls, in the request log and in answers.</summary>
internal static class CheckWords
{
    /// <summary>What the client was told of a call; null when it was told nothing.</summary>
    public static string? Outcome(CallOutcome? outcome) => outcome switch
    {
        CallOutcome.Flagged => "flagged",
        CallOutcome.NotFlagged => "not_flagged",
        _ => null,
    };

    public static string Step(CheckStep step) => step switch
    {
        CheckStep.Judged => "judged",
        CheckStep.Remembered => "remembered",
        CheckStep.Covered => "covered",
        CheckStep.Doubtful => "doubtful",
        CheckStep.TooLong => "too_long",
        CheckStep.NoContext => "no_context",
        CheckStep.Failed => "failed",
        _ => "late",
    };
}
