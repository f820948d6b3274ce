using System.Text;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>What the published program does not contain: an entry of Substitutions.xml that fits nothing any more has no effect, without a word.</summary>
public sealed class LeanBinary
{
    [Theory]
    [InlineData("HostFilteringMiddleware", false)]
    [InlineData("EndpointRoutingMiddleware", false)]
    [InlineData("DeveloperExceptionPageMiddleware", false)]
    [InlineData("JsonConfigurationProvider", false)]
    [InlineData("JsonConsoleFormatter", false)]
    [InlineData("Http1Connection", true)]
    public async Task What_the_server_does_not_use_is_not_in_it(string type, bool isThere)
    {
        byte[] program = await File.ReadAllBytesAsync(await PublishedBinary.PathAsync(), TestContext.Current.CancellationToken);

        Assert.Equal(isThere, program.AsSpan().IndexOf(Encoding.UTF8.GetBytes(type)) >= 0);
    }
}
