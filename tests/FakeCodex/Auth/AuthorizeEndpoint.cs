using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FakeCodex;

/// <summary>The page a browser opens to sign in. This one asks nobody: it signs in the user the test chose.</summary>
internal sealed partial class AuthorizeEndpoint(FakeAuth auth)
{
    public Reply Answer(ReceivedRequest request)
    {
        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(request.Query);
        string Value(string name) => query.GetValueOrDefault(name).ToString();

        // Problems with the client or its address are shown, never redirected: the address may be anybody's.
        if (Value("client_id") != FakeAuth.ClientId) return Page("unknown client_id");
        string redirectUri = Value("redirect_uri");
        if (!IsRegistered(redirectUri)) return Page("redirect_uri is not registered for this client");
        if (Value("state") is not { Length: >= 8 } state) return Page("state is missing or too short");

        string? fault = Value("response_type") != "code" ? "unsupported_response_type"
            : Value("code_challenge_method") != "S256" || !Challenge().IsMatch(Value("code_challenge")) ? "invalid_request"
            : !Value("scope").Split(' ').Contains("openid") || !Value("scope").Split(' ').Contains("offline_access") ? "invalid_scope"
            : auth.AuthorizeError;
        Dictionary<string, string?> answer = fault is null
            ? new() { ["code"] = auth.Codes.Create(auth.NextUser, redirectUri, Value("code_challenge")), ["state"] = state }
            : new() { ["error"] = fault, ["error_description"] = $"The login ended with {fault}.", ["state"] = state };
        return Reply.Redirect(QueryHelpers.AddQueryString(redirectUri, answer));
    }

    // The real client has two ports registered; tests listen on any.
    private static bool IsRegistered(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out Uri? uri)
        && uri is { Scheme: "http", Host: "localhost" or "127.0.0.1", AbsolutePath: "/auth/callback", Query: "" };

    private static Reply Page(string problem) => Reply.Html(400, $"<!DOCTYPE html><title>Sign in</title><p>Sign-in failed: {problem}.</p>");

    [GeneratedRegex("^[A-Za-z0-9_-]{43}\\z")]
    private static partial Regex Challenge();
}
