using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class ErrorTextTests
{
    [Theory]
    [InlineData("sent Authorization: Bearer abc.def-ghi to x", "sent Authorization: Bearer [redacted] to x")]
    [InlineData("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is bad", "token [redacted] is bad")]
    [InlineData("key sk-proj-0123456789abcdefXYZ", "key [redacted]")]
    [InlineData("in organization org-AbCdEf123456 on tokens", "in organization [redacted] on tokens")]
    [InlineData("chatgpt-account-id: 0b6f0c1e-1111-2222-3333-444455556666!", "chatgpt-account-id: [redacted]!")]
    [InlineData("Set-Cookie: __cf_bm=secret; path=/", "Set-Cookie: [redacted]")]
    [InlineData("got __cf_bm=secret; then", "got [redacted]; then")]
    [InlineData("prompt is too long: 272001 tokens > 272000 maximum", "prompt is too long: 272001 tokens > 272000 maximum")]
    [InlineData("tools: Invalid schema for function 'my.tool/name': x", "tools: Invalid schema for function 'my.tool/name': x")]
    [InlineData("request id 0b6f0c1e-1111-2222-3333-444455556666", "request id 0b6f0c1e-1111-2222-3333-444455556666")]
    [InlineData("  <!DOCTYPE html><html>secret", "Upstream returned an HTML page")]
    public void Secrets_never_reach_a_client(string message, string expected)
    {
        Assert.Equal(expected, ErrorText.Clean(message));
    }

    [Fact]
    public void A_long_message_is_cut_between_characters()
    {
        Assert.Equal(2_000, ErrorText.Clean(new string('x', 1_000_000)).Length);
        Assert.Equal(1_999, ErrorText.Clean(new string('x', 1_999) + "😀" + new string('x', 10)).Length);
    }
}
