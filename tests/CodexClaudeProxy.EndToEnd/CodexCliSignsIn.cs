using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The official client signs in at the fake login server, which checks every step.</summary>
[Collection(SignIns.OneAtATime)]
public sealed class CodexCliSignsIn : IAsyncLifetime
{
    private static readonly FakeUser User = new("codex@example.com", "77777777-1111-2222-3333-444444444444", "user-CODEX");

    private FakeBackend _backend = null!;

    public async ValueTask InitializeAsync() => _backend = await FakeBackend.StartAsync();

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Fact]
    public async Task On_another_device()
    {
        _backend.Auth.Devices.IntervalSeconds = 1;
        using CodexCli cli = new(_backend);
        Task<ClientResult> login = cli.RunAsync("login", "--device-auth", "--experimental_issuer", _backend.Auth.Url);
        ReceivedRequest poll = await _backend.Auth.Received.WaitAsync(
            request => request.Path == "/api/accounts/deviceauth/token", cancellationToken: TestContext.Current.CancellationToken);
        _backend.Auth.Devices.Approve(poll.Json.GetText("user_code")!, User);

        AssertSignedIn(cli, await login);
    }

    [Fact]
    public async Task In_the_browser()
    {
        _backend.Auth.NextUser = User;
        using CodexCli cli = new(_backend);
        using HttpClient browser = new();

        ClientResult result = await cli.SignInAsync(async address => (await browser.GetAsync(address, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode());

        AssertSignedIn(cli, result);
        Assert.All(_backend.Auth.Received.All, request => Assert.Null(request.Rejection));
    }

    private static void AssertSignedIn(CodexCli cli, ClientResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(User.AccountId, cli.Tokens.GetText("account_id"));
    }
}
