using System.Globalization;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>One quota window as the backend reports it.</summary>
/// <param name="Length">How long the window is; windows are told apart by this, never by the slot they came in.</param>
/// <param name="UsedPercent">0 to 100, sometimes above.</param>
public sealed record RateLimitWindow(TimeSpan Length, double UsedPercent, DateTimeOffset? ResetsAt)
{
    /// <summary>What is longer counts as the weekly window.</summary>
    public static readonly TimeSpan LongestShort = TimeSpan.FromHours(24);

    /// <summary>The windows the Anthropic headers know: five hours, and seven days.</summary>
    public bool IsShort => Length <= LongestShort;

    /// <summary>The window at a moment: empty once its reset has passed.</summary>
    public RateLimitWindow At(DateTimeOffset now) => ResetsAt <= now ? this with { UsedPercent = 0, ResetsAt = null } : this;
}

/// <summary>A limit that some models have to themselves, beside the plan's windows.</summary>
/// <param name="Id">The backend's id in its own spelling, such as <c>codex_bengalfox</c>.</param>
/// <param name="Name">As the backend shows it, which is a model's name; null when it did not tell.</param>
public sealed record LimitFamily(string Id, string? Name, IReadOnlyList<RateLimitWindow> Windows)
{
    public bool LimitReached { get; init; }

    /// <summary>What people call it.</summary>
    public string Label => Name ?? Id;

    /// <summary>The model the limit belongs to, as requests name it: <c>GPT-5.3-Codex-Spark</c> is <c>gpt-5.3-codex-spark</c>.</summary>
    public string? Model => Name?.Trim().Replace(' ', '-').ToLowerInvariant();
}

/// <summary>What a plan has beside its windows.</summary>
/// <param name="Balance">In the backend's own words, a decimal number.</param>
public sealed record PlanCredits(bool HasCredits, bool Unlimited, string? Balance)
{
    /// <summary>A full window does not stop this account.</summary>
    public bool GoOn => HasCredits || Unlimited;
}

/// <summary>What is known of an account's quota, from a response's headers, a <c>codex.rate_limits</c> event or the usage endpoint.</summary>
/// <param name="Windows">The plan's own.</param>
public sealed partial record RateLimits(IReadOnlyList<RateLimitWindow> Windows)
{
    public bool LimitReached { get; init; }

    public string? PlanType { get; init; }

    public PlanCredits? Credits { get; init; }

    public IReadOnlyList<LimitFamily> Families { get; init; } = [];

    /// <summary>How many resets the account has saved up; null when that was not told. Only the usage endpoint tells it.</summary>
    public int? BankedResets { get; init; }

    /// <summary>Which limit applied to the response, by its id.</summary>
    public string? ActiveLimit { get; init; }

    /// <summary>The response was measured by a limit its model has to itself.</summary>
    public bool IsFamilyActive => Families.Any(family => family.Id == ActiveLimit);

    /// <summary>The limit a model has to itself, if any.</summary>
    public LimitFamily? FamilyOf(string model) => Families.FirstOrDefault(family => string.Equals(family.Model, model, StringComparison.OrdinalIgnoreCase));

    /// <summary>The windows that count for a model.</summary>
    public IReadOnlyList<RateLimitWindow> WindowsFor(string model) => FamilyOf(model)?.Windows ?? Windows;

    /// <summary>What is known at a moment: windows whose reset has passed are empty, and what was reached through them no longer is.</summary>
    public RateLimits At(DateTimeOffset now) => !HasReset(Windows, now) && !Families.Any(family => HasReset(family.Windows, now)) ? this : this with
    {
        Windows = [.. Windows.Select(window => window.At(now))],
        LimitReached = StillReached(LimitReached, Windows, now),
        Families = [.. Families.Select(family => family with
        {
            Windows = [.. family.Windows.Select(window => window.At(now))],
            LimitReached = StillReached(family.LimitReached, family.Windows, now),
        })],
    };

    /// <summary>What is known after this was told on top of <paramref name="older"/>: what it does not mention stays.</summary>
    public RateLimits Over(RateLimits? older)
    {
        if (older is null) return this;
        return this with
        {
            Windows = Windows.Count > 0 ? Windows : older.Windows,
            LimitReached = Windows.Count > 0 ? LimitReached : older.LimitReached,
            PlanType = PlanType ?? older.PlanType,
            Credits = Credits ?? older.Credits,
            BankedResets = BankedResets ?? older.BankedResets,
            Families =
            [
                .. Families.Select(family => family with { Name = family.Name ?? older.Families.FirstOrDefault(known => known.Id == family.Id)?.Name }),
                .. older.Families.Where(known => Families.All(family => family.Id != known.Id)),
            ],
        };
    }

    /// <summary>The <c>anthropic-ratelimit-unified-*</c> headers for a client.</summary>
    /// <param name="rejected">The answer is a refusal because the limit is used up.</param>
    public IEnumerable<KeyValuePair<string, string>> ToAnthropicHeaders(bool rejected)
    {
        const string Prefix = "anthropic-ratelimit-unified-";
        var shortest = Windows.FirstOrDefault(static w => w.IsShort);
        var longest = Windows.FirstOrDefault(static w => !w.IsShort);
        var fullest = shortest is null || longest?.UsedPercent > shortest.UsedPercent ? longest : shortest;
        if (fullest is null) yield break;

        yield return new(Prefix + "status", rejected || LimitReached ? "rejected" : fullest.UsedPercent >= 90 ? "allowed_warning" : "allowed");
        foreach (var (name, window) in new[] { ("5h", shortest), ("7d", longest) })
        {
            if (window is null) continue;
            yield return new(Prefix + name + "-utilization", (window.UsedPercent / 100).ToString("0.####", CultureInfo.InvariantCulture));
            if (window.ResetsAt is { } reset) yield return new(Prefix + name + "-reset", UnixSeconds(reset));
        }

        yield return new(Prefix + "representative-claim", fullest.IsShort ? "five_hour" : "seven_day");
        if (fullest.ResetsAt is { } at) yield return new(Prefix + "reset", UnixSeconds(at));
    }

    private static bool StillReached(bool reached, IReadOnlyList<RateLimitWindow> windows, DateTimeOffset now) =>
        reached && (!HasReset(windows, now) || windows.Any(window => window.At(now).UsedPercent >= 100));

    private static bool HasReset(IReadOnlyList<RateLimitWindow> windows, DateTimeOffset now) => windows.Any(window => window.ResetsAt <= now);

    private static string UnixSeconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
