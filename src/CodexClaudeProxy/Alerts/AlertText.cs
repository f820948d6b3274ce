using System.Globalization;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Alerts;

/// <summary>An alert in one plain sentence, with clock times in the owner's zone.</summary>
/// <param name="withEmail">An account without a label is called by its e-mail address.</param>
internal sealed class AlertText(TimeZoneInfo zone, bool withEmail)
{
    /// <summary>A list longer than this is not read.</summary>
    public const int MostNames = 5;

    public string Of(Alert alert)
    {
        string name = alert.Account?.Name(withEmail) ?? "";
        string until = alert.Until is { } at ? $" until {Clock(at, alert.At)}" : "";
        return alert.Event switch
        {
            AlertEvents.AccountDry => $"{name}: {(alert.Window is null ? "" : alert.Window + " quota window ")}used up{until}; {Instead(alert)}.",
            AlertEvents.AccountBack => $"{name}: can serve again.",
            AlertEvents.AccountLow => $"{name}: {Percent(alert.LeftPercent)} of the {alert.Window} quota window remaining{(alert.Until is { } reset ? $"; it is reset {Clock(reset, alert.At)}" : "")}.",
            AlertEvents.SignInNeeded when alert.StillWorks => $"{name}: please sign in again; it works with its last token{until}.",
            AlertEvents.SignInNeeded => $"{name}: please sign in again; it cannot serve any more.",
            AlertEvents.ResetEarly => $"{name}: the {alert.Window} quota window was reset early{(alert.Announced is { } announced ? $", instead of {Clock(announced, alert.At)}" : "")}.",
            AlertEvents.PoolDry => alert.Until is null ? "No account can serve any more; please sign in or add an account." : $"No account can serve any more{until}.",
            AlertEvents.PoolBack => $"Requests are served again{(alert.Next is { } next ? $", by {next.Name(withEmail)}" : "")}.",
            AlertEvents.ResetExpiring => $"{name}: a banked reset expires {Clock(alert.Until!.Value, alert.At)}.",
            AlertEvents.Pace => $"At the present pace all accounts together are used up {Clock(alert.Until!.Value, alert.At)}, before their resets.",
            AlertEvents.DiskLow => $"Only {Megabytes(alert.FreeBytes)} are free where codex-claude-proxy stores its data.",
            AlertEvents.ClientNew => $"Seen for the first time: {Listed(alert)}.",
            AlertEvents.ProtocolDrift => $"New to this version: {Listed(alert)}; an update may be due.",
            AlertEvents.HeldBack => $"{Counted(alert.Count ?? 0, "more alert was", "more alerts were")} held back: {Listed(alert)}.",
            _ => "This is a test: alerts of codex-claude-proxy arrive here.",
        };
    }

    private string Clock(DateTimeOffset moment, DateTimeOffset now) => TimeText.Clock(moment, now, zone);

    private string Instead(Alert alert) => alert.Next is { } next ? $"going on with {next.Name(withEmail)}" : "no other account can serve";

    private static string Percent(double? left) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(left ?? 0)} %");

    private static string Megabytes(long? bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes ?? 0) / 1_000_000} MB");

    private static string Counted(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    private static string Listed(Alert alert)
    {
        IReadOnlyList<string> names = alert.Names ?? [];
        string first = string.Join(", ", names.Take(MostNames));
        return names.Count > MostNames ? string.Create(CultureInfo.InvariantCulture, $"{first} and {names.Count - MostNames} more") : first;
    }
}
