using System.Net;

namespace CodexClaudeProxy.Login;

/// <summary>What the browser shows at the end of a login. Whatever came from outside is escaped; there is no script.</summary>
internal static class LoginPages
{
    private const string Good = "#16a34a";
    private const string Bad = "#dc2626";

    /// <param name="message">For instance <c>Signed in as dev@example.com (plus)</c>.</param>
    public static CallbackReply Success(string message) => new(HttpStatusCode.OK, Page(
        "Sign-in complete", Good, message, "The account is stored on this computer. You can close this window."));

    public static CallbackReply Failure(string reason) => new(HttpStatusCode.BadRequest, Page(
        "Sign-in failed", Bad, reason, "No account was added or changed. Start the sign-in again from codex-claude-proxy."));

    /// <summary>The login server could not be asked; the code in this page's address is still good.</summary>
    public static CallbackReply TryAgain(string reason) => new(HttpStatusCode.ServiceUnavailable, Page(
        "Not signed in yet", Bad, reason, "The sign-in is still waiting. Reload this page to try again."));

    /// <summary>The login this callback belongs to, if there is one, goes on.</summary>
    public static CallbackReply StateMismatch() => new(HttpStatusCode.BadRequest, Page(
        "State mismatch", Bad, "This response does not belong to a sign-in that codex-claude-proxy has started, so it was ignored.", "A sign-in under way can still be finished."));

    public static CallbackReply TooLate(LoginProgress progress) => new(HttpStatusCode.BadRequest, Page(
        "This sign-in is over", Bad, progress.Message ?? "Its response was already received.", "Nothing was changed by this page."));

    private static string Page(string title, string color, string text, string more) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>{{WebUtility.HtmlEncode(title)}}</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0 1rem; }
        main { max-width: 32rem; border-top: 4px solid {{color}}; padding: 1rem 0; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <main>
        <h1>{{WebUtility.HtmlEncode(title)}}</h1>
        <p>{{WebUtility.HtmlEncode(text)}}</p>
        <p>{{WebUtility.HtmlEncode(more)}}</p>
        </main>
        </body>
        </html>

        """;
}
