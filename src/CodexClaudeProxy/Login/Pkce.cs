using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CodexClaudeProxy.Login;

/// <summary>Proof that who exchanges a code is who asked for it (RFC 7636). The verifier never leaves the process before the exchange.</summary>
internal sealed record Pkce(string Verifier)
{
    /// <summary>S256: the only method the issuer accepts.</summary>
    public string Challenge { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>64 random bytes, as the official client.</summary>
    public static Pkce Create() => new(RandomText(64));

    /// <summary>Base64url of random bytes.</summary>
    public static string RandomText(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>Never the verifier.</summary>
    public override string ToString() => $"PKCE {Challenge}";
}
