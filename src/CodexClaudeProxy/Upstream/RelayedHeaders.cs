using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Upstream;

/// <summary>The headers that pass between a client of the Responses API and the backend; all others belong to one of the two connections.</summary>
internal static class RelayedHeaders
{
    private const string Prefix = "x-codex-";

    private static readonly string[] FromBackend = ["x-models-etag", "x-reasoning-included", "openai-model"];

    private static readonly string[] FromClient =
        ["session-id", "session_id", "thread-id", "conversation_id", "x-client-request-id", "x-openai-internal-codex-responses-lite", "x-openai-subagent", "openai-beta"];

    /// <summary>Sets the backend's headers, and takes away those an earlier attempt left.</summary>
    public static void Copy(HttpResponseMessage response, IHeaderDictionary headers)
    {
        foreach (string stale in headers.Keys.Where(static name => IsFromBackend(name)).ToList()) headers.Remove(stale);
        foreach (var header in response.Headers.NonValidated)
        {
            if (IsFromBackend(header.Key)) headers[header.Key] = HeaderText.Relay(header.Value.ToString());
        }
    }

    /// <summary>What the Codex CLI tells the backend beside the body.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> OfClient(IHeaderDictionary headers) =>
        [.. headers.Where(static header => IsFromClient(header.Key)).Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString()))];

    private static bool IsFromBackend(string name) => Is(name, FromBackend);

    private static bool IsFromClient(string name) => Is(name, FromClient);

    private static bool Is(string name, string[] names) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
