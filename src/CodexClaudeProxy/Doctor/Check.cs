namespace CodexClaudeProxy.Doctor;

internal enum CheckStatus { Ok, Warn, Fail, Skipped }

/// <summary>What a check found.</summary>
/// <param name="Fix">What the user can do; null where nothing needs doing.</param>
internal sealed record Verdict(CheckStatus Status, string Detail, string? Fix = null)
{
    public static Verdict Ok(string detail) => new(CheckStatus.Ok, detail);

    public static Verdict Warn(string detail, string fix) => new(CheckStatus.Warn, detail, fix);

    public static Verdict Fail(string detail, string fix) => new(CheckStatus.Fail, detail, fix);

    public static Verdict Skipped(string detail) => new(CheckStatus.Skipped, detail);
}

/// <summary>One thing to look at.</summary>
/// <param name="Id">Stable, for programs.</param>
/// <param name="Title">For people.</param>
internal sealed record Check(string Id, string Title, Func<CancellationToken, Task<Verdict>> RunAsync)
{
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>A check and what it found.</summary>
internal sealed record Finding(string Id, string Title, Verdict Verdict, TimeSpan Took);
