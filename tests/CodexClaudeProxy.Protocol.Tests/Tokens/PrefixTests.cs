using CodexClaudeProxy.Protocol.Tokens;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

public sealed class PrefixTests
{
    [Theory]
    [InlineData("one two three four", 3, "one two three")]
    [InlineData(" three four", 1, " three")]
    [InlineData("Hello", 0, "")]
    [InlineData("Hello", -1, "")]
    [InlineData("Hello", 5, "Hello")]
    [InlineData("", 5, "")]
    public void Text_is_cut_at_the_limit(string text, int maxTokens, string expected) =>
        Assert.Equal(expected, text[..O200k.Prefix(text, maxTokens, out _)]);

    [Fact]
    public void White_space_that_ends_the_cut_text_is_not_kept_for_the_next_word()
    {
        // 83 spaces are one token and 84 are two; before a word the last space of a run belongs to the word.
        var text = new string(' ', 83) + "x";
        Assert.Equal(83, O200k.Prefix(text, 1, out var tokens));
        Assert.Equal(1, tokens);
    }

    [Fact]
    public void The_beginning_is_within_the_limit_and_no_longer_one_is() =>
        Gen.Int.Select(Gen.Int[0, 60], (seed, maxTokens) => (Text: TextSamples.Next(new Random(seed)), maxTokens)).Sample(sample =>
        {
            var (text, maxTokens) = sample;
            var length = O200k.Prefix(text, maxTokens, out var tokens);
            Assert.True(IsWhole(text, length));
            Assert.Equal(tokens, O200k.Count(text.AsSpan(0, length)));
            Assert.True(tokens <= maxTokens);
            for (var longer = length + 1; longer <= text.Length; longer++)
            {
                if (IsWhole(text, longer)) Assert.True(O200k.Count(text.AsSpan(0, longer)) > maxTokens, $"{longer} characters fit, not only {length}");
            }
        });

    [Theory]
    [InlineData("a", 3000, 100)]
    [InlineData("汉字", 1000, 321)]
    [InlineData("😀👍🏽", 300, 77)]
    [InlineData("\n \n", 500, 50)]
    [InlineData("ªAB", 500, 99)]
    public void Inside_a_long_run_the_longest_beginning_is_found_as_well(string unit, int times, int maxTokens)
    {
        var text = string.Concat(Enumerable.Repeat(unit, times));
        var longest = Enumerable.Range(0, text.Length + 1).Last(length => IsWhole(text, length) && O200k.Count(text.AsSpan(0, length)) <= maxTokens);
        Assert.Equal(longest, O200k.Prefix(text, maxTokens, out _));
    }

    private static bool IsWhole(string text, int length) =>
        length == 0 || length == text.Length || !char.IsSurrogatePair(text[length - 1], text[length]);
}
