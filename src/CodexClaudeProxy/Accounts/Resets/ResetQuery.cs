using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>Asks upstream which banked resets an account has, and redeems one. A refused token is refreshed once.</summary>
internal sealed class ResetQuery(AccountCalls calls, TokenRefresher tokens)
{
    private const string Path = "wham/rate-limit-reset-credits";

    public async Task<CreditList> ListAsync(Account account, CancellationToken ct)
    {
        CallReply reply = await CallAsync(account, credential => calls.GetAsync(Path, credential, ct), ct);
        if (reply.Json is null) return new CreditList([], reply.Error);

        // Other clients have met a bare list, too.
        string json = reply.Json[0] == '[' ? $$"""{"credits":{{reply.Json}}}""" : reply.Json;
        using JsonDocument document = JsonDocument.Parse(json, JsonDepth.Document);
        IReadOnlyList<CreditAnswer> credits = document.RootElement.As(CreditsContext.Default.CreditsAnswer)?.Credits ?? [];
        return new CreditList(
            [.. from credit in credits
                where credit is { Id: not null, Status: "available" }
                orderby credit.ExpiresAt ?? DateTimeOffset.MaxValue
                select new BankedReset(credit.Id!, credit.ExpiresAt, credit.Title)],
            null);
    }

    /// <returns>The outcome in upstream's word, or <see cref="Redemption.Refused"/>; null when it is not known whether something was spent.</returns>
    public async Task<(string? Outcome, string? Error)> RedeemAsync(Account account, Redemption redemption, CancellationToken ct)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new ConsumeRequest(redemption.RequestId, redemption.CreditId), CreditsContext.Default.ConsumeRequest);
        CallReply reply = await CallAsync(account, credential => calls.PostAsync($"{Path}/consume", credential, body, ct), ct);
        if (reply.Json is { } json)
        {
            using JsonDocument document = JsonDocument.Parse(json, JsonDepth.Document);
            return document.RootElement.As(CreditsContext.Default.ConsumeAnswer)?.Code is { } code ? (code, null) : (null, "the answer does not tell what was done");
        }

        bool isRefusal = reply.Status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.RequestTimeout and not HttpStatusCode.TooManyRequests;
        return (isRefusal ? Redemption.Refused : null, reply.Error);
    }

    private async Task<CallReply> CallAsync(Account account, Func<Credential, Task<CallReply>> call, CancellationToken ct)
    {
        CredentialReply reply = await tokens.GetCredentialAsync(account, ct);
        for (bool renewed = false; ; renewed = true)
        {
            // Nothing was sent with it, or the backend did not accept it.
            if (reply.Credential is not { } credential) return new CallReply(null, reply.Failure!.Message, HttpStatusCode.Unauthorized);
            CallReply answer = await call(credential);
            if (!answer.IsUnauthorized || renewed) return answer;
            reply = await tokens.OnUnauthorizedAsync(credential, ct);
        }
    }
}

/// <summary>A reset that an account may redeem.</summary>
/// <param name="ExpiresAt">Null when it does not expire.</param>
/// <param name="Title">Upstream's words for people.</param>
internal sealed record BankedReset(string Id, DateTimeOffset? ExpiresAt, string? Title);

/// <param name="Available">The next to expire first. May be fewer than the usage tells.</param>
/// <param name="Error">Why upstream gave no list; null when it did.</param>
internal sealed record CreditList(IReadOnlyList<BankedReset> Available, string? Error);
