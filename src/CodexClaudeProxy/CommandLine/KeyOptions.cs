using System.CommandLine;
using System.Globalization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Keys;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The options of <c>keys add</c> and <c>keys set</c>: what a key may do.</summary>
internal sealed class KeyOptions(bool forChange)
{
    private const string Everything = "all";
    private const string Never = "never";

    private readonly Option<string?> _name = new("--name") { Description = "Another name for the key", HelpName = "name" };
    private readonly Option<string?> _models = new("--models") { Description = "The models it may use, names or patterns with * separated by commas; all for every model", HelpName = "names" };
    private readonly Option<double?> _dailyTokens = new("--daily-tokens") { Description = "At most so many tokens a day, input and output", HelpName = "number" };
    private readonly Option<double?> _monthlyCost = new("--monthly-cost") { Description = "At most so much a month, in US dollars as the API would cost", HelpName = "dollars" };

    private readonly Option<string[]> _limits = new("--limit")
    {
        Description = $"At most so much in a span: kind/span=maximum or kind/span/model=maximum, with the kinds {string.Join(", ", KeyLimit.Kinds)} and the spans {string.Join(", ", KeyLimit.Spans)}; may be repeated",
        HelpName = "limit",
    };

    private readonly Option<bool> _noLimits = new("--no-limits") { Description = "Remove all limits before those that are given" };
    private readonly Option<string?> _expires = new("--expires") { Description = "When it stops working, such as 30d, 12h or 2027-01-31; never for no end", HelpName = "when" };

    public void AddTo(Command command)
    {
        Option[] all = forChange ? [_name, _models, _dailyTokens, _monthlyCost, _limits, _noLimits, _expires] : [_models, _dailyTokens, _monthlyCost, _limits, _expires];
        foreach (Option option in all) command.Options.Add(option);
    }

    /// <summary>What is wanted, as a change of what is there.</summary>
    /// <exception cref="UsageException">An option is not understood.</exception>
    public Func<ClientKey, ClientKey> Of(ParseResult parsed, TimeProvider time)
    {
        KeyLimit[] wanted = [.. Limits(parsed)];
        string[]? models = parsed.GetValue(_models)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? expires = parsed.GetValue(_expires);
        DateTimeOffset? end = expires is null or Never ? null : EndOf(expires, time) ?? throw new UsageException($"--expires must be a span such as 30d or 12h, a date to come such as 2027-01-31, or never, not {expires}");
        string? name = forChange ? parsed.GetValue(_name)?.Trim() : null;
        bool startsAnew = forChange && parsed.GetValue(_noLimits);
        return key =>
        {
            // A limit takes the place of one that differs only in its maximum.
            KeyLimit[] limits = [.. (startsAnew ? [] : key.AllLimits).Where(limit => wanted.All(other => other.Slot != limit.Slot)), .. wanted];
            return key with
            {
                Name = name ?? key.Name,
                Models = models is null ? key.Models : models is [] or [Everything] ? null : models,
                Limits = limits.Length > 0 ? limits : null,
                Expires = expires is null ? key.Expires : end,
            };
        };
    }

    private IEnumerable<KeyLimit> Limits(ParseResult parsed)
    {
        if (parsed.GetValue(_dailyTokens) is { } tokens) yield return Sound(new KeyLimit(KeyLimit.TotalTokens, KeyLimit.Daily, tokens), "--daily-tokens");
        if (parsed.GetValue(_monthlyCost) is { } cost) yield return Sound(new KeyLimit(KeyLimit.CostUsd, KeyLimit.Monthly, cost), "--monthly-cost");
        foreach (string text in parsed.GetValue(_limits) ?? [])
            yield return KeyLimit.Parse(text) ?? throw new UsageException($"--limit must be such as total_tokens/daily=2000000 or requests/5h/gpt-5.5=100, not {text}");
    }

    private static KeyLimit Sound(KeyLimit limit, string option) => limit.Fault is { } problem ? throw new UsageException($"{option}: {problem}") : limit;

    /// <summary>A span from now on, or a time to come; a date is its first moment here. Null for anything else.</summary>
    private static DateTimeOffset? EndOf(string text, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and <= 100_000)
        {
            return text[^1] switch { 'h' => now.AddHours(count), 'd' => now.AddDays(count), 'w' => now.AddDays(7.0 * count), _ => null };
        }

        DateTimeOffset? end = DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime day)
            ? new DateTimeOffset(day, time.LocalTimeZone.GetUtcOffset(day))
            : Times.TryParse(text);
        return end > now ? end : null;
    }
}
