using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>
/// Tells texts the user typed from those the client puts into the user's role: reminders, notices, output of commands and hooks,
/// summaries. In doubt a text is the client's: a consent that is missed costs a question, one that was never given costs more.
/// </summary>
internal static partial class UserText
{
    private static readonly string[] Openings =
    [
        "[Request interrupted", "[Image: ", "[SYSTEM", "This session is being continued from a previous conversation", "Caveat: ", "Stop hook feedback", "Continue from where you left off",
        "Base directory for this skill",
    ];

    public static bool IsWrittenByClient(string text)
    {
        var start = text.AsSpan().TrimStart();
        foreach (var opening in Openings)
        {
            if (start.StartsWith(opening, StringComparison.OrdinalIgnoreCase)) return true;
        }

        // A reminder may also stand inside a text, and text of a stranger inside the reminder.
        return ClientTag().IsMatch(text);
    }

    /// <summary>At the start any tag of several words, which is how the client marks its own; a reminder or a notice anywhere.</summary>
    [GeneratedRegex(@"^\s*</?[a-z]+(?:-[a-z]+)+[\s>]|<(?:system-reminder|task-notification|user-prompt-submit-hook|local-command-stdout|bash-stdout|bash-stderr)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ClientTag();
}
