using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>What a refusal teaches: how the next attempt of the turn differs, and what later turns shall know.</summary>
internal sealed class Adaptation(Preparation preparation, Lessons lessons, ReasoningMemory reasoning)
{
    /// <summary>After so many schemas that were refused one by one, all others are reduced at once.</summary>
    private const int MostNamedSchemas = 3;

    private int _refusedSchemas;

    /// <summary>Reasoning that was omitted on trial, and the account it belongs to.</summary>
    private (string AccountId, string Mark, IReadOnlyList<string> Hashes)? _suspected;

    /// <summary>The member that is omitted or changed on trial, because the backend's error seemed to name it.</summary>
    private string? _wayAround;

    private string Model => preparation.Context.Profile.Slug;

    /// <summary>What the next attempt changes. Null when the same was tried before: then it did not help.</summary>
    public string? Learn(CodexFailure failure, Account account) => failure.Kind switch
    {
        CodexFailureKind.BodyUnreadable => SendPlain(),
        CodexFailureKind.ReasoningUnreadable => LeaveReasoningOut(account),
        CodexFailureKind.InvalidToolSchema or CodexFailureKind.InvalidFormatSchema => ReduceSchemas(failure),
        _ when AttemptPolicy.RefusedMember(failure) is { } member => lessons.Refuse(Model, member) ? $"{member} was omitted or replaced" : null,
        _ when AttemptPolicy.RefusedEffort(failure) is { } effort => lessons.RefuseEffort(Model, effort) ? $"another effort than {effort.Word()}" : null,
        _ => UseOtherLane(),
    };

    /// <summary>What was decided after a failure: a way around that led nowhere was not for the member's sake.</summary>
    public void Follow(CodexFailure failure, NextStep step)
    {
        if (_wayAround is { } member && step == NextStep.GiveUp && failure.Blame == FailureBlame.Request) lessons.Permit(Model, member);
        _wayAround = step == NextStep.Adapt && failure.Kind == CodexFailureKind.InvalidRequest ? AttemptPolicy.RefusedMember(failure) : null;
    }

    private string SendPlain()
    {
        preparation.PlainFor = preparation.CompressedFor;
        return "the request was not compressed";
    }

    private string LeaveReasoningOut(Account account)
    {
        _suspected = (account.AccountId, preparation.Context.AccountMark, preparation.Context.ReasoningHashes);
        preparation.WithoutReasoning = true;
        return "the reasoning of earlier turns was omitted";
    }

    private string? ReduceSchemas(CodexFailure failure)
    {
        List<string> names = [];
        foreach (SentSchema schema in SentSchemas.Meant(preparation.Body, failure, all: ++_refusedSchemas > MostNamedSchemas))
        {
            if (!lessons.ReduceSchema(schema.Hash)) continue;
            if (schema.Function is not { } name) names.Add("the answer");
            else names.Add(preparation.Context.ToolNames.TryGetValue(name, out ClientToolName known) ? known.Name : name);
        }

        return names.Count > 0 ? $"a simplified schema for {string.Join(", ", names)}" : null;
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
        if (preparation.OtherLane is { } lane) lessons.UseLane(preparation.Context.Profile.Slug, lane);
        if (_suspected is not { } unreadable) return;
        lessons.Reject(unreadable.AccountId, unreadable.Hashes);
        reasoning.Forget(unreadable.Mark, unreadable.Hashes);
    }
}
