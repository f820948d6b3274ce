using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>What attempts need of the rest of the program.</summary>
internal sealed record AttemptParts(AccountPool Pool, TokenRefresher Tokens, CodexClient Codex, Lessons Lessons, Catalogue Catalogue, TimeProvider Time, ILogger Log)
{
    /// <summary>The drain is nearly over: running answers must end now.</summary>
    public CancellationToken DrainEnding { get; init; }

    /// <summary>Turns whose client has seen nothing must end now.</summary>
    public CancellationToken UnbegunEnding { get; init; }

    public TimeLimits Limits { get; init; } = new();

    public required Capacity Capacity { get; init; }

    public required SettingsStore Settings { get; init; }

    public required KiloClient Kilo { get; init; }

    public required Drift Drift { get; init; }

    public required RequestLog Requests { get; init; }

    public required Captures Captures { get; init; }

    public required ConversationImages Images { get; init; }

    public required QuotaWatch Quotas { get; init; }

    /// <summary>Learns an account's quota from the headers of an answer, whatever was asked. Null when they tell nothing.</summary>
    public RateLimits? NoteLimits(Credential credential, HttpResponseMessage response)
    {
        var limits = RateLimits.FromHeaders(name => CodexClient.Header(response, name), Time.GetUtcNow(), CodexClient.HeaderNames(response));
        if (limits is not null) Pool.ReportUsage(credential.AccountKey, limits);
        return limits;
    }

    public required ReasoningMemory Reasoning { get; init; }

    public required VerdictMemory Verdicts { get; init; }

    public InputAnchors Anchors { get; } = new();

    /// <summary>Counts of the long texts that clients send again with every turn.</summary>
    public TextCounts Counts { get; } = new();
}

/// <summary>
/// Tries one turn until it succeeds, the client has seen a part of it, or no remedy is left: choose an account and say why,
/// get a credential, send, convert; then classify, report to the pool, and go on as <see cref="AttemptPolicy"/> says.
/// </summary>
internal sealed class Attempts(AttemptParts parts, Preparation preparation, IAnswer answer, TurnRecord record)
{
    /// <summary>How long an account that refuses us is passed over while another can serve.</summary>
    private static readonly TimeSpan FaultRest = TimeSpan.FromMinutes(5);

    private readonly AttemptPolicy _policy = new(parts.Catalogue.Knows(preparation.Context.Profile.Slug));
    private readonly HashSet<string> _tried = [];

    private readonly Adaptation _adaptation = new(parts, preparation);

    /// <summary>What the next attempt does otherwise, for the record.</summary>
    private string? _change;

    /// <summary>The member that is left out or changed on trial, because the backend's words seemed to mean it.</summary>
    private string? _wayAround;

    /// <summary>The client has gone, or the program ends.</summary>
    private CancellationToken _end;

    private readonly Relay _relay = new(parts, preparation, answer, record);

    /// <summary>The quota the last response told of.</summary>
    public RateLimits? Limits => _relay.Limits;

