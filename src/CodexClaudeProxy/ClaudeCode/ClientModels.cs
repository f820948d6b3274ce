namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The model names Claude Code is to ask for, and what they have in common.</summary>
/// <param name="Main">What a session starts with.</param>
/// <param name="Window">Tokens that fit into the smallest context window of them: Claude Code knows only one number for all.</param>
/// <param name="Output">The longest answer to ask for.</param>
internal sealed record ClientModels(string Main, string Opus, string Sonnet, string Haiku, string Fable, int Window, int Output);

/// <summary>One environment variable for a client.</summary>
/// <param name="Why">One sentence for people.</param>
internal sealed record ClientVariable(string Name, string Value, string Why);
