using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>An account's banked resets, and whether it is worth redeeming one now.</summary>
internal sealed class ResetReport(AccountPool pool, ForecastReport forecast, BankedResets resets, TimeProvider time)
{
    public async Task<AccountResets> OfAsync(Account account, CancellationToken ct)
    {
        int count = pool.LimitsOf(account)?.BankedResets ?? 0;
        Redemption? pending = resets.PendingOf(account);
        CreditList list = await resets.ListAsync(account, count, ct);
        DateTimeOffset? first = list.Available is [var next, ..] ? next.ExpiresAt : null;
        return new AccountResets(
            true, account.Email, count,
            [.. list.Available.Select(reset => new ResetCredit(reset.Id, reset.ExpiresAt, reset.Title))], list.Error,
            pending switch { null => null, { IsOpen: true } => "open", _ => "awaited" }, pending?.AnsweredAt ?? pending?.At,
            count == 0 && pending is null ? null : ResetAdvice.Of(account, forecast.Of(), first, pending, time.GetUtcNow()));
    }
}

/// <summary>An account's banked resets.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="Available">How many it has, as the usage tells.</param>
/// <param name="Credits">Those that upstream lists, the next to expire first; may be fewer.</param>
/// <param name="ListError">Why there is no list; null when there is one, or nothing to list.</param>
/// <param name="Pending"><c>open</c> when a reset was sent and not answered, <c>awaited</c> when it was accepted and the usage does not show it yet; null otherwise. Meanwhile no other one is redeemed.</param>
/// <param name="PendingSince">Since when; null when none is pending.</param>
/// <param name="Advice">One sentence: what redeeming one now would do; null where there is nothing to redeem.</param>
internal sealed record AccountResets(
    bool Success, string Email, int Available, IReadOnlyList<ResetCredit> Credits, string? ListError, string? Pending, DateTimeOffset? PendingSince, string? Advice);

/// <summary>One banked reset.</summary>
/// <param name="Id">Upstream's id.</param>
/// <param name="ExpiresAt">When it is lost; null when it does not expire.</param>
/// <param name="Title">Upstream's words, such as <c>Full reset (Weekly + 5 hr)</c>; null for none.</param>
internal sealed record ResetCredit(string Id, DateTimeOffset? ExpiresAt, string? Title);
