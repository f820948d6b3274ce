namespace CodexClaudeProxy.Demo;

/// <summary>Where a model's name led.</summary>
internal sealed record SimulatedRoute(string Requested, string Upstream, string Lane, string Effort);

/// <summary>How one client is used in the simulated past.</summary>
/// <param name="Share">How often, of a hundred.</param>
/// <param name="Agents">Its <c>User-Agent</c> before and after an update.</param>
internal sealed record SimulatedHabit(int Share, string Path, (string Before, string After) Agents, IReadOnlyList<SimulatedRoute> Routes)
{
    private static readonly TimeSpan UpdatedAgo = TimeSpan.FromDays(11);

    private static readonly SimulatedHabit[] All =
    [
        new(62, "/v1/messages", ("claude-cli/2.1.318 (external, cli)", "claude-cli/2.1.330 (external, cli)"),
        [
            new("claude-opus-5-5", "gpt-6.1-sol", "opus", "high"), new("claude-opus-5-5", "gpt-6.1-sol", "opus", "xhigh"), new("claude-sonnet-5", "gpt-6.1-terra", "sonnet", "medium"),
        ]) { HasSession = true, Title = new("claude-haiku-4-5", "gpt-6-luna", "side", "none") },
        new(18, "/v1/responses", ("codex_cli_rs/0.167.0 (Linux)", "codex_cli_rs/0.169.0 (Linux)"),
        [
            new("gpt-6.1-sol", "gpt-6.1-sol", "exact", "medium"), new("gpt-5.3-codex-spark", "gpt-5.3-codex-spark", "exact", "low"),
        ]) { HasSession = true },
        new(12, "/v1/chat/completions", ("opencode/1.4.0", "opencode/1.4.2"), [new("gpt-5.6-terra", "gpt-5.6-terra", "exact", "medium")]),
        new(8, "/v1/messages", ("Anthropic/JS 0.70.1", "Anthropic/JS 0.71.0"), [new("claude-haiku-4-5", "gpt-6-luna", "haiku", "low")]),
    ];

    public static IReadOnlyList<string> Projects { get; } = ["webshop", "webshop", "billing-api", "billing-api", "infrastructure", "docs", "prototype"];

    /// <summary>The client tells its session and its directory.</summary>
    public bool HasSession { get; init; }

    /// <summary>Which model names a new conversation; null when the client does not ask for that.</summary>
    public SimulatedRoute? Title { get; init; }

    public string AgentAt(DateTimeOffset at, DateTimeOffset now) => at < now - UpdatedAgo ? Agents.Before : Agents.After;

    public static SimulatedHabit Pick(Random random)
    {
        int left = random.Next(All.Sum(static habit => habit.Share));
        return All.First(habit => (left -= habit.Share) < 0);
    }
}
