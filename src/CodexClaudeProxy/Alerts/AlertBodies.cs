using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Alerts;

/// <summary>What a webhook and a command get.</summary>
/// <param name="Event">Such as <c>account.dry</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Id">The same for one thing that happened, should it arrive twice.</param>
/// <param name="Next">Who serves instead.</param>
/// <param name="Text">All of it in one sentence.</param>
internal sealed record WebhookBody(string Event, DateTimeOffset At, string Id, WebhookAccount? Account, string? Window, double? LeftPercent, DateTimeOffset? ResetsAt, string? Next, IReadOnlyList<string>? Names, int? Count, long? FreeBytes, string Text);

/// <param name="Email">Only where the channel asks for it.</param>
internal sealed record WebhookAccount(string Id, string? Label, string? Workspace, string? Email);

/// <summary>What an ntfy server gets, at its root: as headers, letters beyond ASCII would have to be encoded.</summary>
internal sealed record NtfyBody(string Topic, string Title, string Message, int Priority, IReadOnlyList<string> Tags, string? Click);

/// <param name="Text">Shown as it is.</param>
internal sealed record SlackBody(string Text);

/// <param name="AllowedMentions">Nobody is called by a name in the text.</param>
internal sealed record DiscordBody(string Content, DiscordMentions AllowedMentions);

internal sealed record DiscordMentions([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<string> Parse);

/// <summary>An alert in the form that a channel takes.</summary>
/// <param name="zone">Of the clock times in the text.</param>
/// <param name="page">Where the page is reached from elsewhere; null when it is not.</param>
internal sealed class AlertBodies(TimeZoneInfo zone, Uri? page)
{
    private const string Title = "codex-claude-proxy";

    public string TextOf(Alert alert, AlertChannel channel) => new AlertText(zone, channel.IncludeEmail).Of(alert);

    public byte[] Of(Alert alert, AlertChannel channel)
    {
        string text = TextOf(alert, channel);
        return channel.Kind switch
        {
            ChannelKind.Ntfy => JsonSerializer.SerializeToUtf8Bytes(
                new NtfyBody(AlertAddress.TopicOf(new Uri(channel.Url!))!, Title, text, AlertEvents.IsUrgent(alert.Event) ? 4 : 3, [AlertEvents.IsUrgent(alert.Event) ? "warning" : "information_source"], page?.AbsoluteUri),
                AlertBodiesContext.Default.NtfyBody),
            ChannelKind.Slack => JsonSerializer.SerializeToUtf8Bytes(new SlackBody(ForSlack(text)), AlertBodiesContext.Default.SlackBody),
            ChannelKind.Discord => JsonSerializer.SerializeToUtf8Bytes(new DiscordBody(text, new DiscordMentions([])), AlertBodiesContext.Default.DiscordBody),
            _ => JsonSerializer.SerializeToUtf8Bytes(Whole(alert, channel, text), AlertBodiesContext.Default.WebhookBody),
        };
    }

    private static WebhookBody Whole(Alert alert, AlertChannel channel, string text) => new(
        alert.Event, alert.At, alert.Id,
        alert.Account is { } account ? new WebhookAccount(account.Id, account.Label, account.Workspace, channel.IncludeEmail ? account.Email : null) : null,
        alert.Window, alert.LeftPercent, alert.Until, alert.Next?.Id, alert.Names, alert.Count, alert.FreeBytes, text);

    /// <summary>What Slack's own markup begins with.</summary>
    private static string ForSlack(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
