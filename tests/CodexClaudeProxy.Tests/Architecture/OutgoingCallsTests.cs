using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>
/// Every place in the program that makes a request: those of accounts say the account's way, and a new one must be put into one of the two lists. So nothing of
/// an account can be forgotten by its proxy.
/// </summary>
public sealed partial class OutgoingCallsTests
{
    /// <summary>With the words that give the request its way.</summary>
    private static readonly Dictionary<string, string> OfAccounts = new()
    {
        ["Accounts/Quota/AccountCalls"] = "credential.Route.ApplyTo(request)",
        ["Accounts/Tokens/TokenEndpoint"] = "route.ApplyTo(request)",
        ["Login/DeviceEndpoint"] = "route.ApplyTo(request)",
        ["Upstream/CodexClient"] = "credential.Route.ApplyTo(request)",
    };

    /// <summary>The receivers of alerts, Anthropic, the gateway, releases, reachability without a token, images of anybody, and this program itself.</summary>
    private static readonly string[] OfNobody =
    [
        "Alerts/AlertSender", "CommandLine/RunningServer", "Doctor/CompressionCheck", "Doctor/NetworkChecks", "Doctor/PortProbe", "Doctor/TestRequest", "Images/ImageFetcher",
        "Updates/ReleaseFiles", "Upstream/AnthropicClient", "Upstream/KiloClient",
    ];

    /// <summary>Where connections are made.</summary>
    private static readonly string[] Connections =
    [
        "CommandLine/RunningServer", "Doctor/CompressionCheck", "Doctor/PortProbe", "Doctor/TestRequest", "Images/ImageNetwork", "Upstream/Egress",
    ];

    [Fact]
    public void Every_request_is_known_and_those_of_accounts_say_their_way()
    {
        Assert.Equal(OfAccounts.Keys.Concat(OfNobody).Order(StringComparer.Ordinal), Files(Request()));
        foreach ((string file, string words) in OfAccounts)
            Assert.Contains(words, SourceTree.Program.Single(known => PathOf(known) == file).Code, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_no_other_connections() => Assert.Equal(Connections, Files(Handler()));

    private static IEnumerable<string> Files(Regex pattern) => SourceTree.Program.Where(file => pattern.IsMatch(file.Code)).Select(PathOf).Order(StringComparer.Ordinal);

    private static string PathOf(SourceFile file) => $"{file.Room.Replace('.', '/')}/{Path.GetFileNameWithoutExtension(file.Name)}";

    [GeneratedRegex(@"new HttpRequestMessage\(|HttpRequestMessage \w+ = new\(")]
    private static partial Regex Request();

    [GeneratedRegex(@"new SocketsHttpHandler|SocketsHttpHandler \w+ = new|new HttpClient\(\)|new HttpClientHandler|ClientWebSocket|new TcpClient")]
    private static partial Regex Handler();
}
