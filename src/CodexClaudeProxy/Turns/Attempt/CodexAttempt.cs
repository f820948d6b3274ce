using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>One call to the backend with one account's token, and what its answer tells beside the answer itself.</summary>
internal sealed class CodexAttempt(
    Turn turn, Relay relay, CodexClient codex, RequestCompression compression, AccountPool pool, Lessons lessons, Catalogue catalogue, TurnClocks clocks)
{
    private readonly Preparation _preparation = turn.Preparation;
    private readonly TurnRecord _record = turn.Record;

    /// <summary>Learns an account's quota from the headers of an answer, whatever was asked. Null when they tell nothing.</summary>
    public static RateLimits? NoteLimits(AccountPool pool, Credential credential, HttpResponseMessage response, DateTimeOffset now)
    {
        var limits = RateLimits.FromHeaders(name => CodexClient.Header(response, name), now, CodexClient.HeaderNames(response));
        if (limits is not null) pool.ReportUsage(credential.AccountKey, limits);
        return limits;
    }

    /// <summary>One upstream call. What it wrote is forgotten again when it failed before the client saw any of it.</summary>
    /// <param name="end">The client has gone, or the program ends.</param>
    public async Task<CodexFailure?> RunAsync(Credential credential, CancellationToken end, CancellationToken clientGone)
    {
        using CallClock clock = clocks.ForCall(end);
        try
        {
            if (_preparation.SearchQuery is { } query && !lessons.HasNoSearchEndpoint)
            {
                (bool settled, CodexFailure? failure) = await SearchAsync(credential, query, clock);
                if (settled) return failure;
            }

            // The model would make something up where the client expects pages.
            if (_preparation.Context is { LacksSearch: true, WebSearch.Forced: true })
                return new CodexFailure(CodexFailureKind.InvalidRequest, $"web_search: {_preparation.Context.Profile.Slug} cannot search the web; choose a model that can with the setting searchModel");

            return await RespondAsync(credential, clock, clientGone);
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return relay.Cancelled();
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

    private async Task<CodexFailure?> RespondAsync(Credential credential, CallClock clock, CancellationToken clientGone)
    {
        CancellationTokenSource upstream = clock.Call;
        _record.Capture?.NoteUpstream(_preparation.Body.Span);
        CodexCall call = Call(credential, clock, upstream.Token);
        _record.NoteSent();
        using HttpResponseMessage response = await relay.WhileShowingLifeAsync(codex.RespondAsync(credential, call, upstream.Token), upstream.Token);
        clock.Answered();
        _record.Headers = _record.Elapsed;
        turn.Answer.NoteHeaders(response);
        if (CodexClient.Header(response, "x-models-etag") is { Length: > 0 } etag) catalogue.NoteETag(etag);
        NoteLimits(credential, response);
        // A policy refusal is an answer, whichever way it comes.
        if (await RefusalAsync(response, upstream.Token) is { } refusal)
            return refusal.Kind == CodexFailureKind.Policy ? await relay.RefuseAsync(refusal, clientGone) : refusal;

        if (call.IsCompressed) await _preparation.KeepCompressedAsync();
        else if (_preparation.PlainFor is { } host && host == codex.HostOf(credential)) compression.NoteRefusal(host);
        CodexFailure? broken = await relay.RunAsync(response, upstream, clientGone, body => ContinueAsync(credential, call with { Body = body }, upstream.Token));
        if (relay.Told is { } told) pool.ReportUsage(credential.AccountKey, told);
        return broken;
    }

    private CodexCall Call(Credential credential, CallClock clock, CancellationToken cancellation)
    {
        string host = codex.HostOf(credential);
        bool compressed = host != _preparation.PlainFor && compression.Applies(_preparation.Settings.CompressRequests, host, _preparation.BodyLength);
        _preparation.CompressedFor = compressed ? host : null;
        _preparation.IsUploaded = false;
        ReadOnlyMemory<byte> body = compressed ? _preparation.Compress(compression.Encoder, cancellation) : _preparation.Body;
        return new CodexCall(body, _preparation.Context.PromptCacheKey, _preparation.Context.Lite)
        {
            Headers = _preparation.Headers,
            IsCompressed = compressed,
            Uploaded = () =>
            {
                _preparation.IsUploaded = true;
                clock.Uploaded();
            },
        };
    }

    /// <summary>The rest of an answer that paused, from the account that holds its beginning, and compressed as that was.</summary>
    private async Task<(HttpResponseMessage Response, CodexFailure? Refusal)> ContinueAsync(Credential credential, CodexCall call, CancellationToken end)
    {
        _record.Capture?.NoteUpstream(call.Body.Span);
        using var compressed = new PooledBuffer();
        if (call.IsCompressed)
        {
            compression.Encoder.Encode(call.Body.Span, compressed, end);
            call = call with { Body = compressed.WrittenMemory };
        }

        using CallClock clock = clocks.ForCall(end);
        HttpResponseMessage response = await relay.WhileShowingLifeAsync(codex.RespondAsync(credential, call with { Uploaded = clock.Uploaded }, clock.Call.Token), clock.Call.Token);
        clock.Answered();
        NoteLimits(credential, response);
        return (response, await RefusalAsync(response, end));
    }

    private async Task<CodexFailure?> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode) return null;
        byte[] body = await CodexClient.ReadErrorAsync(response, clocks.Time, cancellation);
        return CodexFailure.FromResponse((int)response.StatusCode, name => CodexClient.Header(response, name), body, clocks.Time.GetUtcNow());
    }

    /// <summary>
    /// A request that is nothing but a search needs no model. The endpoint may be closed to an account or vanish: then the
    /// search is hosted inside a model's turn, as if nothing had been tried.
    /// </summary>
    private async Task<(bool Settled, CodexFailure? Failure)> SearchAsync(Credential credential, string query, CallClock clock)
    {
        CancellationToken cancellation = clock.Call.Token;
        var call = new CodexCall(_preparation.SearchBody, _preparation.Context.PromptCacheKey, Lite: false) { Uploaded = clock.Uploaded };
        _record.Capture?.NoteUpstream(_preparation.SearchBody.Span);
        _record.NoteSent();
        using HttpResponseMessage response = await relay.WhileShowingLifeAsync(codex.SearchAsync(credential, call, cancellation), cancellation);
        clock.AwaitMore();
        NoteLimits(credential, response);
        _record.Headers = _record.Elapsed;
        int status = (int)response.StatusCode;
        if (status is 403 or 404 or 405 or >= 500)
        {
            lessons.HasNoSearchEndpoint |= status is 404 or 405;
            return (false, null);
        }

        byte[] reply = await CodexClient.ReadSearchAsync(response, cancellation);
        if (!response.IsSuccessStatusCode)
            return (true, CodexFailure.FromResponse(status, name => CodexClient.Header(response, name), reply, clocks.Time.GetUtcNow()));

        using IEventConverter converter = await relay.BeginAsync();
        if (!SearchReply.TryTell(reply, query, converter)) return (false, null);
        await turn.Answer.SendAsync(relay.Limits, cancellation);
        _record.End = converter.Outcome;
        return (true, null);
    }

    private void NoteLimits(Credential credential, HttpResponseMessage response) =>
        relay.Limits = NoteLimits(pool, credential, response, clocks.Time.GetUtcNow()) ?? relay.Limits;
}
