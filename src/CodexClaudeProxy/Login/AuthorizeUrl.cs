using CodexClaudeProxy.Accounts.Tokens;

namespace CodexClaudeProxy.Login;

/// <summary>The address a browser opens to sign in.</summary>
internal static class AuthorizeUrl
{
    /// <summary>What models need; the official client's two connector scopes would only widen what a stolen token can do.</summary>
    private const string Scope = "openid profile email offline_access";

    public static string Build(Uri issuer, string redirectUri, string challenge, string state)
    {
        // The official client's parameters in its order. The last two, as in the original, ask for a new sign-in:
        // otherwise the browser would silently add the account it is signed in with once more.
        (string Name, string Value)[] query =
        [
            ("response_type", "code"),
            ("client_id", TokenEndpoint.ClientId),
            ("redirect_uri", redirectUri),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
            ("state", state),
            ("scope", Scope),
            ("id_token_add_organizations", "true"),
            ("codex_cli_simplified_flow", "true"),
            ("originator", "codex_cli_rs"),
            ("prompt", "login"),
            ("max_age", "0"),
        ];
        return new Uri(issuer, "/oauth/authorize").AbsoluteUri + "?" + string.Join('&', query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
    }
}
