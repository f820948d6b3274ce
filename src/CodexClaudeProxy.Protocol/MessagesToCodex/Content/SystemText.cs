using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>The system prompt and what the conversion adds to it, as the inside of one JSON string.</summary>
internal static class SystemText
{
    private static ReadOnlySpan<byte> BillingHeader => "x-anthropic-billing-header:"u8;

    public static void Write(JsonElement system, PooledBuffer to)
    {
        if (system.IsString()) WriteBlock(RawText.Of(system), to);
        else if (system.IsArray()) WriteBlocks(system, to);
        else if (system.Exists()) throw new InvalidRequestException("system: Input should be a valid string or list");
    }

    /// <summary>Adds a sentence of our own.</summary>
    public static void Append(ReadOnlySpan<byte> sentence, PooledBuffer to)
    {
        if (to.Length > 0) to.Append("\\n\\n"u8);
        to.Append(sentence);
    }

    /// <summary>
    /// The text without the billing line Claude Code puts in front: it changes from request to request, and with it
    /// everything behind it would fall out of the prompt cache.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutBillingLine(ReadOnlySpan<byte> inside)
    {
        if (!inside[RawText.SpaceAtStart(inside)..].StartsWith(BillingHeader)) return inside;
        var at = RawText.SpaceAtStart(inside) + BillingHeader.Length;
        while (true)
        {
            var escape = inside[at..].IndexOf((byte)'\\');
            if (escape < 0) return default;
            at += escape + 2;
            if (inside[at - 1] == (byte)'n') return inside[at..];
            if (inside[at - 1] == (byte)'r') return inside[(inside[at..].StartsWith("\\n"u8) ? at + 2 : at)..];
        }
    }

    private static void WriteBlocks(JsonElement system, PooledBuffer to)
    {
        var index = 0;
        foreach (var block in system.EnumerateArray())
        {
            if (!block.IsObject() || BlockTypes.TypeOf(block) != BlockType.Text)
                throw new InvalidRequestException($"system.{index}: only text blocks are supported");
            WriteBlock(RawText.Of(block, "text"u8), to);
            index++;
        }
    }

    private static void WriteBlock(ReadOnlySpan<byte> inside, PooledBuffer to)
    {
        var text = WithoutBillingLine(inside);
        if (!RawText.IsBlank(text)) Append(text, to);
    }
}
