using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Login;

/// <summary>The login server's own words for why it ended a login.</summary>
internal static class OAuthError
{
    private const int Longest = 300;

    /// <summary>Null when there is no error. The text is safe for logs and terminals, not for HTML.</summary>
    public static string? Describe(string? error, string? description)
    {
        if (error is null) return null;
        string text = $"OAuth error: {error}{(description is null ? "" : $" ({description})")}";
        text = string.Concat(text.Where(letter => !char.IsControl(letter)));
        return ErrorText.Clean(text.Length > Longest ? text[..Longest] : text);
    }
}
