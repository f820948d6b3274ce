using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Kilo;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>Tries one turn on the Kilo gateway. There is no account to change and nothing to adapt: what passes is tried again, the rest is told.</summary>
internal sealed class KiloAttempts(AttemptParts parts, Preparation preparation, IAnswer answer, TurnRecord record)
{
    private const string Account = "kilo";

    private readonly AttemptPolicy _policy = new(isModelKnown: false);
    private readonly Relay _relay = new(parts, preparation, answer, record);

    /// <returns>Null when the client has the whole answer, else what it must still be told.</returns>
    public async Task<ApiError?> RunAsync(CancellationToken clientGone)
    {
        record.Account = Account;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, parts.DrainEnding);
        using CancellationTokenRegistration unbegun = _relay.EndUnbegun(end);
        using var body = new PooledBuffer();
        KiloRequest.Write(preparation.Body, preparation.Received, preparation.Context, body);
        while (true)
        {
            TimeSpan start = record.Elapsed;
            CodexFailure? failure = await TryOnceAsync(body.WrittenMemory, end.Token, clientGone);
            Decision decision = failure is not null && _relay.CanGoOn ? _policy.After(failure) : new Decision(NextStep.GiveUp);
            record.Attempts.Add(new AttemptRecord(Account, "the haiku lane was given to Kilo", failure?.Kind.ToString(), failure is null ? null : decision.Step.ToString(), start, record.Elapsed - start));
            if (failure is null) return null;

            Log.AttemptFailed(parts.Log, record.RequestId, Account, failure.Kind, failure.Status, CodexFailure.AsWord(failure.Code), decision.Step);
            if (decision.Step != NextStep.Again)
            {
                await preparation.CountAsync();
                return ErrorOf(failure);
            }

            // The next attempt tells of the end of the program.
            await Task.Delay(decision.Wait, parts.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            clientGone.ThrowIfCancellationRequested();
        }
    }

    private async Task<CodexFailure?> TryOnceAsync(ReadOnlyMemory<byte> body, CancellationToken end, CancellationToken clientGone)
    {
        using var clock = new CallClock(parts.Limits, parts.Time, end);
        CancellationToken call = clock.Call.Token;
        try
        {
            record.Capture?.NoteUpstream(body.Span);
            record.NoteSent();
            using HttpResponseMessage response = await _relay.WhileShowingLifeAsync(parts.Kilo.CompleteAsync(body, clock.Uploaded, call), call);
            clock.Answered();
            record.Headers = record.Elapsed;
            if (response.IsSuccessStatusCode) return await _relay.RunAsync(response, clock.Call, clientGone);

            byte[] refusal = await CodexClient.ReadErrorAsync(response, parts.Time, call);
            return CodexFailure.FromResponse((int)response.StatusCode, name => CodexClient.Header(response, name), refusal, parts.Time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return _relay.Cancelled();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e is HttpRequestException request ? Relay.Unreachable(request) : CodexFailure.EndedEarly;
        }
    }

    /// <summary>The words about logins and accounts would be wrong here.</summary>
    private ApiError ErrorOf(CodexFailure failure)
    {
        ApiError error = failure.ToApiError(preparation.Context);
        if (failure.Blame == FailureBlame.Login)
            error = new ApiError(ApiErrorType.Permission, 403, failure.Text ?? "the gateway refused the request") { ShouldRetry = false, ForRecord = "the gateway refused the request" };
        else if (failure.Kind == CodexFailureKind.ModelNotFound)
            error = error with { Message = $"{preparation.Kilo} is not available ({failure.Text}). Choose another model for haiku, or none" };
        return error with { Message = $"Kilo: {error.Message}", ForRecord = error.ForRecord is { } kept ? $"Kilo: {kept}" : null };
    }
}
