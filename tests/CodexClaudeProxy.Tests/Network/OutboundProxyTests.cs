using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Tests.Network;

public sealed class OutboundProxyTests
{
    private static readonly Uri Secure = new("https://chatgpt.com/backend-api");
    private static readonly Uri Plain = new("http://kilo.example/");

    [Theory]
    [InlineData("HTTPS_PROXY", "http://proxy.example:3128", "http://proxy.example:3128/", null)]
    [InlineData("https_proxy", "http://proxy.example:3128", "http://proxy.example:3128/", null)]
    [InlineData("HTTPS_PROXY", "proxy.example:3128", "http://proxy.example:3128/", null)]
    [InlineData("HTTPS_PROXY", "https://proxy.example", "https://proxy.example/", null)]
    [InlineData("HTTP_PROXY", "http://proxy.example:80", null, "http://proxy.example/")]
    [InlineData("ALL_PROXY", "socks5://10.0.0.1", "socks5://10.0.0.1:1080/", "socks5://10.0.0.1:1080/")]
    [InlineData("all_proxy", "socks5h://10.0.0.1:9050", "socks5://10.0.0.1:9050/", "socks5://10.0.0.1:9050/")]
    [InlineData("ALL_PROXY", "socks://10.0.0.1:80/", "socks5://10.0.0.1:80/", "socks5://10.0.0.1:80/")]
    [InlineData("ALL_PROXY", "SOCKS4A://10.0.0.1:1", "socks4a://10.0.0.1:1/", "socks4a://10.0.0.1:1/")]
    [InlineData("HTTPS_PROXY", "", null, null)]
    public void A_variable_names_the_proxy_of_a_scheme(string name, string value, string? secure, string? plain)
    {
        OutboundProxy? proxy = Read((name, value));

        Assert.Equal((secure, plain), (proxy?.GetProxy(Secure)?.ToString(), proxy?.GetProxy(Plain)?.ToString()));
    }

    [Fact]
    public void The_variable_of_the_scheme_wins_over_the_one_for_all_and_no_proxy_over_both()
    {
        OutboundProxy proxy = Read(("ALL_PROXY", "socks5h://all:1"), ("HTTPS_PROXY", "http://secure:2"), ("no_proxy", "auth.openai.com"))!;

        Assert.Equal("http://secure:2/", proxy.GetProxy(Secure)!.ToString());
        Assert.Equal("socks5://all:1/", proxy.GetProxy(Plain)!.ToString());
        Assert.True(proxy.IsBypassed(new Uri("https://auth.openai.com/oauth/token")));
    }

    [Fact]
    public void A_password_is_used_but_never_shown()
    {
        OutboundProxy proxy = Read(("HTTPS_PROXY", "http://user:p%40ss@proxy.example:3128"))!;
        Uri address = proxy.GetProxy(Secure)!;

        Assert.Equal(("user", "p@ss"), (proxy.Credentials!.GetCredential(address, "Basic")!.UserName, proxy.Credentials.GetCredential(address, "Basic")!.Password));
        Assert.Equal("the proxy http://proxy.example:3128/ of HTTPS_PROXY", proxy.Describe(Secure));
        Assert.Null(proxy.Credentials.GetCredential(new Uri("http://other:3128"), "Basic"));
    }

    [Theory]
    [InlineData("ftp://proxy.example", "the scheme 'ftp'")]
    [InlineData("socks6://user:secret@proxy.example", "the scheme 'socks6'")]
    [InlineData("http://", "is not the address of a proxy")]
    [InlineData("http://user:secret@:3128", "is not the address of a proxy")]
    public void What_cannot_be_used_is_a_problem_that_shows_no_password(string value, string told)
    {
        string? problem = OutboundProxy.ProblemOf(name => name == "HTTPS_PROXY" ? value : null);

        Assert.Contains(told, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_CGI_program_does_not_believe_the_header_of_a_stranger() =>
        Assert.Null(Read(("HTTP_PROXY", "http://evil:1"), ("GATEWAY_INTERFACE", "CGI/1.1")));

    private static OutboundProxy? Read(params (string Name, string Value)[] variables) =>
        OutboundProxy.FromEnvironment(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
