using System.Globalization;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>The length of a quota window as people say it: <c>5h</c>, <c>7d</c>, <c>90m</c>.</summary>
public static class WindowName
{
    /// <summary>No plan has a longer window.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static string Of(TimeSpan length)
    {
        (double number, string unit) = length.TotalDays >= 1 && length.Ticks % TimeSpan.TicksPerDay == 0 ? (length.TotalDays, "d")
            : length.Ticks % TimeSpan.TicksPerHour == 0 ? (length.TotalHours, "h")
            : (Math.Round(length.TotalMinutes), "m");
        return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
    }

    /// <summary>Null for what is no such name.</summary>
    public static TimeSpan? Read(string name)
    {
        name = name.Trim();
        if (name.Length < 2 || !int.TryParse(name.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
        double minutes = number * char.ToLowerInvariant(name[^1]) switch { 'm' => 1.0, 'h' => 60, 'd' => 24 * 60, _ => 0 };
        return minutes > 0 && minutes <= Longest.TotalMinutes ? TimeSpan.FromMinutes(minutes) : null;
    }
}
