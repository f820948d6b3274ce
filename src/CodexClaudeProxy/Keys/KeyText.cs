using System.Security.Cryptography;
using System.Text;

namespace CodexClaudeProxy.Keys;

/// <summary>What keys look like, how new ones are made, and what is kept of them.</summary>
internal static class KeyText
{
    /// <summary>What the keys of clients begin with, so that a person and a scanner for secrets know one when they see it.</summary>
    public const string Prefix = "ccp_";

    private const int NewLength = 43;

    /// <summary>So many characters of a key are shown: enough to tell keys apart, and far from enough to guess one.</summary>
    private const int ShownLength = 8;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A new key of 256 bits, of letters and digits only, so that no shell and no file format takes offence at it.</summary>
    public static string Generate() => RandomNumberGenerator.GetString(Letters, NewLength);

    /// <summary>A new key for a client.</summary>
    public static string GenerateForClient() => Prefix + Generate();

    /// <summary>The text has the form of a client's key, whether there is such a key or not.</summary>
    public static bool IsForClient(string? text) => text?.Length == Prefix.Length + NewLength && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// What is kept of a key. A plain hash will do: salts and slow hashes protect what people think up, and 256 random bits cannot be tried out.
    /// </summary>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>What is shown of a key.</summary>
    public static string Start(string key) => key[..ShownLength];
}
