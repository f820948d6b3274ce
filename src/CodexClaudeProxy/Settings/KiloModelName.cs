namespace CodexClaudeProxy.Settings;

/// <summary>The names under which the original's settings kept a Kilo model.</summary>
internal static class KiloModelName
{
    private const int Longest = 200;

    /// <summary>The gateway's id; null for what can be none. Releases up to 1.0.4 wrote short names.</summary>
    public static string? Read(string name) => name.Trim() switch
    {
        "glm-5" => "z-ai/glm-5:free",
        "minimax-2.5" => "minimax/minimax-m2.5:free",
        "kimi-k2.5" => "moonshotai/kimi-k2.5:free",
        { Length: > 0 and <= Longest } id when !id.Any(char.IsControl) => id,
        _ => null,
    };
}
