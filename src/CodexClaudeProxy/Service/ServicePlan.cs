namespace CodexClaudeProxy.Service;

/// <summary>What is to run as a service.</summary>
/// <param name="Program">Its path, the one that stays when the program is replaced by another version.</param>
/// <param name="Environment">Its options, and what else counts of the environment.</param>
/// <param name="Drain">How long running responses may continue after the order to stop.</param>
/// <param name="Port">Where it listens.</param>
internal sealed record ServicePlan(string Program, CarriedEnvironment Environment, TimeSpan Drain, int Port)
{
    /// <summary>Of the service, of its files, and of the directory of its data.</summary>
    public const string Name = "codex-claude-proxy";

    /// <summary>What the end may take beyond the drain: the last words to clients, and what must be written.</summary>
    private static readonly TimeSpan BeyondDrain = TimeSpan.FromSeconds(15);

    /// <summary>The user a system service runs as; null for one that exists only while it runs.</summary>
    public string? RunAs { get; init; }

    /// <summary>Where its data is, when that is not the usual place of such a service.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The end, before the system kills the process.</summary>
    public static TimeSpan TimeToStop(TimeSpan drain) => drain + BeyondDrain;
}
