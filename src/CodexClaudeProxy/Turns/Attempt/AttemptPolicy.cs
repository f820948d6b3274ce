using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>What to do after a failed attempt.</summary>
internal enum NextStep
{
    /// <summary>Tell the client.</summary>
    GiveUp,

    /// <summary>The same account again, after a wait.</summary>
    Again,

    /// <summary>The same account with a newer token.</summary>
    Renew,

    /// <summary>Another account.</summary>
    NextAccount,

    /// <summary>The same account with a request that leaves out what was refused.</summary>
    Adapt,
}

/// <param name="Wait">Before the next attempt.</param>
internal readonly record struct Decision(NextStep Step, TimeSpan Wait = default);

/// <summary>
/// Decides about one turn's failures, as long as the client has seen nothing of the answer. Each remedy has a small budget,
/// so that a turn always ends; the client retries too. A fault of the request never moves or punishes an account.
/// </summary>
/// <param name="isModelKnown">Some account's catalogue holds the model, so that it is worth looking for the account that has it. A mistyped name is asked for twice at most.</param>
internal sealed partial class AttemptPolicy(bool isModelKnown)
{
    private const int MostAskedForModel = 8;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private int _retries = 2;
    private int _waits = 1;
    private int _hops = 1;
    private int _adaptions = 3;
    private int _schemas = 4;
    private int _elsewhere = isModelKnown ? MostAskedForModel - 1 : 1;
    private bool _renewed;
    private bool _withoutCompression;
    private bool _withoutReasoning;
    private bool _otherLane;

    /// <summary>Another account begins with a fresh token budget of its own, with the usual lane, and perhaps at another host.</summary>
    public void AccountChanged() => _renewed = _otherLane = _withoutCompression = false;

    /// <summary>The account does not have the model: plans differ, so the next one may.</summary>
    public Decision AfterMissingModel() => _elsewhere-- > 0 ? new(NextStep.NextAccount) : new(NextStep.GiveUp);

    public Decision After(CodexFailure failure) => failure.Kind switch
    {
        CodexFailureKind.Unauthorized => _renewed ? new(NextStep.NextAccount) : Renew(),
        CodexFailureKind.SignInNeeded or CodexFailureKind.Deactivated => new(NextStep.NextAccount),
        CodexFailureKind.UsageLimit or CodexFailureKind.QuotaSpent or CodexFailureKind.PlanExcludesCodex => new(NextStep.NextAccount),
        // Its connections are the account's own, and trying them again may take half a minute each time.
        CodexFailureKind.AccountProxy => new(NextStep.NextAccount),
        CodexFailureKind.Forbidden => Hop(),
        CodexFailureKind.RateLimited => AfterRateLimit(failure),
        CodexFailureKind.Overloaded or CodexFailureKind.ServerError or CodexFailureKind.Unreachable or CodexFailureKind.StreamEnded
            => Retry(failure) ?? Hop(),
        // Without a status it is our own patience that has ended, and the client's is no longer.
        CodexFailureKind.TimedOut when failure.Status != 0 => Retry(failure) ?? Hop(),
        // A slip of the model, which is the same everywhere.
        CodexFailureKind.InvalidToolArguments => Retry(failure) ?? new(NextStep.GiveUp),
        CodexFailureKind.BodyUnreadable => Once(ref _withoutCompression),
        CodexFailureKind.ReasoningUnreadable => Once(ref _withoutReasoning),
        CodexFailureKind.InvalidToolSchema or CodexFailureKind.InvalidFormatSchema => _schemas-- > 0 ? new(NextStep.Adapt) : new(NextStep.GiveUp),
        CodexFailureKind.UnsupportedParameter => _adaptions-- > 0 && RefusedMember(failure) is not null ? new(NextStep.Adapt) : new(NextStep.GiveUp),
        CodexFailureKind.ModelNotFound => _otherLane ? AfterMissingModel() : Once(ref _otherLane),
        CodexFailureKind.InvalidRequest when IsLiteRefusal(failure) => Once(ref _otherLane),
        CodexFailureKind.InvalidRequest when RefusedMember(failure) is not null || RefusedEffort(failure) is not null =>
            _adaptions-- > 0 ? new(NextStep.Adapt) : new(NextStep.GiveUp),
        _ => new(NextStep.GiveUp),
    };

    /// <summary>The member named by <c>Unsupported parameter: X</c>, or by the words for one of those that have a way around.</summary>
    public static string? RefusedMember(CodexFailure failure)
    {
        if (failure.Text is not { } text) return null;
        if (UnsupportedParameter().Match(text) is { Success: true } match) return match.Groups["name"].Value;
        if (text.Contains("Instructions are not valid", StringComparison.OrdinalIgnoreCase)) return "instructions";
        if (text.Contains("web_search_call.action.sources", StringComparison.Ordinal)) return "include";
        if (text.Contains("file_url", StringComparison.Ordinal)) return "file_url";
        return text.Contains("tool_choice", StringComparison.Ordinal) ? "tool_choice" : null;
    }

    /// <summary>The effort the model turned out not to have.</summary>
    public static Effort? RefusedEffort(CodexFailure failure) =>
        failure.Text is { } text && UnsupportedValue().Match(text) is { Success: true } match && Efforts.TryParse(match.Groups["value"].Value, out Effort effort) ? effort : null;

    private static bool IsLiteRefusal(CodexFailure failure) =>
        failure.Text is { } text && (text.Contains("Responses-Lite", StringComparison.OrdinalIgnoreCase) || text.Contains("only supports function tools", StringComparison.OrdinalIgnoreCase));

    private Decision Renew()
    {
        _renewed = true;
        return new(NextStep.Renew);
    }

    // A limit per minute is not a spent quota: a short wait, then at most one other account, whose cache is cold.
    private Decision AfterRateLimit(CodexFailure failure)
    {
        if (failure.RetryAfter is { } wait && wait <= LongestWait && _waits-- > 0) return new(NextStep.Again, wait);
        return Hop();
    }

    private Decision Hop() => _hops-- > 0 ? new(NextStep.NextAccount) : new(NextStep.GiveUp);

    private Decision? Retry(CodexFailure failure)
    {
        if (_retries-- <= 0) return null;
        TimeSpan pause = failure.RetryAfter ?? FirstPause * Math.Pow(4, 1 - _retries);
        return pause <= LongestWait ? new(NextStep.Again, pause) : null;
    }

    private static Decision Once(ref bool used)
    {
        if (used) return new(NextStep.GiveUp);
        used = true;
        return new(NextStep.Adapt);
    }

    [GeneratedRegex(@"Unsupported value: '?(?<value>[a-z]{1,16})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex UnsupportedValue();

    [GeneratedRegex(@"Unsupported parameter: '?(?<name>[\w.\[\]]{1,64})'?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex UnsupportedParameter();
}
