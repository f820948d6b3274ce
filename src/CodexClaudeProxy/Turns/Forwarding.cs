using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Requests of the Codex CLI that are no turns: they go to the backend as they are, on the conversation's account, and the
/// answer comes back as it is. Only an outdated token is worth another try.
/// </summary>
internal sealed class Forwarding(AttemptParts parts)
{
    /// <param name="path">Below the backend's own address.</param>
    public async Task ForwardAsync(HttpContext http, string path)
    {
        CancellationToken clientGone = http.RequestAborted;
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, clientGone);
        Selection selection = parts.Pool.Select(Caller.SessionOf(http.Request), "", new HashSet<string>());
        if (selection.Account is not { } account)
        {
            await ErrorReply.WriteAsync(http, TurnErrors.NobodyFor(selection, parts.Time.GetUtcNow()));
            return;
        }

        var headers = RelayedHeaders.OfClient(http.Request.Headers);
        CredentialReply reply = await parts.Tokens.GetCredentialAsync(account, clientGone);
        for (bool renewed = false; ; renewed = true)
        {
            if (reply.Credential is not { } credential)
            {
                await ErrorReply.WriteAsync(http, TurnErrors.SignInAgain);
                return;
            }

            try
            {
                using HttpResponseMessage response = await parts.Codex.ForwardAsync(credential, path, body.WrittenMemory, headers, clientGone);
                if ((int)response.StatusCode == StatusCodes.Status401Unauthorized && !renewed)
                {
                    reply = await parts.Tokens.OnUnauthorizedAsync(credential, clientGone);
                    continue;
                }

                await CopyAsync(response, http.Response, clientGone);
                return;
            }
            catch (HttpRequestException) when (!http.Response.HasStarted)
            {
                await ErrorReply.WriteAsync(http, new ApiError(ApiErrorType.Api, 502, "Could not reach the upstream service") { ShouldRetry = true });
                return;
            }
        }
    }

    private static async Task CopyAsync(HttpResponseMessage from, HttpResponse to, CancellationToken cancellation)
    {
        to.StatusCode = (int)from.StatusCode;
        to.ContentType = CodexClient.Header(from, "content-type");
        if (CodexClient.Header(from, "retry-after") is { } wait) to.Headers.RetryAfter = wait;
        RelayedHeaders.Copy(from, to.Headers);
        await from.Content.CopyToAsync(to.Body, cancellation);
    }
}
