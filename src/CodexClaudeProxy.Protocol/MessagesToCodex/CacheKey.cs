using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;

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
    /// <param name="session">What the client's header calls its session.</param>
    internal static string ConversationId(JsonElement root, string? session, ReadOnlySpan<byte> instructions)
    {
        var id = SessionId.Of(root, session);
        return id is null ? FromBeginning(root, instructions) : CallId.Of(id);
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
