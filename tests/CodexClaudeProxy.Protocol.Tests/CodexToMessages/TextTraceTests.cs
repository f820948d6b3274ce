using System.Text;
using CodexClaudeProxy.Protocol.CodexToMessages;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>What is missing of a text when its whole is told, without anything of it being kept.</summary>
public sealed class TextTraceTests
{
    [Theory]
    [InlineData("", "abc", "abc")]
    [InlineData("ab", "abc", "c")]
    [InlineData("abc", "abc", "")]
    [InlineData("abcd", "abc", "")]
    [InlineData("xb", "abc", "")]
    [InlineData("a\\n", "a\\nb", "b")]
    [InlineData("a/", "a\\/b", "b")]
    [InlineData("\\u00e9", "éb", "b")]
    [InlineData("é", "\\u00E9\\u0062", "\\u0062")]
    [InlineData("\\ud83d\\ude00", "😀b", "b")]
    [InlineData("😀", "\\uD83D\\uDE00b", "b")]
    [InlineData("\\ud83d", "😀b", "")]
    [InlineData("\\\\n", "\\\\nb", "b")]
    [InlineData("\\\\n", "\\nb", "")]
    public void The_rest_is_what_the_whole_has_beyond_what_came(string came, string whole, string rest)
    {
        var trace = new TextTrace();
        trace.Add(Encoding.UTF8.GetBytes(came));
        Assert.Equal(rest, Encoding.UTF8.GetString(trace.MissingIn(Encoding.UTF8.GetBytes(whole))));
    }

    [Fact]
    public void The_pieces_do_not_matter()
    {
        var trace = new TextTrace();
        foreach (string piece in (string[])["a", "b\\n", "", "é\\ud83d", "\\ude00"]) trace.Add(Encoding.UTF8.GetBytes(piece));
        Assert.Equal("!", Encoding.UTF8.GetString(trace.MissingIn("ab\\né😀!"u8)));
        trace.Clear();
        Assert.Equal("x", Encoding.UTF8.GetString(trace.MissingIn("x"u8)));
    }
}
