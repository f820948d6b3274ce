namespace CodexClaudeProxy.CommandLine;

internal static partial class Examples
{
    private static Dictionary<string, Example[]> OfAlerts => new()
    {
        ["alerts"] =
        [
            new("codex-claude-proxy alerts", "Where alerts go, whether they arrived, and the latest ones"),
            new("codex-claude-proxy alerts --json", "The same for a program"),
        ],
        ["alerts list"] =
        [
            new("codex-claude-proxy alerts list", "Where alerts go, whether they arrived, and the latest ones"),
            new("codex-claude-proxy alerts list --json", "The same for a program"),
        ],
        ["alerts add"] =
        [
            new("codex-claude-proxy alerts add phone --ntfy my-secret-topic", "To the app of ntfy on a phone"),
            new("codex-claude-proxy alerts add team --url - --events account.dry,pool.dry", "To Slack, Discord or a webhook, whose address is read from standard input"),
            new("codex-claude-proxy alerts add log --command /usr/local/bin/on-alert --quiet", "To a program of yours, as JSON on its standard input"),
        ],
        ["alerts remove"] =
        [
            new("codex-claude-proxy alerts remove phone", "Nothing goes there any more"),
            new("codex-claude-proxy alerts remove phone --json", "The same for a program"),
        ],
        ["alerts test"] =
        [
            new("codex-claude-proxy alerts test", "Send a test to every channel"),
            new("codex-claude-proxy alerts test phone", "Only to one of them"),
        ],
    };
}
