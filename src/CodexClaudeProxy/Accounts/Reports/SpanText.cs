namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>A span in its one or two largest units: <c>2d 3h</c>, <c>5h</c>, <c>12m</c>.</summary>
internal static class SpanText
{
    public static string Of(TimeSpan span)
    {
        (int first, string firstUnit, int second, string secondUnit) = span switch
        {
            { TotalDays: >= 1 } => ((int)span.TotalDays, "d", span.Hours, "h"),
            { TotalHours: >= 1 } => ((int)span.TotalHours, "h", span.Minutes, "m"),
            _ => (Math.Max(1, (int)span.TotalMinutes), "m", 0, ""),
        };
        return second == 0 ? $"{first}{firstUnit}" : $"{first}{firstUnit} {second}{secondUnit}";
    }
}
