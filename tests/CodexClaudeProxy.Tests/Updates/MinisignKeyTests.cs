using System.Text;
using CodexClaudeProxy.Updates;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>The key and the signatures are from minisign 0.11 itself, for the file "abc" with a line break.</summary>
public sealed class MinisignKeyTests
{
    private const string Key = "RWSl3zL+b2UUz7uOUIs8XZpL4OvMhZsPNou3IY9zHgSO8KH7c+hEXTU9";

    private const string Signature = """
        untrusted comment: signature from minisign secret key
        RUSl3zL+b2UUzwzJY+LE/MCkT3UfqvwqhKNuYTU0vhbFG9g5hzP1TFv9A7uZ3rEXfTPUuKFN4ZJ/oCsxPSYB8HHbigMT1QVEoAs=
        trusted comment: hello ö
        2VDtN+88r8lyDnWJMA+KXgSlWtCETQtcG1HP3Q3rlq2fqzMo8WNu/566y/qq4wQGVsqrDonIKX2RdQ3vyMgjBg==

        """;

    /// <summary>Of the file itself instead of its hash, as old versions sign.</summary>
    private const string OldSignature = """
        untrusted comment: signature from minisign secret key
        RWSl3zL+b2UUz7aFMcc/YVjP2owh25T1yvKTQWP7qkld2kkserLZaDIPsYqsYqbYz/Yx0cx9rZxbQxHbVoFkNcvskZtW+PGwMgs=
        trusted comment: old
        /S2U2T3U6zjU7G7fnH7BC8MP3fN1pFwm56jkpm5ubqbwqw2ztDhukafU6QEhzmAq+GuegtRapkSAhgq0Hh3+CQ==

        """;

    private static readonly byte[] Content = "abc\n"u8.ToArray();

    [Theory]
    [InlineData(Key)]
    [InlineData("untrusted comment: minisign public key CF14656FFE32DFA5\n" + Key + "\n")]
    public void A_signature_of_the_key_vouches_for_the_file(string text)
    {
        MinisignKey key = MinisignKey.Parse(text)!;

        Assert.Null(key.ProblemOf(Content, Signature));
        Assert.Null(key.ProblemOf(Content, Signature.ReplaceLineEndings("\r\n")));
        Assert.Null(key.ProblemOf(Content, OldSignature));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("abd\n")]
    [InlineData("")]
    public void Not_for_another_one(string content) => Assert.Equal("is not valid for this file", Problem(Encoding.UTF8.GetBytes(content), Signature));

    [Fact]
    public void The_trusted_comment_is_signed_as_well() => Assert.Equal("is not valid for this file", Problem(Content, Signature.Replace("hello", "Hello", StringComparison.Ordinal)));

    [Fact]
    public void The_untrusted_comment_is_not() => Assert.Null(Problem(Content, Signature.Replace("from minisign secret key", "of the moon", StringComparison.Ordinal)));

    [Fact]
    public void A_signature_of_another_key_is_known_by_its_id() =>
        Assert.Equal("was made with another key", Problem(Content, Encoding.UTF8.GetString(new SigningKey().Sign(Content))));

    [Theory]
    [InlineData("RUSl", "RUSm", "was made with another key")]
    [InlineData("RUSl", "RXSl", "is of a kind that this version does not know")]
    [InlineData("RUSl3z", "RWSl3z", "is not valid for this file")]
    [InlineData("untrusted comment: ", "comment: ", "is not in minisign's format")]
    [InlineData("\ntrusted comment: ", "\n", "is not in minisign's format")]
    [InlineData("oAs=", "", "is not in minisign's format")]
    [InlineData("oAs=", "oAs=AAAA", "is not in minisign's format")]
    [InlineData("2VDtN", "*****", "is not in minisign's format")]
    public void A_damaged_signature_is_refused(string what, string by, string problem) =>
        Assert.Equal(problem, Problem(Content, Signature.Replace(what, by, StringComparison.Ordinal)));

    [Fact]
    public void No_part_of_a_signature_is_enough()
    {
        string whole = Signature.TrimEnd();
        for (int length = 0; length < whole.Length; length++) Assert.NotNull(Problem(Content, whole[..length]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("RWSl3zL")]
    [InlineData("RUSl3zL+b2UUz7uOUIs8XZpL4OvMhZsPNou3IY9zHgSO8KH7c+hEXTU9")]
    [InlineData(Key + "AAAA")]
    public void What_is_no_key_is_not_taken_for_one(string text) => Assert.Null(MinisignKey.Parse(text));

    private static string? Problem(byte[] content, string signature) => MinisignKey.Parse(Key)!.ProblemOf(content, signature);
}
