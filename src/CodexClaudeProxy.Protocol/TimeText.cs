using System.Globalization;

namespace CodexClaudeProxy.Protocol;

/// <summary>A moment to come, as people are told of it: how long until then first, and the clock time with its zone behind.</summary>
public static class TimeText
{
    /// <summary>For instance <c>in 59 min, 20:45 UTC+1</c>, or on another day <c>in 3 d 4 h, 2 Dec 20:45 UTC+1</c>.</summary>
    public static string Until(DateTimeOffset moment, DateTimeOffset now, TimeZoneInfo zone) =>
        (moment > now ? $"in {Span(moment - now)}, " : "now, ") + Clock(moment, now, zone);

    /// <summary>The clock time alone, for instance <c>20:45 UTC+1</c>.</summary>
    public static string Clock(DateTimeOffset moment, DateTimeOffset now, TimeZoneInfo zone)
    {
        DateTimeOffset there = TimeZoneInfo.ConvertTime(moment, zone);
        DateTimeOffset today = TimeZoneInfo.ConvertTime(now, zone);
        string format = there.Date == today.Date ? "HH:mm" : there.Year == today.Year || there - today < TimeSpan.FromDays(180) ? "d MMM HH:mm" : "d MMM yyyy HH:mm";
        return $"{there.ToString(format, CultureInfo.InvariantCulture)} {Offset(there.Offset)}";
    }

    /// <summary>Rounded up: whoever comes back then is not too early.</summary>
    private static string Span(TimeSpan span)
    {
        long minutes = (long)Math.Ceiling(span.TotalMinutes);
        if (span < TimeSpan.FromMinutes(1)) return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalSeconds)} s");
        (long first, string unit, long second, string smaller) = minutes switch
        {
            >= 24 * 60 => (minutes / 1440, "d", minutes % 1440 / 60, "h"),
            >= 60 => (minutes / 60, "h", minutes % 60, "min"),
            _ => (minutes, "min", 0, ""),
        };
        return second == 0 ? string.Create(CultureInfo.InvariantCulture, $"{first} {unit}") : string.Create(CultureInfo.InvariantCulture, $"{first} {unit} {second} {smaller}");
    }

    private static string Offset(TimeSpan offset)
    {
        if (offset == TimeSpan.Zero) return "UTC";
        string minutes = offset.Minutes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{Math.Abs(offset.Minutes):00}");
        return string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(offset.Hours)}{minutes}");
    }
}
