using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Attempt;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Requests of the Codex CLI that are no turns: they go to the backend as they are, on the conversation's account, and the
/// answer comes back as it is. Only an outdated token is worth another try.
/// </summary>
internal sealed class Forwarding(TurnRecorder recorder, AccountPool pool, TokenRefresher tokens, QuotaWatch quotas, CodexClient codex, SettingsStore settings, Admission admission, TurnClocks clocks)
{
    /// <param name="path">Below the backend's own address.</param>
    public Task ForwardAsync(HttpContext http, string path) => recorder.RecordAsync(http, "/v1/" + path["codex/".Length..], record => ForwardAsync(http, path, record));

    private async Task ForwardAsync(HttpContext http, string path, TurnRecord record)
    {
        CancellationToken clientGone = http.RequestAborted;
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, clientGone);
        record.Capture?.NoteRequest(body.WrittenMemory.Span);
        record.Session = Caller.SessionOf(http.Request);
        if (await admission.RefuseAsync(http, body.WrittenMemory) is { } notAdmitted)
        {
            await Corridor.RefuseAsync(http, record, notAdmitted);
            return;
        }

        HashSet<string> none = [];
        Selection selection = pool.Select(record.Session, "", none);
        if (selection.Account is null && await quotas.AskBeforeRefusalAsync("", none, clientGone)) selection = pool.Select(record.Session, "", none);
        record.Note(selection);
        if (selection.Account is not { } account)
        {
            await Corridor.RefuseAsync(http, record, TurnErrors.NobodyFor(selection, clocks.Time.GetUtcNow(), settings.Read().TimeZone ?? clocks.Time.LocalTimeZone));
            return;
        }

        record.Account = account.Key;
        try
        {
            await ForwardAsync(http, path, record, account, body.WrittenMemory);
        }
        finally
        {
            pool.End(account);
        }
    }

    private async Task ForwardAsync(HttpContext http, string path, TurnRecord record, Account account, ReadOnlyMemory<byte> body)
    {
        CancellationToken clientGone = http.RequestAborted;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, clocks.DrainEnding);
        var headers = RelayedHeaders.OfClient(http.Request.Headers);
        CredentialReply reply = await tokens.GetCredentialAsync(account, clientGone);
        for (bool renewed = false; ; renewed = true)
        {
            if (reply.Credential is not { } credential)
            {
                await Corridor.RefuseAsync(http, record, TurnErrors.SignInAgain);
                return;
            }

            // Such an answer comes when it is whole, so that its headers have the time of a stream's silence.
            using var clock = clocks.ForCall(end.Token);
            CancellationToken call = clock.Call.Token;
            try
            {
                record.NoteSent();
                using HttpResponseMessage response = await codex.ForwardAsync(credential, path, body, headers, call);
                record.Headers = record.Elapsed;
                CodexAttempt.NoteLimits(pool, credential, response, clocks.Time.GetUtcNow());
                if ((int)response.StatusCode == StatusCodes.Status401Unauthorized && !renewed)
                {
                    reply = await tokens.OnUnauthorizedAsync(credential, clientGone);
                    continue;
                }

                await CopyAsync(response, http.Response, clock);
                return;
            }
            catch (OperationCanceledException) when (!clientGone.IsCancellationRequested && !http.Response.HasStarted)
            {
                bool stops = clocks.DrainEnding.IsCancellationRequested;
                await Corridor.RefuseAsync(http, record, stops ? LocalErrors.ShuttingDown : new ApiError(ApiErrorType.Timeout, 504, "Upstream request timed out") { ShouldRetry = true });
                return;
            }
            catch (AccountProxyException e) when (!http.Response.HasStarted)
            {
                await Corridor.RefuseAsync(http, record, new ApiError(ApiErrorType.Api, 502, $"Could not reach the upstream service: {e.Message}. {AccountProxyException.Advice}") { ShouldRetry = true });
                return;
            }
            catch (HttpRequestException) when (!http.Response.HasStarted)
            {
                await Corridor.RefuseAsync(http, record, new ApiError(ApiErrorType.Api, 502, "Could not reach the upstream service") { ShouldRetry = true });
                return;
            }
        }
    }

    private static async Task CopyAsync(HttpResponseMessage from, HttpResponse to, CallClock clock)
    {
        to.StatusCode = (int)from.StatusCode;
        if (CodexClient.Header(from, "content-type") is { } type) to.ContentType = HeaderText.Relay(type);
        if (CodexClient.Header(from, "retry-after") is { } wait) to.Headers.RetryAfter = HeaderText.Relay(wait);
        RelayedHeaders.Copy(from, to.Headers);
        await using Stream body = await from.Content.ReadAsStreamAsync(clock.Call.Token);
        var buffer = new byte[16 * 1024];
        while (true)
        {
            clock.AwaitMore();
            int count = await body.ReadAsync(buffer, clock.Call.Token);
            clock.Answered();
            if (count == 0) return;
            await to.Body.WriteAsync(buffer.AsMemory(0, count), clock.Call.Token);
        }
    }
}
