using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Alerts;

/// <summary>The alerts: where they go, and which there were.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Channels">In the order they were added.</param>
/// <param name="Recent">The latest alerts that a channel took, the newest first, at most 20.</param>
/// <param name="Events">What one can be alerted of.</param>
/// <param name="DesktopProblem">Why this machine cannot show notifications of the desktop; null when it can.</param>
internal sealed record AlertsAnswer(
    bool Success, IReadOnlyList<AlertChannelReport> Channels, IReadOnlyList<RecentAlert> Recent, IReadOnlyList<AlertEventReport> Events, string? DesktopProblem)
{
    /// <param name="stateOf">How it goes with a channel; null while nothing was sent.</param>
    /// <param name="recent">The oldest first.</param>
    public static AlertsAnswer Of(IReadOnlyList<AlertChannel> channels, Func<AlertChannel, ChannelState?> stateOf, IReadOnlyList<Alert> recent, AlertBodies bodies, AlertPrograms programs)
    {
        AlertChannel owner = new() { IncludeEmail = true };
        return new AlertsAnswer(
            true,
            [.. channels.Select(channel => AlertChannelReport.Of(channel, stateOf(channel)))],
            [.. recent.Reverse().Select(alert => new RecentAlert(alert.Id, alert.Event, alert.At, bodies.TextOf(alert, owner)))],
            [.. AlertEvents.All.Select(static each => new AlertEventReport(each.Name, each.Meaning, each.IsUsual))],
            programs.MissingDesktop);
    }
}

/// <summary>Where alerts go, and how it goes there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>webhook</c>, <c>ntfy</c>, <c>slack</c>, <c>discord</c>, <c>command</c> or <c>desktop</c>.</param>
/// <param name="Address">The host and the end of the address, never all of it; of a command the program without its arguments.</param>
/// <param name="SetIn">Where it is set: <c>alert-channels.json</c>, or <c>alertCommand</c> for the option.</param>
/// <param name="ReadOnly">It is a command, which cannot be changed over HTTP.</param>
/// <param name="Events">The events it gets; null for the usual ones.</param>
/// <param name="IncludeEmail">Messages may have e-mail addresses in them.</param>
/// <param name="HasAuthorization">A header <c>authorization</c> is sent.</param>
/// <param name="HasSecret">What is sent is signed.</param>
/// <param name="State"><c>untried</c>, <c>ok</c>, <c>failing</c>, <c>paused</c> for some minutes after several failures, or <c>unusable</c> as it is set.</param>
/// <param name="LastDelivered">When an alert arrived last; null for never.</param>
/// <param name="LastFailed">When a delivery failed last; null for never.</param>
/// <param name="LastError">Why the last failed delivery failed, or what is wrong with the channel; null for nothing.</param>
/// <param name="PausedUntil">When it is tried again; null when nothing keeps it from being used.</param>
/// <param name="Waiting">How many alerts are still to be sent.</param>
/// <param name="Dropped">How many alerts never arrived.</param>
internal sealed record AlertChannelReport(
    string Name, string Kind, string Address, string SetIn, bool ReadOnly, IReadOnlyList<string>? Events, bool IncludeEmail, bool HasAuthorization, bool HasSecret,
    string State, DateTimeOffset? LastDelivered, DateTimeOffset? LastFailed, string? LastError, DateTimeOffset? PausedUntil, int Waiting, int Dropped)
{
    public static AlertChannelReport Of(AlertChannel channel, ChannelState? state)
    {
        string? problem = channel.Problem() is var (member, message) ? $"{member} {message}" : null;
        string word = problem is not null ? "unusable" : state switch
        {
            { Failures: >= 3 } => "paused",
            { Failures: > 0 } => "failing",
            { LastDelivered: not null } => "ok",
            _ => "untried",
        };
        return new AlertChannelReport(
            channel.Name, channel.KindName, channel.Shown, channel.IsOption ? "alertCommand" : "alert-channels.json", channel.Kind == ChannelKind.Command, channel.Events, channel.IncludeEmail,
            channel.Authorization is not null, channel.Secret is not null,
            word, state?.LastDelivered, state?.LastFailed, problem ?? state?.LastError, state is { Failures: > 0 } ? state.PausedUntil : null, state?.Waiting.Count ?? 0, state?.Dropped ?? 0);
    }
}

/// <summary>An alert.</summary>
/// <param name="Id">The same as in what receivers get.</param>
/// <param name="Event">Such as <c>account.dry</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Text">For people.</param>
internal sealed record RecentAlert(string Id, string Event, DateTimeOffset At, string Text);

/// <summary>What one can be alerted of.</summary>
/// <param name="Name">Such as <c>account.dry</c>.</param>
/// <param name="Meaning">When it is sent, for people.</param>
/// <param name="Usual">A channel that names no events gets it.</param>
internal sealed record AlertEventReport(string Name, string Meaning, bool Usual);

/// <summary>What came of a test.</summary>
/// <param name="Success">It arrived everywhere.</param>
/// <param name="Results">Each channel.</param>
internal sealed record AlertTestAnswer(bool Success, IReadOnlyList<AlertTestResult> Results);

/// <summary>What came of a test on one channel.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Delivered">It arrived.</param>
/// <param name="Error">Why it did not, without addresses; null when it did.</param>
internal sealed record AlertTestResult(string Channel, bool Delivered, string? Error);

/// <summary>What the routes and the command line tell of alerts.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(AlertsAnswer))]
[JsonSerializable(typeof(AlertTestAnswer))]
internal sealed partial class AlertReportsContext : JsonSerializerContext;
