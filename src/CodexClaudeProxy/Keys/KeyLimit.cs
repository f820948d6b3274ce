using System.Globalization;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Keys;

/// <summary>What a key may use in a span of time, at most.</summary>
/// <param name="Kind">What is counted: one of <see cref="Kinds"/>.</param>
/// <param name="Span">For which time: one of <see cref="Spans"/>.</param>
/// <param name="Maximum">Above 0. A request that begins below it is served to its end.</param>
/// <param name="Model">Counts only what these models were asked for, a name or a pattern with <c>*</c>; null for all.</param>
internal sealed record KeyLimit(string Kind, string Span, double Maximum, string? Model = null)
{
    public const string TotalTokens = "total_tokens";
    public const string InputTokens = "input_tokens";
    public const string OutputTokens = "output_tokens";
    public const string CostUsd = "cost_usd";
    public const string Requests = "requests";

    public const string FiveHours = "5h";
    public const string Daily = "daily";
    public const string SevenDays = "7d";
    public const string Monthly = "monthly";

    public static readonly string[] Kinds = [TotalTokens, InputTokens, OutputTokens, CostUsd, Requests];

    public static readonly string[] Spans = [FiveHours, Daily, SevenDays, Monthly];

    /// <summary>No span is longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(32);

    private const double Most = 1e15;

    /// <summary>What is wrong with it; null for nothing.</summary>
    [JsonIgnore]
    public string? Fault =>
        !Kinds.Contains(Kind) ? $"kind must be one of: {string.Join(", ", Kinds)}"
        : !Spans.Contains(Span) ? $"span must be one of: {string.Join(", ", Spans)}"
        : !double.IsFinite(Maximum) || Maximum is <= 0 or > Most ? "maximum must be a number above 0"
        : Kind != CostUsd && Maximum != Math.Floor(Maximum) ? "maximum must be a whole number"
        : Model is { } model && Settings.ModelPatterns.Read(model) is not { Count: 1 } ? "model must be one model name or pattern with *"
        : null;

    /// <summary>Two limits of a key that differ in nothing but their maximum are one.</summary>
    [JsonIgnore]
    public string Slot => $"{Kind} {Span} {Model?.ToLowerInvariant()}";

    /// <summary>From <c>KIND/SPAN=MAXIMUM</c> or <c>KIND/SPAN/MODEL=MAXIMUM</c>; null when it is not of this form.</summary>
    public static KeyLimit? Parse(string text)
    {
        int equals = text.LastIndexOf('=');
        if (equals < 0 || !double.TryParse(text.AsSpan(equals + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double maximum)) return null;
        // A model's name may contain a slash.
        string[] parts = text[..equals].Split('/', 3);
        if (parts.Length < 2) return null;
        KeyLimit limit = new(parts[0], parts[1], maximum, parts.ElementAtOrDefault(2));
        return limit.Fault is null ? limit : null;
    }

    /// <summary>Since when a span counts that is not over yet, and when it ends; a rolling one has no end of its own.</summary>
    /// <param name="zone">Days and months are those of this zone.</param>
    public (DateTimeOffset Begin, DateTimeOffset? End) Of(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Span == FiveHours) return (now - TimeSpan.FromHours(5), null);
        if (Span == SevenDays) return (now - TimeSpan.FromDays(7), null);
        DateTime today = TimeZoneInfo.ConvertTime(now, zone).Date;
        DateTime first = Span == Daily ? today : new DateTime(today.Year, today.Month, 1);
        return (Midnight(first, zone), Midnight(Span == Daily ? first.AddDays(1) : first.AddMonths(1), zone));
    }

    /// <summary>How long a rolling span is; null for the others.</summary>
    [JsonIgnore]
    public TimeSpan? Rolling => Span switch { FiveHours => TimeSpan.FromHours(5), SevenDays => TimeSpan.FromDays(7), _ => null };

    /// <summary>For instance <c>daily limit of 2,000,000 tokens</c>.</summary>
    [JsonIgnore]
    public string Words => string.Create(CultureInfo.InvariantCulture, $"{SpanWord} limit of {AmountWords(Maximum)}{(Model is null ? "" : $" for {Model}")}");

    /// <summary>For instance <c>1,250,000 of 2,000,000 tokens daily</c>.</summary>
    public string Usage(double used) => string.Create(CultureInfo.InvariantCulture, $"{(Kind == CostUsd ? "$" : "")}{Math.Round(used, Kind == CostUsd ? 2 : 0):#,0.##} of {AmountWords(Maximum)} {(Rolling is null ? Span : $"in {Span}")}{(Model is null ? "" : $" for {Model}")}");

    private string SpanWord => Span switch { FiveHours => "5-hour", SevenDays => "7-day", _ => Span };

    private string AmountWords(double amount) => Kind switch
    {
        CostUsd => string.Create(CultureInfo.InvariantCulture, $"${amount:#,0.##}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{amount:#,0} {Kind switch { InputTokens => "input tokens", OutputTokens => "output tokens", Requests => "requests", _ => "tokens" }}"),
    };

    /// <summary>The first moment of a day: in some zones the clocks skip midnight.</summary>
    private static DateTimeOffset Midnight(DateTime day, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(day)) day = day.AddMinutes(15);
        TimeSpan offset = zone.IsAmbiguousTime(day) ? zone.GetAmbiguousTimeOffsets(day).Max() : zone.GetUtcOffset(day);
        return new DateTimeOffset(day, offset);
    }
}
