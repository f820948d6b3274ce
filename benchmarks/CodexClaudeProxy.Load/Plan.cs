namespace CodexClaudeProxy.Load;

/// <summary>How long and how often things are measured.</summary>
internal sealed record Plan(int Rounds, int Starts, TimeSpan Settling, TimeSpan Window, int Requests, TimeSpan Rest, int FlatRequests)
{
    /// <summary>About a quarter of an hour.</summary>
    public static readonly Plan Full = new(Rounds: 3, Starts: 15, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8), Requests: 300, TimeSpan.FromMinutes(1), FlatRequests: 10_000);

    /// <summary>About two minutes: enough to see that something became much slower.</summary>
    public static readonly Plan Quick = new(Rounds: 1, Starts: 5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), Requests: 100, TimeSpan.FromSeconds(10), FlatRequests: 1_000);
}
