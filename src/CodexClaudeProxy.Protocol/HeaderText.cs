using System.Security.Cryptography;
using System.Text;

namespace CodexClaudeProxy.Protocol;

/// <summary>
/// Makes values of others fit for a header. A line break in one would begin a header or a request of its own, and what is not ASCII
/// makes the connection fail. The same value always gives the same text.
/// </summary>
public static class HeaderText
{
    /// <summary>A name or id: as it is, or what stands for it.</summary>
    public static string Key(string value) => IsPlain(value) ? value : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 16));

    /// <summary>A text: what no header can hold is percent-encoded.</summary>
    public static string Encode(string value) => IsPlain(value) ? value : Encode(Encoding.UTF8.GetBytes(value));

    /// <summary>A header that was received, in which every character stands for one byte.</summary>
    public static string Relay(string value) => IsPlain(value) ? value : Encode(Encoding.Latin1.GetBytes(value));

    private static bool IsPlain(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string Encode(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length + 32);
        foreach (var one in bytes)
        {
            if (one is >= (byte)' ' and <= (byte)'~') text.Append((char)one);
            else text.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
