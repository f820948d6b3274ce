using System.Globalization;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>What came of redeeming a reset, for people.</summary>
internal static class RedeemWords
{
    private const string Late = "This can take from minutes to hours. The usage is asked for again until it falls, and until then no other reset of this account is redeemed.";

    /// <param name="limits">The usage that shows the effect; null where it does not yet.</param>
    public static RedeemReply Done(string outcome, RateLimits? limits)
    {
        string message = outcome switch
        {
            Redemption.Reset => "The reset was redeemed.",
            Redemption.AlreadyRedeemed => "This request had been accepted before: the reset was redeemed once, not twice.",
            _ => $"Upstream answered with an outcome that this version does not know, {outcome}. Whether a reset was spent is not known.",
        };
        if (limits is null) return new RedeemReply(outcome is Redemption.Reset or Redemption.AlreadyRedeemed, $"{message} The usage has not fallen yet.", Late);
        string[] full = [.. limits.Windows.Where(window => window.UsedPercent >= 100).Select(window => WindowName.Of(window.Length))];
        return new RedeemReply(true, $"{message} The usage has fallen.", full.Length == 0 ? null : $"Still used up: the {string.Join(" and the ", full)} quota window.");
    }

    public static string NotDone(string outcome, string? error) => outcome switch
    {
        Redemption.NothingToReset => "Upstream has nothing to reset: none of the quota windows is used up enough. No reset was spent.",
        Redemption.NoCredit => "Upstream says that the account has no such reset. No reset was spent.",
        _ => $"Upstream refused to redeem the reset, and none was spent: {error}",
    };

    public static string NoAnswer(string error) =>
        $"Whether the reset was spent is not known: {error}. To try again is safe: the same request is repeated, which upstream carries out once.";

    public static string StillAwaited(Redemption awaited, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"A reset was redeemed {Math.Max(1, Math.Round((now - awaited.AnsweredAt!.Value).TotalMinutes))} minutes ago, and the usage has not fallen yet. Nothing else was redeemed. {Late}");
}
