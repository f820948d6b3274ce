using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>What names a conversation: the id that keeps it on one account, and the key of the backend's prompt cache.</summary>
public static class CacheKey
{
    // RFC 9562, the namespace of URLs; any fixed one would do.
    private static readonly Guid Namespace = new("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    /// <summary>
    /// UUIDv5 of the conversation, the subagent and the model: one key for everybody would let conversations push each
    /// other out, one key per request would never find anything.
    /// </summary>
    public static string Create(string conversationId, string? agentId, string upstreamModel)
    {
        var name = Encoding.UTF8.GetBytes($"{conversationId}|{agentId}|{upstreamModel}");
        var bytes = new byte[16 + name.Length];
        Namespace.TryWriteBytes(bytes, bigEndian: true, out _);
        name.CopyTo(bytes, 16);
#pragma warning disable CA5350 // version 5 of a UUID is defined with SHA-1; nothing is protected by it
        return Uuid(SHA1.HashData(bytes), version: 5);
#pragma warning restore CA5350
    }

    /// <summary>A client's own key, as far as the backend takes it: 64 characters.</summary>
    internal static string OfClient(string key) =>
        key.Length <= 64 ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The client's own id of the conversation, else one made from how the conversation begins.</summary>
    internal static string ConversationId(JsonElement root, ClientHints hints, ReadOnlySpan<byte> instructions)
    {
        var id = SessionOf(root, hints);
        return id is null ? FromBeginning(root, instructions) : CallId.Of(id);
    }

    /// <summary>What the client calls its session: in the header, else in its metadata.</summary>
    internal static string? SessionOf(JsonElement root, ClientHints hints) =>
        hints.SessionId is { Length: > 0 } session ? session : FromUserId(root.Member("metadata"u8).Text("user_id"u8));

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

    private static string FromBeginning(JsonElement root, ReadOnlySpan<byte> instructions)
    {
        using var beginning = new PooledBuffer();
        beginning.Append(instructions);
        foreach (var message in root.GetProperty("messages"u8).EnumerateArray())
        {
            if (ConversationIndex.RoleOf(message) != ConversationIndex.Role.User) continue;
            var content = message.Member("content"u8);
            // The same text must count the same as a string and as a block: clients switch between the two.
            if (content.IsString()) WriteText(content, beginning);
            else if (content.IsArray()) WriteBlocks(content, beginning);
            break;
        }

        return Uuid(SHA256.HashData(beginning.Written), version: 8);
    }

    private static void WriteBlocks(JsonElement content, PooledBuffer to)
    {
        foreach (var block in content.EnumerateArray())
        {
            if (BlockTypes.TypeOf(block) == BlockType.Text) WriteText(block.Member("text"u8), to);
            else CompactJson.WriteWithoutCacheControl(block, to);
        }
    }

    private static void WriteText(JsonElement text, PooledBuffer to)
    {
        to.Append("\""u8);
        to.Append(RawText.Of(text));
        to.Append("\""u8);
    }

    private static string Uuid(byte[] hash, int version)
    {
        hash[6] = (byte)((hash[6] & 0x0F) | (version << 4));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }
}
