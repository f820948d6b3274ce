namespace CodexClaudeProxy.Protocol.Tests;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("0199-abc", "0199-abc")]
    [InlineData("", "")]
    [InlineData("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1")]
    [InlineData("a\0b\tc\u007F", "a%00b%09c%7F")]
    [InlineData("é日", "%C3%A9%E6%97%A5")]
    public void A_text_is_encoded_where_no_header_can_hold_it(string value, string header) => Assert.Equal(header, HeaderText.Encode(value));

    [Fact]
    public void A_received_header_keeps_its_bytes() => Assert.Equal("%C3%A9", HeaderText.Relay("\u00C3\u00A9"));

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("schlüssel")]
    [InlineData("a\0")]
    public void A_key_is_replaced_by_what_stands_for_it(string key)
    {
        Assert.Matches("^[0-9a-f]{32}$", HeaderText.Key(key));
        Assert.Equal(HeaderText.Key(key), HeaderText.Key(new string(key)));
        Assert.NotEqual(HeaderText.Key(key), HeaderText.Key(key + "x\n"));
        Assert.Equal("plain-key_1", HeaderText.Key("plain-key_1"));
    }
}
