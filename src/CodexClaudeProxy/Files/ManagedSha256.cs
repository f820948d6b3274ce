using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace CodexClaudeProxy.Files;

/// <summary>
/// SHA-256 for names and for comparing contents, where nothing is secret. The base library's own would load OpenSSL, which takes 4 MB and
/// some milliseconds of every start; this way it is loaded when something is encrypted.
/// </summary>
internal static class ManagedSha256
{
    /// <summary>The first bytes of the hash in hexadecimal.</summary>
    public static string Hex(string text, int bytes) => Hex(Encoding.UTF8.GetBytes(text), bytes);

    public static string Hex(ReadOnlySpan<byte> content, int bytes)
    {
        var digest = new Sha256Digest();
        digest.BlockUpdate(content);
        Span<byte> hash = stackalloc byte[digest.GetDigestSize()];
        digest.DoFinal(hash);
        return Convert.ToHexStringLower(hash[..bytes]);
    }
}
