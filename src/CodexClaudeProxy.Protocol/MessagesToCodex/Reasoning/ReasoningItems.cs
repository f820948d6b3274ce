using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

/// <summary>Reasoning items for the backend: from the thinking blocks a client sends back, where they are the backend's own, or from what it finished just now.</summary>
internal static class ReasoningItems
{
    /// <summary>
    /// Writes the item as JSON and gives the hash of its content. False for everything that cannot be used: it is dropped
    /// without a word, because a conversation that began on real Claude is nothing unusual.
    /// </summary>
    public static bool TryWrite(JsonElement block, Conversion conversion, PooledBuffer to, out string hash)
    {
        var redacted = BlockTypes.TypeOf(block) == BlockType.RedactedThinking;
        return TryWrite(RawText.Of(block, redacted ? "data"u8 : "signature"u8), RawText.Of(block, "thinking"u8), conversion, to, out hash);
    }

    /// <param name="text">The signature.</param>
    /// <param name="summary">What the client was shown of the reasoning.</param>
    public static bool TryWrite(ReadOnlySpan<byte> text, ReadOnlySpan<byte> summary, Conversion conversion, PooledBuffer to, out string hash)
    {
        hash = "";
        if (conversion.Effort == Effort.None || conversion.Options.WithoutReasoning) return false;
        if (text.Contains((byte)'\\')) text = Encoding.UTF8.GetBytes(JsonText.ToString(text));
        if (!ReasoningSignature.TryRead(text, out var signature)) return false;
        if (!signature.AccountMark.IsEmpty && !Ascii.Equals(signature.AccountMark, conversion.Options.AccountMark)) return false;

        hash = ReasoningSignature.HashOf(signature.EncryptedContent);
        if (conversion.Options.IsRejectedReasoning(hash)) return false;

        to.Append(Start);
        if (signature.SummaryLengths is { } lengths) WriteSummary(summary, lengths, to);
        WriteEnd(signature.EncryptedContent, to);
        return true;
    }

    /// <summary>What to remember of an item the backend finished; null when it could not be sent back.</summary>
    public static KeptReasoning? Keep(in CodexItem item)
    {
        if (!ReasoningSignature.IsEncryptedContent(item.EncryptedContent) || item.EncryptedContent.Length > ReasoningSignature.LongestSignature) return null;
        using var json = new PooledBuffer();
        json.Append(Start);
        var first = true;
        foreach (var part in new JsonObjects(item.Summary))
        {
            WritePart(CodexPart.Parse(part).Text, first, json);
            first = false;
        }

        WriteEnd(item.EncryptedContent, json);
        return new KeptReasoning(json.Written.ToArray(), ReasoningSignature.HashOf(item.EncryptedContent));
    }

    private static void WriteSummary(ReadOnlySpan<byte> thinking, int[] lengths, PooledBuffer to)
    {
        if (thinking.IsEmpty) return;
        var start = to.Length;
        var rest = thinking;
        for (var i = 0; i < lengths.Length; i++)
        {
            var end = RawText.BytesOf(rest, lengths[i]);
            if (end < 0) break;
            WritePart(rest[..end], i == 0, to);
            rest = rest[end..];
            if (i == lengths.Length - 1 && rest.IsEmpty) return;
            // The parts were shown with an empty line between them.
            var separator = RawText.BytesOf(rest, 2);
            if (separator < 0) break;
            rest = rest[separator..];
        }

        // The client changed the text: one part with what is there now.
        to.Truncate(start);
        WritePart(thinking, first: true, to);
    }

    private static ReadOnlySpan<byte> Start => "{\"type\":\"reasoning\",\"summary\":["u8;

    private static void WriteEnd(ReadOnlySpan<byte> encryptedContent, PooledBuffer to)
    {
        to.Append("],\"encrypted_content\":\""u8);
        to.Append(encryptedContent);
        to.Append("\"}"u8);
    }

    private static void WritePart(ReadOnlySpan<byte> inside, bool first, PooledBuffer to)
    {
        if (!first) to.Append(","u8);
        to.Append("{\"type\":\"summary_text\",\"text\":\""u8);
        to.Append(inside);
        to.Append("\"}"u8);
    }
}
