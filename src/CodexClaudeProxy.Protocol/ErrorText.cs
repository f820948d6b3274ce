using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Protocol;

/// <summary>The last gate of every error message on its way to a client: no secrets, no HTML, no novels.</summary>
public static partial class ErrorText
{
    private const int MaxLength = 2_000;

    private static readonly Redaction Secrets = new();

    public static string Clean(string message)
    {
        ReadOnlySpan<char> start = message.AsSpan().TrimStart();
        if (start.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "Upstream returned an HTML page";

        // A secret may straddle the cut, so it is removed first; the bound keeps a hostile body cheap.
        if (message.Length > 4 * MaxLength) message = message[..(4 * MaxLength)];
        message = Ids().Replace(Secrets.Scrub(message), "[redacted]");
        return message.Length <= MaxLength ? message : Cut(message);
    }

    private static string Cut(string message) =>
        // Half a surrogate pair is not valid UTF-8.
        message[..(char.IsHighSurrogate(message[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];

    /// <summary>Whose account it is concerns no client.</summary>
    [GeneratedRegex("""
        \b(?:user|org|acct|account)-[A-Za-z0-9]{8,}            # account and organisation ids
        |(?<=\baccount[-_\s]?id["'\s:=]{1,4})[A-Za-z0-9-]{8,}   # chatgpt-account-id: …
        |\b__(?:cf|Secure|Host)[\w.-]*=[^\s;]+                  # one cookie
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Ids();
}
