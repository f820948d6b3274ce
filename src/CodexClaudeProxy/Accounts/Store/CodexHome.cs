using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>The directory of the official client: <c>$CODEX_HOME</c>, else <c>~/.codex</c>.</summary>
internal sealed record CodexHome(string Path)
{
    public string AuthFile => System.IO.Path.Combine(Path, "auth.json");

    /// <param name="variable">Usually <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    public static CodexHome FromEnvironment(Func<string, string?> variable) =>
        new(variable("CODEX_HOME") is { Length: > 0 } told
            ? UserPaths.ExpandHome(told, variable)
            : System.IO.Path.Combine(UserPaths.Home(variable), ".codex"));
}
