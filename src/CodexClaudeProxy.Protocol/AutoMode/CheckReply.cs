using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>What the model said about one call, as far as it is beyond doubt.</summary>
/// <param name="Outcome">Null when it was unsure, or what it said does not fit together: then the call is left to the client.</param>
/// <param name="Rule">The rule that decided, in the words of the schema.</param>
public sealed record CallJudgement(CallOutcome? Outcome, string? Rule, string? Explanation)
{
    /// <summary>Nothing that could be used.</summary>
    public static readonly CallJudgement Doubtful = new(null, null, null);

    /// <summary>
    /// The rule as the client is told: only entries of these two lists are known to it, each with its own outcome.
    /// </summary>
    public string? CitedRule => (Outcome, Rule) switch
    {
        (CallOutcome.NotFlagged, { } rule) when rule.StartsWith("auto_mode.allow.", StringComparison.Ordinal) => rule,
        (CallOutcome.Flagged, { } rule) when rule.StartsWith("auto_mode.soft_deny.", StringComparison.Ordinal) => rule,
        _ => null,
    };
}

/// <summary>Reads the model's answer. A verdict whose rule says something else counts as none.</summary>
public static class CheckReply
{
    private const int LongestExplanation = 400;

    /// <param name="text">What the model answered.</param>
    /// <param name="calls">How many calls it was asked about.</param>
    /// <returns>One for each call.</returns>
    public static IReadOnlyList<CallJudgement> Read(string text, CheckInput input, int calls)
    {
        var judgements = Enumerable.Repeat(CallJudgement.Doubtful, calls).ToArray();
        try
        {
            using var reply = JsonDocument.Parse(text, JsonDepth.Document);
            if (!reply.RootElement.IsObject()) return judgements;
            HashSet<string> rules = [.. CheckRequest.RuleNames(input.Context)];
            HashSet<int> seen = [];
            foreach (var member in reply.RootElement.EnumerateObject())
            {
                if (!int.TryParse(member.Name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) || index >= calls) continue;
                // Of two answers about one call neither counts.
                judgements[index] = seen.Add(index) ? Of(member.Value, rules) : CallJudgement.Doubtful;
            }
        }
        catch (JsonException)
        {
            Array.Fill(judgements, CallJudgement.Doubtful);
        }

        return judgements;
    }

    private static CallJudgement Of(JsonElement answer, HashSet<string> rules)
    {
        if (answer.Text("rule"u8) is not { } rule || !rules.Contains(rule)) return CallJudgement.Doubtful;
        var explanation = Plain(answer.Text("explanation"u8) ?? "");
        return answer.Text("verdict"u8) switch
        {
            "allow" when Allows(rule) => new CallJudgement(CallOutcome.NotFlagged, rule, null),
            "block" when Blocks(rule) && explanation.Length > 0 => new CallJudgement(CallOutcome.Flagged, rule, explanation),
            "unsure" => new CallJudgement(null, rule, null),
            _ => CallJudgement.Doubtful,
        };
    }

    private static bool Allows(string rule) =>
        rule is "none" or "consent" || rule.StartsWith('A') || rule.StartsWith("auto_mode.allow.", StringComparison.Ordinal);

    private static bool Blocks(string rule) =>
        rule.StartsWith('H') || rule.StartsWith('S') || rule.StartsWith("rules.", StringComparison.Ordinal)
        || rule.StartsWith("auto_mode.soft_deny.", StringComparison.Ordinal) || rule.StartsWith("auto_mode.hard_deny.", StringComparison.Ordinal);

    /// <summary>One line without secrets. A name in brackets at its start would be shown as that of a rule.</summary>
    private static string Plain(string text)
    {
        var line = string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).Trim().TrimStart('[');
        line = ErrorText.Clean(line);
        if (line.Length <= LongestExplanation) return line;
        return line[..(char.IsHighSurrogate(line[LongestExplanation - 1]) ? LongestExplanation - 1 : LongestExplanation)] + "…";
    }
}
