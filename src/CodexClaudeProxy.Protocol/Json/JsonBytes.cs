using System.Buffers;
using System.Buffers.Text;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>Single values of JSON, written as bytes.</summary>
internal static class JsonBytes
{
    public static void WriteNumber(this IBufferWriter<byte> output, long number)
    {
        var target = output.GetSpan(20);
        Utf8Formatter.TryFormat(number, target, out var length);
        output.Advance(length);
    }

    public static void WriteNullable(this IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("\""u8);
        JsonText.Escape(text, output);
        output.Write("\""u8);
    }
}
