using System.Net;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>An access token is used to its end, whatever became of the refresh token beside it.</summary>
public sealed class LivingTokenTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_refresh_leaves_the_living_token_in_use_to_its_end()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromDays(9));
        scene.Auth.RevokeRefreshToken(tokens.RefreshToken);
        Account account = await scene.StoreAsync(tokens);

        RefreshOutcome refused = await scene.Refresher.RefreshAsync(account, "forced", Stop);
        Assert.Equal(RefreshFailureKind.NeedsSignIn, refused.Failure!.Kind);
        Assert.EndsWith($". The current token works until {Times.Iso(tokens.ExpiresAt)}; sign in again before then", refused.Failure.Message, StringComparison.Ordinal);
        int asked = scene.Auth.Received.All.Count;

        foreach (TimeSpan pause in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromDays(8), TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1)])
        {
            scene.Time.Advance(pause);
            Assert.Equal(tokens.AccessToken, (await scene.Refresher.GetCredentialAsync(account, Stop)).Credential?.AccessToken);
            Assert.False(scene.OnDisk.CannotSend(scene.Time.GetUtcNow()));
        }

        scene.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(RefreshFailureKind.NeedsSignIn, (await scene.Refresher.GetCredentialAsync(account, Stop)).Failure?.Kind);
        Assert.True(scene.OnDisk.CannotSend(scene.Time.GetUtcNow()));
        Assert.Equal(asked, scene.Auth.Received.All.Count);
    }

    [Fact]
    public async Task A_refresh_that_is_refused_in_the_last_minutes_of_a_token_does_not_end_it()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(4));
        scene.Auth.RevokeRefreshToken(tokens.RefreshToken);
        Account account = await scene.StoreAsync(tokens);

        Assert.Equal(tokens.AccessToken, (await scene.Refresher.GetCredentialAsync(account, Stop)).Credential?.AccessToken);
        Assert.NotNull(scene.OnDisk.NeedsSignIn);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_401_of_the_backend_takes_an_account_out_that_cannot_be_renewed(bool hasRefreshToken)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromDays(9));
        scene.Auth.RevokeRefreshToken(tokens.RefreshToken);
        Account account = await scene.StoreAsync(tokens);
        if (!hasRefreshToken) await scene.Files.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "refreshToken", null), Stop);
        else await scene.Refresher.RefreshAsync(account, "forced", Stop);
        CredentialReply usable = await scene.Refresher.GetCredentialAsync(scene.OnDisk, Stop);

        CredentialReply after = await scene.Refresher.OnUnauthorizedAsync(usable.Credential!, Stop);

        Assert.Null(after.Credential);
        Assert.True(scene.OnDisk.CannotSend(scene.Time.GetUtcNow()));
        Assert.Null((await scene.Refresher.GetCredentialAsync(scene.OnDisk, Stop)).Credential);

        await scene.SignInAsync(TimeSpan.FromDays(10));
        Assert.False(scene.OnDisk.CannotSend(scene.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData("/accounts/refresh/all")]
    [InlineData("/accounts/refresh")]
    public async Task The_refresh_button_of_a_working_account_cannot_break_it(string button)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        proxy.Backend.Auth.RevokeRefreshToken(proxy.Tokens[0].RefreshToken);

        await proxy.PostAsync("{}", button);

        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        var account = (await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!;
        Assert.Equal(("ready", true), (account["state"]!.GetValue<string>(), account["signsOut"]!.GetValue<bool>()));
        Assert.Equal(proxy.Tokens[0].ExpiresAt.ToUnixTimeSeconds(), Times.TryParse(account["expiresAt"]!.GetValue<string>())!.Value.ToUnixTimeSeconds());
    }
}
