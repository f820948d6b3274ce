using System.Globalization;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>Whether it is worth redeeming a banked reset now, in one sentence that goes by the forecast.</summary>
internal static class ResetAdvice
{
    /// <summary>Upstream resets what is used up, or nearly so; how nearly is not known.</summary>
    private const double NearlyUsedUp = 90;

    /// <param name="expiresAt">When the first of the resets is lost; null when none does, or nobody knows.</param>
    /// <param name="pending">A redemption that is not finished.</param>
    public static string Of(Account account, PoolForecast forecast, DateTimeOffset? expiresAt, Redemption? pending, DateTimeOffset now)
    {
        if (pending is { IsOpen: true }) return "The last reset was sent and not answered, so redeeming repeats that same request.";
        if (pending is not null) return $"A reset was accepted {SpanText.Of(now - pending.AnsweredAt!.Value)} ago and the usage has not fallen yet, which can take hours: no other one is redeemed until then.";

        WindowReport[] windows = [.. forecast.Accounts.Where(each => each.Id == account.Key).SelectMany(each => each.Windows).Where(window => window.Limit is null)];
        string gain = windows.MaxBy(window => (window.UsedPercent, window.ResetsAt)) is { } fullest ? Gain(fullest, forecast, now) : "It is not known how much is used, so that redeeming now may do nothing";
        return $"{gain}{Expiry(windows, expiresAt, now)}.";
    }

    private static string Gain(WindowReport fullest, PoolForecast forecast, DateTimeOffset now)
    {
        string used = string.Create(CultureInfo.InvariantCulture, $"{Math.Round(fullest.UsedPercent)} %");
        if (fullest.UsedPercent >= 100)
        {
            string otherwise = fullest.ResetsAt > now ? $", which otherwise resets in {SpanText.Of(fullest.ResetsAt.Value - now)}" : "";
            string others = forecast.Ready switch { 0 => "no other account can serve meanwhile", 1 => "another account can serve meanwhile", var count => $"{count} other accounts can serve meanwhile" };
            return $"Redeeming one now gives back the {fullest.Name} quota window{otherwise}; {others}";
        }

        if (fullest.UsedPercent < NearlyUsedUp) return $"There is nothing to reset yet: at most {used} of a quota window is used ({fullest.Name}), and upstream resets only what is used up";
        string end = fullest.Pace?.EmptyAt > now ? $", in about {SpanText.Of(fullest.Pace.EmptyAt.Value - now)} at the present pace" : "";
        return $"{used} of the {fullest.Name} quota window is used: a reset gains most when it is used up{end}";
    }

    private static string Expiry(WindowReport[] windows, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (expiresAt is not { } end || end <= now) return "";
        bool isLost = windows.Length > 0 && windows.All(window => window.UsedPercent < NearlyUsedUp && !(window.Pace?.EmptyAt < end));
        return $"; the first one expires in {SpanText.Of(end - now)}{(isLost ? ", unused at the present pace" : "")}";
    }
}