    /// <returns>Null when the client has the whole answer, else what it must still be told.</returns>
    public async Task<ApiError?> RunAsync(CancellationToken clientGone)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, parts.DrainEnding);
        using CancellationTokenRegistration unbegun = _relay.EndUnbegun(end);
        _end = end.Token;
        try
        {
            return await TryAllAsync(clientGone);
        }
        catch (OperationCanceledException) when (_relay.IsEnding && !clientGone.IsCancellationRequested)
        {
            return Relay.ShuttingDown.ToApiError(preparation.Context);
        }
    }

    private async Task<ApiError?> TryAllAsync(CancellationToken clientGone)
    {
        CodexFailure? last = null;
        while (true)
        {
            Selection selection = parts.Pool.Select(preparation.Context.ConversationId, Model, _tried);
            record.Note(selection);
            if (parts.Log.IsEnabled(LogLevel.Debug)) Log.Selected(parts.Log, record.RequestId, record.Selections[^1]);
            if (selection.Account is not { } account)
            {
                if (await parts.Quotas.AskBeforeRefusalAsync(Model, _tried, clientGone) || await HoldAsync(last, clientGone)) continue;
                return await NobodyCanServeAsync(selection, last);
            }

            _policy.AccountChanged();
            record.Account = account.Key;
            (NextStep step, last) = await TryAccountAsync(account, selection.Reason, clientGone);
            if (last is null) return null;
            if (step != NextStep.NextAccount || answer.IsCommitted && !_relay.CanGoOn)
            {
                await preparation.CountAsync();
                return ErrorOf(last);
            }

            _tried.Add(account.Key);
            if (last.Kind == CodexFailureKind.ModelNotFound) preparation.OtherLane = null;
        }
    }

    private string Model => preparation.Context.Profile.Slug;

    /// <summary>All attempts on one account. Ends with success (no failure), with giving up, or with the wish for another account.</summary>
    private async Task<(NextStep Step, CodexFailure? Failure)> TryAccountAsync(Account account, string reason, CancellationToken clientGone)
    {
        CredentialReply reply = await _relay.WhileShowingLifeAsync(parts.Tokens.GetCredentialAsync(account, _end), _end);
        for (bool refused = false; ;)
        {
            if (reply.Credential is not { } credential)
            {
                if (refused && reply.Failure!.Kind == RefreshFailureKind.Transient) ReportFault(account, "unauthorized");
                return (NextStep.NextAccount, NoCredential(account, reply.Failure!));
            }

            if (await preparation.MakeAsync(credential.AccountId, _end) is { } refusal) throw new InvalidRequestException(refusal);

            TimeSpan start = record.Elapsed;
            CodexFailure? failure = await TryOnceAsync(credential, clientGone);
            if (failure is { MayMeanReasoning: true } && preparation.CarriesReasoning) failure = failure with { Kind = CodexFailureKind.ReasoningUnreadable };
            if (failure is null)
            {
                _adaptation.RememberWhatWorked();
                record.Attempts.Add(new AttemptRecord(account.Key, reason, null, null, start, record.Elapsed - start));
                return (NextStep.GiveUp, null);
            }

            Decision decision = _relay.CanGoOn ? Decide(failure, account) : new Decision(NextStep.GiveUp);
            Report(account, failure, decision);
            if (failure.IsDeactivation) await parts.Tokens.TakeOutAsync(credential, CodexFailure.AsWord(failure.Code) ?? "account_deactivated");
            record.Attempts.Add(new AttemptRecord(account.Key, reason, failure.Kind.ToString(), decision.Step.ToString(), start, record.Elapsed - start) { Change = _change });
            Log.AttemptFailed(parts.Log, record.RequestId, account.Key, failure.Kind, failure.Status, CodexFailure.AsWord(failure.Code), decision.Step);
            if (_change is not null) Log.RequestChanged(parts.Log, record.RequestId, _change);
            if (decision.Step is NextStep.GiveUp or NextStep.NextAccount) return (decision.Step, failure);

            if (decision.Wait > TimeSpan.Zero) await Task.Delay(decision.Wait, parts.Time, _end);
            refused = decision.Step == NextStep.Renew;
            reply = await _relay.WhileShowingLifeAsync(refused ? parts.Tokens.OnUnauthorizedAsync(credential, _end) : parts.Tokens.GetCredentialAsync(account, _end), _end);
        }
    }

    /// <summary>One upstream call. What it wrote is forgotten again when it failed before the client saw any of it.</summary>
    private async Task<CodexFailure?> TryOnceAsync(Credential credential, CancellationToken clientGone)
    {
        using var clock = new CallClock(parts.Limits, parts.Time, _end);
        CancellationTokenSource upstream = clock.Call;
        try
        {
            if (preparation.SearchQuery is { } query && !parts.Lessons.HasNoSearchEndpoint)
            {
                (bool settled, CodexFailure? failure) = await SearchAsync(credential, query, clock);
                if (settled) return failure;
            }

            // The model would make something up where the client expects pages.
            if (preparation.Context is { LacksSearch: true, WebSearch.Forced: true })
                return new CodexFailure(CodexFailureKind.InvalidRequest, $"web_search: {Model} cannot search the web; choose a model that can with the setting searchModel");

            var call = new CodexCall(preparation.Body, preparation.Context.PromptCacheKey, preparation.Context.Lite) { Headers = preparation.Headers, Uploaded = clock.Uploaded };
            record.Capture?.NoteUpstream(preparation.Body.Span);
            record.NoteSent();
            using HttpResponseMessage response = await _relay.WhileShowingLifeAsync(parts.Codex.RespondAsync(credential, call, upstream.Token), upstream.Token);
            clock.Answered();
            record.Headers = record.Elapsed;
            answer.NoteHeaders(response);
            string? Header(string name) => CodexClient.Header(response, name);
            if (Header("x-models-etag") is { Length: > 0 } etag) parts.Catalogue.NoteETag(etag);
            _relay.Limits = parts.NoteLimits(credential, response) ?? _relay.Limits;
            // A policy refusal is an answer, whichever way it comes.
            if (await RefusalAsync(response, upstream.Token) is { } refusal)
                return refusal.Kind == CodexFailureKind.Policy ? await _relay.RefuseAsync(refusal, clientGone) : refusal;

            CodexFailure? broken = await _relay.RunAsync(response, upstream, clientGone, ContinueAsync);
            if (_relay.Told is { } told) parts.Pool.ReportUsage(credential.AccountKey, told);
            return broken;

            // The rest of the answer, from the account that holds its beginning.
            async Task<(HttpResponseMessage, CodexFailure?)> ContinueAsync(ReadOnlyMemory<byte> body)
            {
                record.Capture?.NoteUpstream(body.Span);
                using var wait = new CallClock(parts.Limits, parts.Time, upstream.Token);
                CodexCall rest = call with { Body = body, Uploaded = wait.Uploaded };
                HttpResponseMessage next = await _relay.WhileShowingLifeAsync(parts.Codex.RespondAsync(credential, rest, wait.Call.Token), wait.Call.Token);
                wait.Answered();
                _relay.Limits = parts.NoteLimits(credential, next) ?? _relay.Limits;
                return (next, await RefusalAsync(next, upstream.Token));
            }
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return _relay.Cancelled();
        }
        catch (HttpRequestException e)
        {
            return Relay.Unreachable(e);
        }
        catch (IOException) when (!clientGone.IsCancellationRequested)
        {
            return CodexFailure.EndedEarly;
        }
    }

    private async Task<CodexFailure?> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode) return null;
        byte[] body = await CodexClient.ReadErrorAsync(response, parts.Time, cancellation);
        return CodexFailure.FromResponse((int)response.StatusCode, name => CodexClient.Header(response, name), body, parts.Time.GetUtcNow());
    }

    /// <summary>
    /// A request that is nothing but a search needs no model. The endpoint may be closed to an account or vanish: then the
    /// search is hosted inside a model's turn, as if nothing had been tried.
    /// </summary>
    private async Task<(bool Settled, CodexFailure? Failure)> SearchAsync(Credential credential, string query, CallClock clock)
    {
        CancellationToken cancellation = clock.Call.Token;
        var call = new CodexCall(preparation.SearchBody, preparation.Context.PromptCacheKey, Lite: false) { Uploaded = clock.Uploaded };
        record.Capture?.NoteUpstream(preparation.SearchBody.Span);
        record.NoteSent();
        using HttpResponseMessage response = await _relay.WhileShowingLifeAsync(parts.Codex.SearchAsync(credential, call, cancellation), cancellation);
        clock.AwaitMore();
        _relay.Limits = parts.NoteLimits(credential, response) ?? _relay.Limits;
        record.Headers = record.Elapsed;
        int status = (int)response.StatusCode;
        if (status is 403 or 404 or 405 or >= 500)
        {
            parts.Lessons.HasNoSearchEndpoint |= status is 404 or 405;
            return (false, null);
        }

        byte[] reply = await CodexClient.ReadSearchAsync(response, cancellation);
        if (!response.IsSuccessStatusCode)
            return (true, CodexFailure.FromResponse(status, name => CodexClient.Header(response, name), reply, parts.Time.GetUtcNow()));

        using IEventConverter converter = await _relay.BeginAsync();
        if (!SearchReply.TryTell(reply, query, converter)) return (false, null);
        await answer.SendAsync(Limits, cancellation);
        record.End = converter.Outcome;
        return (true, null);
    }

    /// <summary>Tells the pool what concerns the account. A fault of the request, or of everybody's backend, does not.</summary>
    private void Report(Account account, CodexFailure failure, Decision decision)
    {
        switch (failure.Kind)
        {
            case CodexFailureKind.UsageLimit:
                // A model with a limit to itself leaves the others alone.
                bool own = Limits is { IsFamilyActive: true } || parts.Pool.LimitsOf(account)?.FamilyOf(Model) is not null;
                parts.Pool.ReportExhausted(account.Key, own ? Model : null, failure.ResetsAt);
                break;
            case CodexFailureKind.QuotaSpent:
                parts.Pool.ReportExhausted(account.Key, null, failure.ResetsAt, "quota spent");
                break;
            case CodexFailureKind.PlanExcludesCodex:
                parts.Pool.ReportExhausted(account.Key, null, failure.ResetsAt, "plan without Codex");
                break;
            // What this turn waits out itself need not drive the others away.
            case CodexFailureKind.RateLimited when failure.RetryAfter is { } wait && decision.Step != NextStep.Again:
                parts.Pool.ReportCooldown(account.Key, Model, parts.Time.GetUtcNow() + wait, "rate limited");
                break;
            case CodexFailureKind.Unauthorized when decision.Step != NextStep.Renew:
                ReportFault(account, "unauthorized");
                break;
            case CodexFailureKind.ModelNotFound when decision.Step != NextStep.Adapt:
                parts.Pool.ReportMissing(account, Model);
                break;
            case CodexFailureKind.Forbidden:
                ReportFault(account, "forbidden");
                break;
        }
    }

    private void ReportFault(Account account, string reason) =>
        parts.Pool.ReportCooldown(account.Key, null, parts.Time.GetUtcNow() + FaultRest, reason, isFault: true);

    private Decision Decide(CodexFailure failure, Account account)
    {
        Decision decision = _policy.After(failure);
        _change = decision.Step == NextStep.Adapt ? _adaptation.Learn(failure, account) : null;
        if (decision.Step == NextStep.Adapt && _change is null)
            decision = failure.Kind == CodexFailureKind.ModelNotFound ? _policy.AfterMissingModel() : new Decision(NextStep.GiveUp);
        // The way around led nowhere, so it was not for the member's sake that the request was refused.
        if (_wayAround is { } member && decision.Step == NextStep.GiveUp && failure.Blame == FailureBlame.Request) parts.Lessons.Permit(Model, member);
        _wayAround = decision.Step == NextStep.Adapt && failure.Kind == CodexFailureKind.InvalidRequest ? AttemptPolicy.RefusedMember(failure) : null;
        return decision;
    }

    private CodexFailure NoCredential(Account account, RefreshFailure failure)
    {
        record.Attempts.Add(new AttemptRecord(account.Key, "no credential", failure.Kind.ToString(), nameof(NextStep.NextAccount), record.Elapsed, TimeSpan.Zero));
        return failure.Kind == RefreshFailureKind.Transient
            ? new CodexFailure(CodexFailureKind.Unreachable, $"the login of {account.Email} could not be renewed")
            : new CodexFailure(CodexFailureKind.SignInNeeded);
    }

    /// <summary>
    /// Every account only has to wait. If the owner wants that, the turn waits as well, as long as the client has seen nothing of an answer.
    /// </summary>
    /// <returns>True when it is time to choose again.</returns>
    private async Task<bool> HoldAsync(CodexFailure? last, CancellationToken clientGone)
    {
        bool onlyTimeHelps = last is null or { Kind: CodexFailureKind.RateLimited } or { Blame: FailureBlame.Quota };
        DateTimeOffset deadline = record.Received + TimeSpan.FromSeconds(preparation.Settings.HoldUntilReset);
        if (!onlyTimeHelps || !_relay.CanGoOn || parts.Pool.EarliestRelease(Model) is not { } release || release > deadline) return false;

        Log.Holding(parts.Log, record.RequestId, Model, release);
        if (!await new Hold(parts, preparation, answer, _relay, record).UntilAsync(release, clientGone)) return false;
        _tried.Clear();
        return true;
    }

    private async Task<ApiError> NobodyCanServeAsync(Selection selection, CodexFailure? last)
    {
        await preparation.CountAsync();
        if (selection.Candidates.Count == 0) return TurnErrors.NoAccount;
        // The failure just met tells more than the state it left behind; only of several used-up accounts one is free before the others.
        // Judged anew, since what this turn tried counts as waiting too.
        IReadOnlyList<Candidate> accounts = parts.Pool.Judge(Model);
        bool missing = accounts.Any(candidate => candidate.Skip == SkipReason.LacksModel);
        bool waiting = missing ? parts.Catalogue.Knows(Model) : last is null || last.Blame == FailureBlame.Quota && accounts.Count > 1;
        if (missing && !waiting) last ??= new CodexFailure(CodexFailureKind.ModelNotFound, "no account that can be asked now has it");
        if (waiting && AccountSelector.Release(accounts) is { } release)
        {
            // The client is told the windows of the account it is told of, though nobody was asked.
            _relay.Limits = parts.Pool.LimitsOf(accounts.First(candidate => candidate.Until == release).Account) ?? Limits;
            return TurnErrors.AllWaiting(accounts, release, parts.Time.GetUtcNow(), Zone);
        }

        return last is null ? TurnErrors.NoneUsable(selection) : ErrorOf(last);
    }

    private ApiError ErrorOf(CodexFailure failure) => TurnErrors.Of(failure, preparation.Context, parts.Time.GetUtcNow(), Zone);

    private TimeZoneInfo Zone => preparation.Settings.TimeZone ?? parts.Time.LocalTimeZone;
}
