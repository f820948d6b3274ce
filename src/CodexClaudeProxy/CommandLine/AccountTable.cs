using System.Globalization;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The accounts as a table for people.</summary>
internal static class AccountTable
{
    private static readonly string[] Heading = ["", "ACCOUNT", "PLAN", "TOKEN", "REMAINING", "STATE"];

    public static void Write(TextWriter output, AccountStore store, AccountPool pool, PoolForecast forecast, DateTimeOffset now)
    {
        AccountList accounts = store.Read();
        if (accounts.All.IsEmpty)
        {
            output.WriteLine($"There is no account in {store.Path}");
            output.WriteLine("Sign in with: codex-claude-proxy login, or import the sign-in of the Codex CLI with: codex-claude-proxy accounts import");
            return;
        }

        List<string[]> rows = [Heading, .. pool.Judge(model: "").Select(candidate => Row(candidate, accounts, pool, now).Select(PlainText.Blanked).ToArray())];
        int[] widths = [.. Heading.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows) output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        output.WriteLine();
        if (Together(forecast) is { } together) output.WriteLine(together);
        output.WriteLine($"* active account; the file is {store.Path}");
    }

    /// <summary>For instance <c>All together: 5h 63 % of 3 accounts remaining, 7d 20 % of 4; used up in 2h at the present pace</c>; null where there is nothing to add up.</summary>
    private static string? Together(PoolForecast forecast)
    {
        if (forecast.Total < 2) return null;
        string[] windows =
        [
            .. forecast.Windows.Where(window => window.Limit is null).Select((window, i) => string.Create(
                CultureInfo.InvariantCulture, $"{window.Name} {Math.Round(100 - window.UsedPercent)} % of {window.Capacity}{(i > 0 ? "" : window.Capacity == 1 ? " account remaining" : " accounts remaining")}")),
        ];
        if (windows.Length == 0) return null;
        string end = forecast.RunsDryAt is not { } dry ? "" : dry > forecast.At ? $"; used up in {SpanText.Of(dry - forecast.At)} at the present pace" : "; none is available now";
        return $"All together: {string.Join(", ", windows)}{end}";
    }

    /// <summary>For instance <c>5h 63 %, 7d 20 %</c>: what is remaining, as in the dashboard.</summary>
    public static string Quota(RateLimits? limits, DateTimeOffset now)
    {
        if (limits is null) return "-";
        return string.Join(", ", limits.Windows.OrderBy(window => window.Length).Select(window =>
        {
            double left = Math.Clamp(Math.Round(100 - window.UsedPercent), 0, 100);
            string reset = left <= 20 && window.ResetsAt > now ? $" (resets in {SpanText.Of(window.ResetsAt.Value - now)})" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{SpanText.Of(window.Length)} {left} %{reset}");
        }));
    }

    public static string Local(DateTimeOffset? moment, TimeProvider time) =>
        moment is { } known ? TimeZoneInfo.ConvertTime(known, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "further notice";

    private static string[] Row(Candidate candidate, AccountList accounts, AccountPool pool, DateTimeOffset now)
    {
        Account account = candidate.Account;
        string name = accounts.WorkspaceOf(account) is { } workspace ? $"{account.Email} · {workspace}" : account.Email;
        return
        [
            account.Key == accounts.Active?.Key ? "*" : "",
            account.Label is null ? name : $"{account.Label}: {name}",
            pool.PlanOf(account),
            Token(account, now),
            Quota(pool.LimitsOf(account), now),
            State(candidate, now) + Preferences(account) + Resets(pool.LimitsOf(account)?.BankedResets ?? 0),
        ];
    }

    private static string Token(Account account, DateTimeOffset now)
    {
        if (account.AccessToken is null) return "not fetched yet";
        if (account.IsExpired(now)) return "expired";
        string left = account.ExpiresAt is { } end ? $"valid {SpanText.Of(end - now)}" : "valid";
        return account.CannotRenew ? left + ", then signed out" : left;
    }

    private static string State(Candidate candidate, DateTimeOffset now)
    {
        string until = candidate.Until is { } end ? $" for {SpanText.Of(end - now)}" : "";
        return candidate.Skip switch
        {
            SkipReason.Disabled => "disabled",
            SkipReason.NeedsSignIn when candidate.Account.NeedsSignIn is { IsDeactivation: true } => "deactivated",
            SkipReason.NeedsSignIn => $"needs a new sign-in{(candidate.Detail is null ? "" : $" ({candidate.Detail})")}",
            SkipReason.Exhausted => "used up" + until,
            SkipReason.Reserved => "below its reserve" + until,
            SkipReason.CoolingDown => $"cooldown{until}{(candidate.Detail is null ? "" : $" ({candidate.Detail})")}",
            _ when candidate.Account.CannotRenew => "ready; sign in again before the token expires",
            _ => "ready",
        };
    }

    private static string Resets(int count) => count switch { 0 => "", 1 => ", 1 banked reset", _ => string.Create(CultureInfo.InvariantCulture, $", {count} banked resets") };

    private static string Preferences(Account account) =>
        (account.Priority == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", priority {account.Priority}"))
        + (account.Reserve is null or 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", reserve {account.Reserve} %"))
        + string.Concat(account.Reserves.Where(reserve => reserve.Percent > 0).Select(reserve => string.Create(CultureInfo.InvariantCulture, $", reserve {reserve.Percent} % of {WindowName.Of(reserve.Length)}")))
        + (account.ExcludedModels.Count == 0 ? "" : $", without {string.Join(", ", account.ExcludedModels)}")
        + (account.Proxy is null ? "" : account.Proxy.IsDirect ? ", without a proxy" : $", through {account.Proxy}");
}
