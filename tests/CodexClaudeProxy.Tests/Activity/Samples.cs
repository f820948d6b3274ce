using System.Globalization;
using CodexClaudeProxy.Activity;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>Finished requests, one a second.</summary>
internal static class Samples
{
    public static DateTimeOffset At(int second) => new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero).AddSeconds(second);

    public static RequestEntry Entry(int i) => new()
    {
        Id = "req_" + i.ToString("D24", CultureInfo.InvariantCulture), Received = At(i - 1), Ended = At(i), Path = "/v1/messages", Session = $"session-{i / 100}",
        Status = 200, Attempts = 1, TotalMs = 1_000, Detail = default,
    };

    /// <summary>Some of everything.</summary>
    public static RequestEntry Varied(int i) => Entry(i) with
    {
        Account = i % 2 == 0 ? "a@x.com:1" : "b@x.com:2",
        UpstreamModel = i % 3 == 0 ? "gpt-b" : "gpt-a",
        RequestedModel = "claude",
        Session = $"session-{i / 10}",
        Conversation = $"conversation-{i / 10}",
        Outcome = i % 7 == 0 ? RequestOutcome.Failed : RequestOutcome.Ok,
        ErrorType = i % 7 == 0 ? "api_error" : null,
        ErrorMessage = i % 7 == 0 ? i % 2 == 0 ? "100% odd_thing" : "100 oddities" : null,
        Tokens = i % 7 == 0 ? null : new RequestTokens(10, 30, 0, 5, 2, false),
        FirstTokenMs = i % 7 == 0 ? null : 100 + i,
        TotalMs = 1_000 + i,
    };
}
