using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>A workspace may keep its data in a region; <c>GET /wham/accounts/check</c> tells where its requests must go.</summary>
/// <param name="Origin">An HTTPS origin, or null for the default one.</param>
/// <param name="Override">Value of <c>x-openai-account-routing-override</c>, or null for none.</param>
internal sealed record WorkspaceRouting(Uri? Origin, string? Override)
{
    private const string Unconstrained = "NO_CONSTRAINT";

    /// <summary>Where requests go anyway, or to the address the owner set in its place.</summary>
    private static readonly Uri Default = new("https://chatgpt.com");

    /// <summary>Reads our own member of the account.</summary>
    public static WorkspaceRouting? Read(JsonElement stored) =>
        stored.ValueKind == JsonValueKind.Object ? Of(stored.Text("origin"), stored.Text("override")) : null;

    /// <summary>Our own member of the account; null for the default routing, which needs no note.</summary>
    public JsonObject? Write() =>
        Origin is null && Override is null ? null : new JsonObject { ["origin"] = Origin?.GetLeftPart(UriPartial.Authority), ["override"] = Override };

    /// <summary>The routing of a workspace; null for one we do not understand.</summary>
    public static WorkspaceRouting? Of(string? origin, string? routing)
    {
        if (routing is not (null or Unconstrained or "us" or "us_cr")) return null;
        Uri? uri = null;
        if (origin is not (null or Unconstrained) && !IsOrigin(origin, out uri)) return null;
        if (uri == Default) uri = null;
        return new WorkspaceRouting(uri, routing == Unconstrained ? null : routing);
    }

    /// <summary>The tokens go there: HTTPS, no path, no credentials in the address.</summary>
    private static bool IsOrigin(string text, out Uri? uri) =>
        Uri.TryCreate(text, UriKind.Absolute, out uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0;
}
