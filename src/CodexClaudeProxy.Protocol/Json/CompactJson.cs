using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>Copies JSON without its insignificant white space. Numbers, escapes and the order of members stay as the client wrote them.</summary>
internal static class CompactJson
{
    private static readonly SearchValues<byte> OutsideStops = SearchValues.Create("\" \t\r\n"u8);

    public static void Write(JsonElement value, PooledBuffer to) => Write(JsonMarshal.GetRawUtf8Value(value), to);

    public static void Write(ReadOnlySpan<byte> json, PooledBuffer to)
    {
        while (!json.IsEmpty)
        {
            var stop = json.IndexOfAny(OutsideStops);
            if (stop < 0) stop = json.Length;
            to.Append(json[..stop]);
            json = json[stop..];
            if (json.IsEmpty) break;

            var length = json[0] == (byte)'"' ? ValidJson.EndOfString(json, 1) : 0;
            to.Append(json[..length]);
            json = json[Math.Max(length, 1)..];
        }
    }

    /// <summary>Writes the compact JSON as the inside of a JSON string.</summary>
    public static void WriteEscaped(ReadOnlySpan<byte> json, PooledBuffer to)
    {
        using var compact = new PooledBuffer();
        Write(json, compact);
        JsonText.Escape(compact.Written, to);
    }

    /// <summary>Compact JSON of a block without any <c>cache_control</c>: that mark moves from turn to turn, the text must not.</summary>
    public static void WriteWithoutCacheControl(JsonElement value, PooledBuffer to)
    {
        if (JsonMarshal.GetRawUtf8Value(value).IndexOf("\"cache_control\""u8) < 0) Write(value, to);
        else if (value.ValueKind == JsonValueKind.Object) WriteObject(value, to);
        else if (value.ValueKind == JsonValueKind.Array) WriteArray(value, to);
        else Write(value, to);
    }

    private static void WriteObject(JsonElement value, PooledBuffer to)
    {
        to.Append("{"u8);
        var first = true;
        foreach (var member in value.EnumerateObject())
        {
            if (member.NameEquals("cache_control"u8)) continue;
            if (!first) to.Append(","u8);
            first = false;
            to.Append("\""u8);
            to.Append(JsonMarshal.GetRawUtf8PropertyName(member));
            to.Append("\":"u8);
            WriteWithoutCacheControl(member.Value, to);
        }

        to.Append("}"u8);
    }

    private static void WriteArray(JsonElement value, PooledBuffer to)
    {
        to.Append("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!first) to.Append(","u8);
            first = false;
            WriteWithoutCacheControl(item, to);
        }

        to.Append("]"u8);
    }
}
