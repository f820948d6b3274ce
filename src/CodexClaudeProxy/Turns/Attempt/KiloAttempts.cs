using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Kilo;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>Tries one turn on the Kilo gateway. There is no account to change and nothing to adapt: a passing failure is tried again, any other is returned.</summary>
internal sealed class KiloAttempts(Turn turn, Relay relay, KiloClient kilo, TurnClocks clocks, ILogger log)
{
    private const string Account = "kilo";

    private readonly AttemptPolicy _policy = new(isModelKnown: false);
    private readonly Preparation _preparation = turn.Preparation;
    private readonly TurnRecord _record = turn.Record;

    /// <returns>Null when the client has the whole answer, else what it must still be told.</returns>
    public async Task<ApiError?> RunAsync(CancellationToken clientGone)
    {
        _record.Account = Account;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, clocks.DrainEnding);
        using CancellationTokenRegistration unbegun = relay.EndUnbegun(end);
        using var body = new PooledBuffer();
        KiloRequest.Write(_preparation.Body, _preparation.Received, _preparation.Context, body);
        while (true)
        {
            TimeSpan start = _record.Elapsed;
            CodexFailure? failure = await TryOnceAsync(body.WrittenMemory, end.Token, clientGone);
            Decision decision = failure is not null && relay.CanGoOn ? _policy.After(failure) : new Decision(NextStep.GiveUp);
            _record.Attempts.Add(new AttemptRecord(Account, "haiku is served by Kilo", failure?.Kind.ToString(), failure is null ? null : decision.Step.ToString(), start, _record.Elapsed - start));
            if (failure is null) return null;

            Log.AttemptFailed(log, _record.RequestId, Account, failure.Kind, failure.Status, CodexFailure.AsWord(failure.Code), decision.Step);
            if (decision.Step != NextStep.Again)
            {
                await _preparation.CountAsync();
                return ErrorOf(failure);
            }

            // The next attempt tells of the end of the program.
            await Task.Delay(decision.Wait, clocks.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            clientGone.ThrowIfCancellationRequested();
        }
    }

    private async Task<CodexFailure?> TryOnceAsync(ReadOnlyMemory<byte> body, CancellationToken end, CancellationToken clientGone)
    {
        using var clock = clocks.ForCall(end);
        CancellationToken call = clock.Call.Token;
        try
        {
            _record.Capture?.NoteUpstream(body.Span);
            _record.NoteSent();
            using HttpResponseMessage response = await relay.WhileShowingLifeAsync(kilo.CompleteAsync(body, clock.Uploaded, call), call);
            clock.Answered();
            _record.Headers = _record.Elapsed;
            if (response.IsSuccessStatusCode) return await relay.RunAsync(response, clock.Call, clientGone);

            byte[] refusal = await CodexClient.ReadErrorAsync(response, clocks.Time, call);
            return CodexFailure.FromResponse((int)response.StatusCode, name => CodexClient.Header(response, name), refusal, clocks.Time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return relay.Cancelled();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e is HttpRequestException request ? Relay.Unreachable(request) : CodexFailure.EndedEarly;
        }
    }

    /// <summary>The words about logins and accounts would be wrong here.</summary>
    private ApiError ErrorOf(CodexFailure failure)
    {
        ApiError error = failure.ToApiError(_preparation.Context);
        if (failure.Blame == FailureBlame.Login)
            error = new ApiError(ApiErrorType.Permission, 403, failure.Text ?? "the gateway refused the request") { ShouldRetry = false, ForRecord = "the gateway refused the request" };
        else if (failure.Kind == CodexFailureKind.ModelNotFound)
            error = error with { Message = $"{_preparation.Kilo} is not available ({failure.Text}). Choose another model for haiku, or a Codex model" };
        return error with { Message = $"Kilo: {error.Message}", ForRecord = error.ForRecord is { } kept ? $"Kilo: {kept}" : null };
    }
}
