using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>How long the backend says to wait before another try: in a header, or in the words of its message.</summary>
internal static partial class RetryWait
{
    public static TimeSpan? FromHeaders(Func<string, string?> header, DateTimeOffset now)
    {
        if (double.TryParse(header("retry-after-ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 1e11)
            return TimeSpan.FromMilliseconds(ms);
        var after = header("retry-after");
        if (double.TryParse(after, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e8)
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(after, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at - now : null;
    }

    public static TimeSpan? FromText(string? text)
    {
        if (text is null || TryAgainIn().Match(text) is not { Success: true } match) return null;

        var wait = TimeSpan.Zero;
        for (var i = 0; i < match.Groups["n"].Captures.Count; i++)
        {
            var amount = double.Parse(match.Groups["n"].Captures[i].ValueSpan, CultureInfo.InvariantCulture);
            wait += match.Groups["u"].Captures[i].Value.ToLowerInvariant() switch
            {
                "ms" => TimeSpan.FromMilliseconds(amount),
                "h" or "hour" or "hours" => TimeSpan.FromHours(amount),
                "m" or "minute" or "minutes" => TimeSpan.FromMinutes(amount),
                _ => TimeSpan.FromSeconds(amount),
            };
        }

        return wait;
    }

    // "try again in 1.5s", "20ms", "6m0s", "3 seconds"
    [GeneratedRegex(@"try again in (?:(?<n>\d{1,9}(?:\.\d{1,6})?)\s?(?<u>ms|hours?|h|minutes?|m|seconds?|s)\s?)+", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex TryAgainIn();
}
