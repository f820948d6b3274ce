namespace CodexClaudeProxy.Protocol.Json;

/// <summary>The three bytes that some editors and servers put in front of UTF-8 text, and that JSON readers refuse.</summary>
public static class ByteOrderMark
{
    public static ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> text) => text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
