using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CodexClaudeProxy.Updates;

/// <summary>
/// A public key of minisign (https://jedisct1.github.io/minisign/), and whether it made a signature. The base library has no Ed25519;
/// the format is minisign's own, so that anybody can make and check such signatures with that program.
/// </summary>
internal sealed class MinisignKey
{
    private const string Untrusted = "untrusted comment: ";
    private const string Trusted = "trusted comment: ";
    private const int IdSize = 8;

    /// <summary>The bytes "Ed", the key's id, the point.</summary>
    private readonly byte[] _key;

    private MinisignKey(byte[] key) => _key = key;

    private ReadOnlySpan<byte> Id => _key.AsSpan(2, IdSize);

    /// <summary>Reads a key as minisign shows it: the line in base64, with or without its comment above; null when it is none.</summary>
    public static MinisignKey? Parse(string text)
    {
        string line = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault("");
        return Decode(line, 2 + IdSize + Ed25519.PublicKeySize) is { } key && key.AsSpan().StartsWith("Ed"u8) ? new MinisignKey(key) : null;
    }

    /// <summary>Why a signature does not vouch for the content, as the end of a sentence; null when it does.</summary>
    /// <param name="text">The file that minisign makes: four lines.</param>
    public string? ProblemOf(ReadOnlySpan<byte> content, string text)
    {
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r'))];
        if (lines is not [var first, var second, var third, var fourth, ..]
            || !first.StartsWith(Untrusted, StringComparison.Ordinal)
            || !third.StartsWith(Trusted, StringComparison.Ordinal)
            || Decode(second, 2 + IdSize + Ed25519.SignatureSize) is not { } signature
            || Decode(fourth, Ed25519.SignatureSize) is not { } whole)
            return "is not in minisign's format";
        if (!signature.AsSpan(2, IdSize).SequenceEqual(Id)) return "was made with another key";

        byte[]? message = signature[..2] switch
        {
            [(byte)'E', (byte)'D'] => Hash(content),
            [(byte)'E', (byte)'d'] => content.ToArray(),
            _ => null,
        };
        if (message is null) return "is of a kind that this version does not know";
        byte[] proof = signature[(2 + IdSize)..];
        // The second signature covers the first one and the trusted comment.
        return Verifies(proof, message) && Verifies(whole, [.. proof, .. Encoding.UTF8.GetBytes(third[Trusted.Length..])]) ? null : "is not valid for this file";
    }

    private bool Verifies(byte[] signature, byte[] message) => Ed25519.Verify(signature, 0, _key, 2 + IdSize, message, 0, message.Length);

    private static byte[] Hash(ReadOnlySpan<byte> content)
    {
        var digest = new Blake2bDigest(512);
        digest.BlockUpdate(content);
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash);
        return hash;
    }

    private static byte[]? Decode(string text, int size)
    {
        // With room for more than is expected, so that more is noticed.
        Span<byte> decoded = stackalloc byte[size + 3];
        return Convert.TryFromBase64String(text, decoded, out int length) && length == size ? decoded[..size].ToArray() : null;
    }
}
