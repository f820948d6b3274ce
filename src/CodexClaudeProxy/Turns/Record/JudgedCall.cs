using CodexClaudeProxy.Protocol.AutoMode;

namespace CodexClaudeProxy.Turns.Record;

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
