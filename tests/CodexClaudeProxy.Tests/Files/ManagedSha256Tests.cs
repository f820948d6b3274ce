using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Tests.Files;

/// <summary>Names of files that earlier versions made must be found again.</summary>
public sealed class ManagedSha256Tests
{
    [Fact]
    public void Known_answers()
    {
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ManagedSha256.Hex("", 32));
        Assert.Equal("ba7816bf8f01cfea414140de", ManagedSha256.Hex("abc", 12));
    }

    [Fact]
    public void Every_length_hashes_as_in_the_base_library()
    {
        byte[] content = new byte[300];
        new Random(1).NextBytes(content);
        for (int length = 0; length <= content.Length; length++)
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(0, length))), ManagedSha256.Hex(content.AsSpan(0, length), 32));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("ä😀"))), ManagedSha256.Hex("ä😀", 32));
    }
}
