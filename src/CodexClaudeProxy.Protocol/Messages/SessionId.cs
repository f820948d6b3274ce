using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The client's own id of a conversation.</summary>
internal static class SessionId
{
    /// <summary>What the client calls its session: in the header, else in its metadata.</summary>
    /// <param name="header">The header's word.</param>
    public static string? Of(JsonElement root, string? header) =>
        header is { Length: > 0 } ? header : FromUserId(root.Member("metadata"u8).Text("user_id"u8));

    // Claude Code: a JSON object with "session_id"; older versions: user_<hash>_account_<uuid>_session_<uuid>.
    private static string? FromUserId(string? userId)
    {
        const string mark = "_session_";
        if (userId is null) return null;
        var at = userId.LastIndexOf(mark, StringComparison.Ordinal);
        if (at >= 0 && Guid.TryParseExact(userId.AsSpan(at + mark.Length), "D", out _)) return userId[(at + mark.Length)..];
        if (!userId.AsSpan().TrimStart().StartsWith('{')) return null;
        try
        {
            using var document = JsonDocument.Parse(userId, JsonDepth.Document);
            return document.RootElement.Text("session_id"u8) is { Length: > 0 } session ? session : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
