namespace CodexClaudeProxy.Load.Report;

/// <summary>What a value must reach: so many times the floor's, or an amount.</summary>
internal sealed record Goal(double Limit, bool IsOfFloor)
{
    public static Goal AtMost(double limit) => new(limit, IsOfFloor: false);

    public static Goal Times(double limit) => new(limit, IsOfFloor: true);
}

/// <summary>How a target's values become one: of several rounds the median, of several starts the best where that is asked for.</summary>
internal enum Summary
{
    Median,
    Best,
}

/// <summary>One line of the table.</summary>
internal sealed record Metric(string Key, string Title, int Decimals, Goal? Goal = null, Summary Summary = Summary.Median);
