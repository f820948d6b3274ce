using CodexClaudeProxy.Login;
using Microsoft.AspNetCore.WebUtilities;

namespace CodexClaudeProxy.Tests.Login;

public sealed class PasteLoginTests
{
    [Theory]
    [InlineData("{url}")]
    [InlineData("  {url}\r\n")]
    [InlineData("<{url}>")]
    [InlineData("{code}")]
    [InlineData(" {code} ")]
    [InlineData("localhost:1455/auth/callback?code={code}&state={state}")]
    [InlineData("code={code}&state={state}")]
    [InlineData("http://localhost:9/whatever?code={code}")]
    [InlineData("{url}#fragment")]
    public async Task An_address_or_a_code_signs_in_without_any_listener(string pasted)
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening();
        Assert.Equal("http://localhost:1455/auth/callback", session.Authorization!.RedirectUri);
        string url = await scene.AuthorizeAsync(session);
        string code = QueryHelpers.ParseQuery(new Uri(url).Query)["code"]!;

        PasteResult result = await scene.Paste.FinishAsync(session, pasted.Replace("{url}", url, StringComparison.Ordinal)
            .Replace("{code}", code, StringComparison.Ordinal).Replace("{state}", session.Authorization.State, StringComparison.Ordinal));

        Assert.Equal((null, "dev@example.com"), (result.Error, result.End?.Email));
        Assert.Equal("dev@example.com", scene.Accounts.OnDisk.Email);
    }

    [Theory]
    [InlineData("", "Input is too short to be a valid authorization code")]
    [InlineData(" short123 ", "Input is too short to be a valid authorization code")]
    [InlineData("http://", "Invalid URL format")]
    [InlineData("http://localhost:1455/auth/callback", "No authorization code found in URL")]
    [InlineData("http://localhost:1455/auth/callback?code=&state=", "No authorization code found in URL")]
    [InlineData("http://localhost:1455/auth/callback?code=0123456789&state=of-somebody-else", "The address belongs to another sign-in; open the newest address and try again")]
    public async Task What_cannot_be_used_is_explained_and_another_try_is_free(string pasted, string problem)
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening();

        PasteResult result = await scene.Paste.FinishAsync(session, pasted);

        Assert.Equal((problem, LoginStage.Waiting), (result.Error, session.Progress.Stage));
        Assert.DoesNotContain(scene.Auth.Received.All, request => request.Path == "/oauth/token");
    }

    [Fact]
    public async Task An_address_with_a_refusal_ends_the_login()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening();
        scene.Auth.AuthorizeError = "access_denied";

        PasteResult result = await scene.Paste.FinishAsync(session, await scene.AuthorizeAsync(session));

        Assert.Equal("OAuth error: access_denied (The login ended with access_denied.)", result.Error);
        Assert.Equal(LoginStage.Failed, session.Progress.Stage);
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening();
        LoginSession second = scene.Browser.StartWithoutListening();
        string url = await scene.AuthorizeAsync(session);
        await scene.Paste.FinishAsync(session, url);

        PasteResult again = await scene.Paste.FinishAsync(session, url);
        PasteResult elsewhere = await scene.Paste.FinishAsync(second, QueryHelpers.ParseQuery(new Uri(url).Query)["code"]!);

        Assert.Equal("Signed in as dev@example.com (plus)", again.Error);
        Assert.Equal("Token exchange failed: 400 - The request failed with invalid_grant.", elsewhere.Error);
    }

    [Fact]
    public async Task It_works_while_every_port_is_taken()
    {
        using var taken = new TakenPort();
        await using LoginScene scene = await LoginScene.StartAsync([taken.Number]);

        BrowserStart start = await scene.Browser.StartAsync(null, TestContext.Current.CancellationToken);
        PasteResult result = await scene.Paste.FinishAsync(start.Session, await scene.AuthorizeAsync(start.Session));

        Assert.StartsWith($"Port {taken.Number} is in use by ", start.Trouble, StringComparison.Ordinal);
        Assert.Equal(LoginStage.Done, result.End!.Stage);
    }

    [Fact]
    public async Task The_session_is_found_by_its_name_its_state_or_because_it_is_the_only_one()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession first = scene.Browser.StartWithoutListening();
        Assert.Same(first, scene.Paste.FindSession(null, "a-bare-code-of-it"));
        LoginSession second = scene.Browser.StartWithoutListening();

        Assert.Null(scene.Paste.FindSession(null, "a-bare-code-of-whom"));
        Assert.Same(second, scene.Paste.FindSession(second.Id, "a-bare-code"));
        Assert.Same(second, scene.Paste.FindSession("", $"http://localhost/?code=c&state={second.Authorization!.State}"));
        Assert.Null(scene.Paste.FindSession("unknown", "a-bare-code"));
        Assert.Null(scene.Paste.FindSession(null, "http://localhost/?code=c&state=guess"));
    }

    [Fact]
    public async Task So_many_logins_at_once_make_the_oldest_end()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession oldest = scene.Browser.StartWithoutListening();
        for (int i = 0; i < 32; i++) scene.Browser.StartWithoutListening();

        Assert.Equal(LoginStage.Cancelled, oldest.Progress.Stage);
        Assert.Null(scene.Sessions.Find(oldest.Id));
        Assert.Equal(32, scene.Sessions.WaitingForBrowser.Count);
    }
}
