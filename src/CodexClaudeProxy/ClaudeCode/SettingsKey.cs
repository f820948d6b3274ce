namespace CodexClaudeProxy.ClaudeCode;

/// <summary>One member of Claude Code's settings: of the whole, or of its <c>env</c>.</summary>
internal readonly record struct SettingsKey(string Name, bool InEnv)
{
    private const string EnvPrefix = "env.";

    public static SettingsKey Env(string variable) => new(variable, InEnv: true);

    public static SettingsKey Top(string member) => new(member, InEnv: false);

    public static SettingsKey Parse(string text) =>
        text.StartsWith(EnvPrefix, StringComparison.Ordinal) ? Env(text[EnvPrefix.Length..]) : Top(text);

    public override string ToString() => InEnv ? EnvPrefix + Name : Name;
}

/// <param name="Value">JSON text; null removes the member.</param>
internal sealed record SettingsChange(SettingsKey Key, string? Value)
{
    /// <summary>Where a member that comes back once stood.</summary>
    public SettingsPlace? Place { get; init; }
}

/// <summary>Where a member stands.</summary>
/// <param name="After">The name of the member before it; null for the first one.</param>
/// <param name="Gap">The white space before it.</param>
internal sealed record SettingsPlace(string? After, string Gap);
