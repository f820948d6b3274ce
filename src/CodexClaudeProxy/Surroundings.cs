using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Images;

namespace CodexClaudeProxy;

/// <summary>What the program reaches beyond its options and its data directory; a demo has others.</summary>
/// <param name="Http">The way to the backends. Belongs to whoever made it.</param>
/// <param name="Codex">The directory of the official client.</param>
/// <param name="Claude">Where Claude Code keeps its settings.</param>
internal sealed record Surroundings(HttpMessageInvoker Http, CodexHome Codex, ClaudeHome Claude)
{
    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The way to images that requests name by address.</summary>
    public ImageNetwork Images { get; init; } = ImageNetwork.Internet;

    /// <summary>It is a demo.</summary>
    public bool IsSimulated { get; init; }
}
