using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

/// <summary>Ids of tool calls travel unchanged in both directions, unless the backend would refuse them.</summary>
public static class CallId
{
    private const int Longest = 64;

    private static readonly SearchValues<byte> AllowedBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The id the backend sees: a pure function, so that a call and its result agree.</summary>
    public static string Of(string id) => IsPlain(id) ? id : Sanitise(id, 47) + "_" + Digest(id, 16);

    internal static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> member, JsonElement id)
    {
        var inside = RawText.Of(id);
        if (IsPlain(inside)) writer.WriteString(member, inside);
        else writer.WriteString(member, Of(id.GetString()!));
    }

    /// <summary>What ids and names of tools may look like upstream.</summary>
    internal static bool IsPlain(ReadOnlySpan<char> text) => text.Length is > 0 and <= Longest && !text.ContainsAnyExcept(Allowed);

    internal static bool IsPlain(ReadOnlySpan<byte> text) => text.Length is > 0 and <= Longest && !text.ContainsAnyExcept(AllowedBytes);

    /// <summary>Every other UTF-16 unit becomes an underscore.</summary>
    internal static string Sanitise(ReadOnlySpan<char> text, int length)
    {
        text = text[..Math.Min(text.Length, length)];
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++) target[i] = Allowed.Contains(source[i]) ? source[i] : '_';
        });
    }

    /// <summary>The first hexadecimal digits of the SHA-256 of a text.</summary>
    internal static string Digest(string text, int digits) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, digits / 2));
}
