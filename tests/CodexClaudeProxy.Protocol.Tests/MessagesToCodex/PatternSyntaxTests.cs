using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Which patterns of schemas may be sent. All that stay compile with Python's <c>re</c>, which the backend was seen to use.</summary>
public sealed class PatternSyntaxTests
{
    [Theory]
    [InlineData("")]
    [InlineData("^[a-z]+$")]
    [InlineData("^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$")]
    [InlineData("^(https?|ftp)://[^\\s/$.?#].[^\\s]*$")]
    [InlineData("^\\d{4}-(0[1-9]|1[0-2])-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(Z|[+-]\\d{2}:?\\d{2})$")]
    [InlineData("^(?=.*[a-z])(?!.*\\s).{8,64}$")]
    [InlineData("(?<=\\$)\\d+")]
    [InlineData("(?<!ab|cd)x")]
    [InlineData("^(['\"]).*\\1$")]
    [InlineData("(?i)^abc$")]
    [InlineData("^(?i:abc)d$")]
    [InlineData("(?P<year>\\d{4})")]
    [InlineData("^[\\w.-]+$")]
    [InlineData("^[\\w-]+$")]
    [InlineData("[a-z-9]")]
    [InlineData("[-a]")]
    [InlineData("[^[\\]]*")]
    [InlineData("\\u00e9[\\u4e00-\\u9fff]+\\x41")]
    [InlineData("é漢😀[😀-😂]")]
    [InlineData("^\\/\\-\\_\\@$")]
    [InlineData("a{2}b{2,}c{2,5}?d*?e+?f??")]
    [InlineData("\\A\\w+\\Z")]
    [InlineData("^${x}|{}")]
    [InlineData("(a|)()")]
    [InlineData("[\\b\\t\\n\\r\\f\\v\\0]")]
    [InlineData("}]")]
    public void A_pattern_both_sides_understand_stays(string pattern) => Assert.True(PatternSyntax.Compiles(pattern));

    [Theory]
    // Those that refused whole conversations.
    [InlineData("^\\p{L}[\\p{L}\\p{N}_]{0,30}$")]
    [InlineData("\\P{Lu}")]
    [InlineData("[\\p{Emoji}]")]
    [InlineData("(?<year>\\d{4})")]
    [InlineData("(?P<a>x)\\k<a>")]
    [InlineData("\\u{1F600}")]
    [InlineData("[\\w-.]")]
    [InlineData("[a-\\d]")]
    [InlineData("\\cA")]
    [InlineData("[\\cA]")]
    [InlineData("[^]")]
    [InlineData("[]")]
    [InlineData("a(?i)b")]
    [InlineData("(?<=a+)b")]
    [InlineData("(?<!a|bc)d")]
    [InlineData("(?<=(a)\\1)b")]
    // What nobody compiles, or not everybody.
    [InlineData("(")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("[z-a]")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a++")]
    [InlineData("a{2}{3}")]
    [InlineData("a{3,2}")]
    [InlineData("a{99999}")]
    [InlineData("^*")]
    [InlineData("(?>a)")]
    [InlineData("(?#c)")]
    [InlineData("(?x) a")]
    [InlineData("(?-i:a)")]
    [InlineData("(?P<a>x)(?P<a>y)")]
    [InlineData("(a\\1)")]
    [InlineData("\\2(a)")]
    [InlineData("\\xg1")]
    [InlineData("\\u12")]
    [InlineData("\\ud83d")]
    [InlineData("\\G")]
    [InlineData("\\z")]
    [InlineData("\\e")]
    [InlineData("\\")]
    [InlineData("[\\]")]
    [InlineData("[\\B]")]
    [InlineData("\\01")]
    public void A_pattern_somebody_might_not_compile_is_left_out(string pattern) => Assert.False(PatternSyntax.Compiles(pattern));

    [Fact]
    public void No_pattern_is_a_trap()
    {
        Assert.False(PatternSyntax.Compiles(new string('(', 5_000) + new string(')', 5_000)));
        Assert.False(PatternSyntax.Compiles(new string('a', 10_000)));
        Assert.True(PatternSyntax.Compiles(string.Concat(Enumerable.Repeat("(a|b)*", 1_000))));
    }
}
