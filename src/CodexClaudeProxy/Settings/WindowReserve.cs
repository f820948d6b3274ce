using System.Globalization;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Settings;

/// <summary>The part of every quota window of one length that is kept back: no new conversation starts below it.</summary>
internal sealed record WindowReserve(TimeSpan Length, int Percent)
{
    /// <summary>Plans have two windows, and there are few lengths.</summary>
    public const int MostWindows = 8;

    /// <summary>The backend has told one and the same window as 299 and as 300 minutes.</summary>
    private const double Tolerance = 0.02;

    /// <summary>For instance <c>20 % of the weekly quota window</c>.</summary>
    public string Words => $"{Percent} % of the {(WindowName.Of(Length) is "7d" ? "weekly" : WindowName.Of(Length))} quota window";

    /// <summary>What is kept back of a window of this length; null when nothing is said about it.</summary>
    public static int? Of(IEnumerable<WindowReserve> reserves, TimeSpan length) =>
        reserves.FirstOrDefault(reserve => (reserve.Length - length).Duration() <= length * Tolerance)?.Percent;

    public static bool IsPercent(int number) => number is >= 0 and <= 100;

    /// <summary>Reads <c>5h 10, 7d 5</c>; null when it is not of this form.</summary>
    public static IReadOnlyList<WindowReserve>? Read(string text)
    {
        List<WindowReserve> read = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split([' ', ':', '=', '%'], StringSplitOptions.RemoveEmptyEntries) is not [var name, var number]) return null;
            if (WindowName.Read(name) is not { } length || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int percent) || !IsPercent(percent)) return null;
            if (read.Count == MostWindows || read.Exists(known => known.Length == length)) return null;
            read.Add(new WindowReserve(length, percent));
        }

        return read.Count > 0 ? read : null;
    }

    /// <summary>As <see cref="Read"/> reads it; null for none.</summary>
    public static string? Text(IReadOnlyList<WindowReserve> reserves) =>
        reserves.Count == 0 ? null : string.Join(", ", reserves.Select(reserve => string.Create(CultureInfo.InvariantCulture, $"{WindowName.Of(reserve.Length)} {reserve.Percent}")));
}
