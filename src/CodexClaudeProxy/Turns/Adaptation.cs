using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Turns;

/// <summary>What a refusal teaches: how the next attempt of the turn differs, and what later turns shall know.</summary>
internal sealed class Adaptation(AttemptParts parts, Preparation preparation)
{
    /// <summary>After so many schemas that were named one by one the rest follows at once.</summary>
    private const int MostNamedSchemas = 3;

    private int _refusedSchemas;

    /// <summary>Reasoning that was left out on trial, and whose it is.</summary>
    private (string AccountId, string Mark, IReadOnlyList<string> Hashes)? _suspected;

    private string Model => preparation.Context.Profile.Slug;

    /// <summary>What the next attempt does otherwise. Null when the same was learnt before: then it did not help.</summary>
    public string? Learn(CodexFailure failure, Account account) => failure.Kind switch
    {
        CodexFailureKind.ReasoningUnreadable => LeaveReasoningOut(account),
        CodexFailureKind.InvalidToolSchema or CodexFailureKind.InvalidFormatSchema => ReduceSchemas(failure),
        _ when AttemptPolicy.RefusedMember(failure) is { } member => parts.Lessons.Refuse(Model, member) ? $"{member} was left out, or said in another way" : null,
        _ when AttemptPolicy.RefusedEffort(failure) is { } effort => parts.Lessons.RefuseEffort(Model, effort) ? $"another effort than {effort.Word()}" : null,
        _ => UseOtherLane(),
    };

    private string LeaveReasoningOut(Account account)
    {
        _suspected = (account.AccountId, preparation.Context.AccountMark, preparation.Context.ReasoningHashes);
        preparation.WithoutReasoning = true;
        return "the reasoning of earlier turns was left out";
    }

    private string? ReduceSchemas(CodexFailure failure)
    {
        List<string> names = [];
        foreach (SentSchema schema in SentSchemas.Meant(preparation.Body, failure, all: ++_refusedSchemas > MostNamedSchemas))
        {
            if (!parts.Lessons.ReduceSchema(schema.Hash)) continue;
            if (schema.Function is not { } name) names.Add("the answer");
            else names.Add(preparation.Context.ToolNames.TryGetValue(name, out ClientToolName known) ? known.Name : name);
        }

        return names.Count > 0 ? $"a plainer schema for {string.Join(", ", names)}" : null;
    }

    /// <summary>Only a model flagged for the lite lane has two: everything else that is not found is not there.</summary>
    private string? UseOtherLane()
    {
        if (!preparation.Context.Profile.Lite || preparation.Settings.Lane == LaneChoice.Full) return null;
        preparation.OtherLane = !preparation.Context.Lite;
        return "the other request shape";
    }

    /// <summary>What was only tried is worth remembering once it has helped.</summary>
    public void RememberWhatWorked()
    {
        if (preparation.OtherLane is { } lane) parts.Lessons.UseLane(preparation.Context.Profile.Slug, lane);
        if (_suspected is not { } unreadable) return;
        parts.Lessons.Reject(unreadable.AccountId, unreadable.Hashes);
        parts.Reasoning.Forget(unreadable.Mark, unreadable.Hashes);
    }
}
