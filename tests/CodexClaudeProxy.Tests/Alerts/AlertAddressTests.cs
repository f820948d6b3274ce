using CodexClaudeProxy.Alerts;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>Where alerts may go, and how little of an address is shown.</summary>
public sealed class AlertAddressTests
{
    [Theory]
    [InlineData("https://example.com/hook")]
    [InlineData("http://127.0.0.1:9000/hook")]
    [InlineData("http://localhost:9000/hook")]
    [InlineData("http://[::1]:9000/hook")]
    [InlineData("http://192.168.1.5/hook")]
    [InlineData("http://10.2.3.4/hook")]
    [InlineData("http://172.20.0.3/hook")]
    [InlineData("http://[fd00::5]/hook")]
    [InlineData("http://nas/hook")]
    [InlineData("http://ntfy.local/hook")]
    [InlineData("http://ntfy.home.arpa/hook")]
    public void Encrypted_or_at_home(string url) => Assert.Null(AlertAddress.ProblemOf(url, ChannelKind.Webhook));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("example.com/hook")]
    [InlineData("ftp://example.com/hook")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://example.com/hook")]
    [InlineData("http://8.8.8.8/hook")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://172.32.0.1/hook")]
    [InlineData("http://0.0.0.0/hook")]
    [InlineData("http://[2001:db8::1]/hook")]
    [InlineData("https://user:password@example.com/hook")]
    public void Nothing_else(string? url) => Assert.NotNull(AlertAddress.ProblemOf(url, ChannelKind.Webhook));

    [Theory]
    [InlineData("https://hooks.slack.com/services/T00/B00/abcdefghijkl", "https://hooks.slack.com/…ijkl")]
    [InlineData("https://example.com/hook?key=abcdefghijklmnop", "https://example.com/…mnop")]
    [InlineData("https://ntfy.sh/short", "https://ntfy.sh/…")]
    [InlineData("http://127.0.0.1:9000/", "http://127.0.0.1:9000")]
    public void At_most_the_end_is_shown(string url, string shown) => Assert.Equal(shown, AlertAddress.Mask(url));

    [Theory]
    [InlineData("https://ntfy.sh/topic", "https://ntfy.sh/", "topic")]
    [InlineData("https://home.example/ntfy/my%20topic/", "https://home.example/ntfy/", "my topic")]
    public void An_ntfy_address_is_a_server_and_a_topic(string url, string server, string topic)
    {
        Assert.Null(AlertAddress.ProblemOf(url, ChannelKind.Ntfy));
        Assert.Equal((server, topic), (AlertAddress.ServerOf(new Uri(url)).AbsoluteUri, AlertAddress.TopicOf(new Uri(url))));
    }

    [Fact]
    public void Ntfy_needs_a_topic() => Assert.NotNull(AlertAddress.ProblemOf("https://ntfy.sh/", ChannelKind.Ntfy));

    [Fact]
    public void A_record_of_a_channel_prints_no_secret() =>
        Assert.Equal("phone (ntfy)", new AlertChannel { Name = "phone", Kind = ChannelKind.Ntfy, Url = "https://ntfy.sh/secret", Authorization = "Bearer tk" }.ToString());
}
