using CodexClaudeProxy.Alerts;
using CodexClaudeProxy.Endpoints;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>Where alerts go.</summary>
internal static class AlertTopics
{
    private const string Name = "The name of a channel.";
    private const string Wrong = "A member is not what it must be, there is no such channel, or it is a command; nothing is changed.";

    public static readonly Topic Alerts = new(
        "Alerts",
        "What is told, when and how is in [Alerts](ALERTS.md). Addresses are never shown in full. Commands are shown, but only set in `config.json` or by the command `alerts add`, never over HTTP.",
        Get("/api/alerts", "Lists the channels of alerts and the latest alerts.").Answers(AlertReportsContext.Default.AlertsAnswer, "The channels.").Try(),
        Post("/api/alerts/channels", "Adds a channel.").Takes(EndpointsContext.Default.AlertChannelRequest, "name").Outcome().Refuses(400, Wrong)
            .Try(body: """{"name":"phone","url":"https://ntfy.sh/my-secret-topic"}""").Try(body: """{"name":"log","kind":"command","command":["/bin/log"]}"""),
        Patch("/api/alerts/channels/{name}", "Changes a channel.").Also("Members that are absent stay as they are, and so does an address that is sent back as it was shown.").Segment("name", Name)
            .Takes(EndpointsContext.Default.AlertChannelRequest).Outcome().Refuses(400, Wrong)
            .Try(path: "/api/alerts/channels/phone", body: """{"events":["account.dry","pool.dry"]}"""),
        Delete("/api/alerts/channels/{name}", "Removes a channel.").Segment("name", Name).Outcome().Refuses(400, Wrong)
            .Try(path: "/api/alerts/channels/phone"),
        Post("/api/alerts/test", "Sends a test now, and tells what happened.").Takes(EndpointsContext.Default.AlertTestRequest)
            .Answers(AlertReportsContext.Default.AlertTestAnswer, "What came of it on each channel; `success` is false when it did not arrive somewhere.").Refuses(400, "There is no such channel.")
            .Try(body: """{"channel":"phone"}"""));
}
