using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>A key of one test, and signatures as minisign makes them.</summary>
internal sealed class SigningKey
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize);
    private readonly byte[] _public = new byte[Ed25519.PublicKeySize];
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(8);

    public SigningKey() => Ed25519.GeneratePublicKey(_secret, 0, _public, 0);

    public string Public => Convert.ToBase64String([(byte)'E', (byte)'d', .. _id, .. _public]);

    public byte[] Sign(byte[] content)
    {
        const string comment = "a test";
        var digest = new Blake2bDigest(512);
        digest.BlockUpdate(content);
        byte[] hash = new byte[64];
        digest.DoFinal(hash);
        byte[] signature = Sign64(hash);
        string first = Convert.ToBase64String([(byte)'E', (byte)'D', .. _id, .. signature]);
        string whole = Convert.ToBase64String(Sign64([.. signature, .. Encoding.UTF8.GetBytes(comment)]));
        return Encoding.UTF8.GetBytes($"untrusted comment: of a test\n{first}\ntrusted comment: {comment}\n{whole}\n");
    }

    private byte[] Sign64(byte[] message)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_secret, 0, message, 0, message.Length, signature, 0);
        return signature;
    }
}
