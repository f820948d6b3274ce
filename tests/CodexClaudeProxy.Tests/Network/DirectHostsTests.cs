using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>The forms of <c>NO_PROXY</c> that curl, Go and Node programs understand.</summary>
public sealed class DirectHostsTests
{
    [Theory]
    [InlineData("*", "https://chatgpt.com/", true)]
    [InlineData("example.com, *", "https://chatgpt.com/", true)]
    [InlineData("chatgpt.com", "https://chatgpt.com/", true)]
    [InlineData("ChatGPT.com", "https://chatgpt.com/", true)]
    [InlineData("openai.com", "https://auth.openai.com/", true)]
    [InlineData(".openai.com", "https://auth.openai.com/", true)]
    [InlineData(".openai.com", "https://openai.com/", true)]
    [InlineData("*.openai.com", "https://auth.openai.com/", true)]
    [InlineData("openai.com", "https://notopenai.com/", false)]
    [InlineData("example.com,localhost", "http://localhost:8080/", true)]
    [InlineData("example.com localhost", "http://localhost:8080/", true)]
    [InlineData("chatgpt.com:443", "https://chatgpt.com/", true)]
    [InlineData("chatgpt.com:8443", "https://chatgpt.com/", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1:8081/", true)]
    [InlineData("127.0.0.0/8", "http://127.1.2.3/", true)]
    [InlineData("10.0.0.0/8", "http://127.1.2.3/", false)]
    [InlineData("[::1]", "http://[::1]:8081/", true)]
    [InlineData("::1", "http://[::1]:8081/", true)]
    [InlineData("[::1]:8081", "http://[::1]:8081/", true)]
    [InlineData("[::1]:8082", "http://[::1]:8081/", false)]
    [InlineData("fd00::/8", "http://[fd00::1]/", true)]
    [InlineData("<local>", "http://intranet/", true)]
    [InlineData("<local>", "http://intranet.example/", false)]
    [InlineData("", "https://chatgpt.com/", false)]
    [InlineData(null, "https://chatgpt.com/", false)]
    [InlineData(",, .", "https://chatgpt.com/", false)]
    public void A_host_is_reached_directly_or_not(string? list, string url, bool direct) =>
        Assert.Equal(direct, DirectHosts.Parse(list).Include(new Uri(url)));
}
