using System.Buffers.Text;
using System.Security.Cryptography;

namespace FakeCodex;

/// <summary>Random identifiers in the forms of the real backend.</summary>
internal static class FakeIds
{
    /// <summary>Such as <c>rs_</c> and 50 hex digits.</summary>
    public static string Item(string prefix) => $"{prefix}_{RandomNumberGenerator.GetHexString(50, lowercase: true)}";

    public static string Call() =>
        "call_" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24);

    /// <summary>A Fernet token's first bytes followed by noise: looks like what the backend encrypts.</summary>
    public static string EncryptedContent(int bytes = 180) => "gAAAAAB" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    public static string Secret(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
