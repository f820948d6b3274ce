using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>
/// Tries one turn until it succeeds, the client has seen a part of it, or no remedy is left: choose an account and say why,
/// get a credential, send, convert; then classify, report to the pool, and go on as <see cref="AttemptPolicy"/> says.
/// </summary>
internal sealed class Attempts(
    Turn turn, Relay relay, CodexAttempt attempt, Adaptation adaptation, AccountPool pool, TokenRefresher tokens, QuotaWatch quotas, DryPool dry, Catalogue catalogue,
    TurnClocks clocks, ILogger log)
{
    /// <summary>How long an account that refuses us is passed over while another can serve.</summary>
    private static readonly TimeSpan FaultRest = TimeSpan.FromMinutes(5);

    /// <summary>The same for one whose own proxy does not work.</summary>
    private static readonly TimeSpan ProxyRest = TimeSpan.FromMinutes(1);

    private readonly Preparation _preparation = turn.Preparation;
    private readonly TurnRecord _record = turn.Record;
    private readonly AttemptPolicy _policy = new(catalogue.Knows(turn.Preparation.Context.Profile.Slug));
    private readonly HashSet<string> _tried = [];

    /// <summary>What the next attempt does otherwise, for the record.</summary>
    private string? _change;

    /// <summary>The client has gone, or the program ends.</summary>
    private CancellationToken _end;

    /// <summary>The quota the last response told of.</summary>
    public RateLimits? Limits => relay.Limits;

    /// <returns>Null when the client has the whole answer, else what it must still be told.</returns>
    public async Task<ApiError?> RunAsync(CancellationToken clientGone)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, clocks.DrainEnding);
        using CancellationTokenRegistration unbegun = relay.EndUnbegun(end);
        _end = end.Token;
        try
        {
            return await TryAllAsync(clientGone);
        }
        catch (OperationCanceledException) when (relay.IsEnding && !clientGone.IsCancellationRequested)
        {
            return Relay.ShuttingDown.ToApiError(_preparation.Context);
        }
    }

    private async Task<ApiError?> TryAllAsync(CancellationToken clientGone)
    {
        CodexFailure? last = null;
        while (true)
        {
            Selection selection = pool.Select(_preparation.Context.ConversationId, Model, _tried);
            _record.Note(selection);
            if (log.IsEnabled(LogLevel.Debug)) Log.Selected(log, _record.RequestId, _record.Selections[^1]);
            if (selection.Account is not { } account)
            {
                if (await quotas.AskBeforeRefusalAsync(Model, _tried, clientGone) || await RedeemAsync(last, clientGone) || await HoldAsync(last, clientGone)) continue;
                return await NobodyCanServeAsync(selection, last);
            }

            _policy.AccountChanged();
            _record.Account = account.Key;
            (NextStep step, last) = await TryChosenAsync(account, selection.Reason, clientGone);
            if (last is null) return null;
            if (step != NextStep.NextAccount || turn.Answer.IsCommitted && !relay.CanGoOn)
            {
                await _preparation.CountAsync();
                return ErrorOf(last);
            }

            _tried.Add(account.Key);
            if (last.Kind == CodexFailureKind.ModelNotFound) _preparation.OtherLane = null;
        }
    }

    private async Task<(NextStep Step, CodexFailure? Failure)> TryChosenAsync(Account account, string reason, CancellationToken clientGone)
    {
        try
        {
            return await TryAccountAsync(account, reason, clientGone);
        }
        finally
        {
            pool.End(account);
        }
    }

    private string Model => _preparation.Context.Profile.Slug;

    /// <summary>All attempts on one account. Ends with success (no failure), with giving up, or with the wish for another account.</summary>
    private async Task<(NextStep Step, CodexFailure? Failure)> TryAccountAsync(Account account, string reason, CancellationToken clientGone)
    {
        CredentialReply reply = await relay.WhileShowingLifeAsync(tokens.GetCredentialAsync(account, _end), _end);
        for (bool refused = false; ;)
        {
            if (reply.Credential is not { } credential)
            {
                if (refused && reply.Failure!.Kind == RefreshFailureKind.Transient) ReportFault(account, "unauthorized");
                return (NextStep.NextAccount, NoCredential(account, reply.Failure!));
            }

            if (await _preparation.MakeAsync(credential.AccountId, _end) is { } refusal) throw new InvalidRequestException(refusal);

            TimeSpan start = _record.Elapsed;
            CodexFailure? failure = await attempt.RunAsync(credential, _end, clientGone);
            if (failure is { MayMeanCompression: true } && _preparation.CompressedFor is not null) failure = failure with { Kind = CodexFailureKind.BodyUnreadable };
            else if (failure is { MayMeanReasoning: true } && _preparation.CarriesReasoning) failure = failure with { Kind = CodexFailureKind.ReasoningUnreadable };
            if (failure is null)
            {
                adaptation.RememberWhatWorked();
                _record.Attempts.Add(new AttemptRecord(account.Key, reason, null, null, start, _record.Elapsed - start));
                return (NextStep.GiveUp, null);
            }

            Decision decision = relay.CanGoOn ? Decide(failure, account) : new Decision(NextStep.GiveUp);
            Report(account, failure, decision);
            if (failure.IsDeactivation) await tokens.TakeOutAsync(credential, CodexFailure.AsWord(failure.Code) ?? "account_deactivated");
            _record.Attempts.Add(new AttemptRecord(account.Key, reason, failure.Kind.ToString(), decision.Step.ToString(), start, _record.Elapsed - start) { Change = _change });
            Log.AttemptFailed(log, _record.RequestId, account.Key, failure.Kind, failure.Status, CodexFailure.AsWord(failure.Code), decision.Step);
            if (_change is not null) Log.RequestChanged(log, _record.RequestId, _change);
            if (decision.Step is NextStep.GiveUp or NextStep.NextAccount) return (decision.Step, failure);

            if (decision.Wait > TimeSpan.Zero) await Task.Delay(decision.Wait, clocks.Time, _end);
            refused = decision.Step == NextStep.Renew;
            reply = await relay.WhileShowingLifeAsync(refused ? tokens.OnUnauthorizedAsync(credential, _end) : tokens.GetCredentialAsync(account, _end), _end);
        }
    }

    /// <summary>Tells the pool what concerns the account. A fault of the request, or of everybody's backend, does not.</summary>
    private void Report(Account account, CodexFailure failure, Decision decision)
    {
        switch (failure.Kind)
        {
            case CodexFailureKind.UsageLimit:
                // A model with a limit to itself leaves the others alone.
                bool own = Limits is { IsFamilyActive: true } || pool.LimitsOf(account)?.FamilyOf(Model) is not null;
                pool.ReportExhausted(account.Key, own ? Model : null, failure.ResetsAt);
                break;
            case CodexFailureKind.QuotaSpent:
                pool.ReportExhausted(account.Key, null, failure.ResetsAt, "quota used up");
                break;
            case CodexFailureKind.PlanExcludesCodex:
                pool.ReportExhausted(account.Key, null, failure.ResetsAt, "plan without Codex");
                break;
            // What this turn waits out itself need not drive the others away.
            case CodexFailureKind.RateLimited when failure.RetryAfter is { } wait && decision.Step != NextStep.Again:
                pool.ReportCooldown(account.Key, Model, clocks.Time.GetUtcNow() + wait, "rate limited");
                break;
            case CodexFailureKind.Unauthorized when decision.Step != NextStep.Renew:
                ReportFault(account, "unauthorized");
                break;
            case CodexFailureKind.ModelNotFound when decision.Step != NextStep.Adapt:
                pool.ReportMissing(account, Model);
                break;
            case CodexFailureKind.AccountProxy:
                pool.ReportCooldown(account.Key, null, clocks.Time.GetUtcNow() + ProxyRest, "its proxy cannot be used", isFault: true);
                break;
            case CodexFailureKind.Forbidden:
                ReportFault(account, "forbidden");
                break;
        }
    }

    private void ReportFault(Account account, string reason) =>
        pool.ReportCooldown(account.Key, null, clocks.Time.GetUtcNow() + FaultRest, reason, isFault: true);

    private Decision Decide(CodexFailure failure, Account account)
    {
        Decision decision = _policy.After(failure);
        _change = decision.Step == NextStep.Adapt ? adaptation.Learn(failure, account) : null;
        if (decision.Step == NextStep.Adapt && _change is null)
            decision = failure.Kind == CodexFailureKind.ModelNotFound ? _policy.AfterMissingModel() : new Decision(NextStep.GiveUp);
        adaptation.Follow(failure, decision.Step);
        return decision;
    }

    private CodexFailure NoCredential(Account account, RefreshFailure failure)
    {
        _record.Attempts.Add(new AttemptRecord(account.Key, "no credential", failure.Kind.ToString(), nameof(NextStep.NextAccount), _record.Elapsed, TimeSpan.Zero));
        return failure.Kind == RefreshFailureKind.Transient
            ? new CodexFailure(CodexFailureKind.Unreachable, $"the token of {account.Email} could not be refreshed")
            : new CodexFailure(CodexFailureKind.SignInNeeded);
    }

    /// <summary>
    /// Every account only has to wait. If the owner wants that, the turn waits as well, as long as the client has seen nothing of an turn.Answer.
    /// </summary>
    /// <returns>True when it is time to choose again.</returns>
    private async Task<bool> HoldAsync(CodexFailure? last, CancellationToken clientGone)
    {
        bool onlyTimeHelps = last is null or { Kind: CodexFailureKind.RateLimited } or { Blame: FailureBlame.Quota };
        DateTimeOffset deadline = _record.Received + TimeSpan.FromSeconds(_preparation.Settings.HoldUntilReset);
        if (!onlyTimeHelps || !relay.CanGoOn || pool.EarliestRelease(Model) is not { } release || release > deadline) return false;

        Log.Holding(log, _record.RequestId, Model, release);
        if (!await new Hold(turn, relay, clocks).UntilAsync(release, clientGone)) return false;
        _tried.Clear();
        return true;
    }

    /// <summary>Every account is used up. If the owner wants that, a banked reset is redeemed, as long as the client has seen nothing of an answer.</summary>
    /// <returns>True when it is time to choose again.</returns>
    private async Task<bool> RedeemAsync(CodexFailure? last, CancellationToken clientGone)
    {
        bool isWanted = _preparation.Settings.AutoRedeem == AutoRedeem.WhenAllDry && last is null or { Blame: FailureBlame.Quota };
        if (!isWanted || !relay.CanGoOn || !await dry.RedeemAsync(Model, clientGone)) return false;
        _tried.Clear();
        return true;
    }

    private async Task<ApiError> NobodyCanServeAsync(Selection selection, CodexFailure? last)
    {
        await _preparation.CountAsync();
        if (selection.Candidates.Count == 0) return TurnErrors.NoAccount;
        // The failure just met tells more than the state it left behind; only of several used-up accounts one is free before the others.
        // Judged anew, since what this turn tried counts as waiting too.
        IReadOnlyList<Candidate> accounts = pool.Judge(Model);
        bool missing = accounts.Any(candidate => candidate.Skip == SkipReason.LacksModel);
        bool waiting = missing ? catalogue.Knows(Model) : last is null || last.Blame == FailureBlame.Quota && accounts.Count > 1;
        if (missing && !waiting) last ??= new CodexFailure(CodexFailureKind.ModelNotFound, "no available account has it");
        if (waiting && AccountSelector.Release(accounts) is { } release)
        {
            // The headers carry the quota windows of the account that the error names, although no request was sent.
            relay.Limits = pool.LimitsOf(accounts.First(candidate => candidate.Until == release).Account) ?? Limits;
            return TurnErrors.AllWaiting(accounts, release, clocks.Time.GetUtcNow(), Zone);
        }

        return last is null ? TurnErrors.NoneUsable(selection, Model) : ErrorOf(last);
    }

    private ApiError ErrorOf(CodexFailure failure) => TurnErrors.Of(failure, _preparation.Context, clocks.Time.GetUtcNow(), Zone);

    private TimeZoneInfo Zone => _preparation.Settings.TimeZone ?? clocks.Time.LocalTimeZone;
}
