using CodexClaudeProxy.Login;
using FakeCodex;
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
    [InlineData("{code}#{state}")]
    [InlineData("Authorization code: {code}")]
    [InlineData("Callback URL: {url}")]
    [InlineData("is it this? {url}, thanks")]
    [InlineData("[the page]({url})")]
    [InlineData("\u200b\uFEFF{url}\u200d")]
    [InlineData("\u2068{code}\u2069")]
    [InlineData("{wrapped url}")]
    [InlineData("{wrapped code}")]
    [InlineData("{spaced url}")]
    [InlineData("{escaped url}")]
    [InlineData("{twice escaped url}")]
    [InlineData("https://mail.example/redirect?to={escaped url}")]
    [InlineData("{url as HTML}")]
    public async Task An_address_or_a_code_signs_in_without_any_listener(string pasted)
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening(port: null, proxy: null);
        Assert.Equal("http://localhost:1455/auth/callback", session.Authorization!.RedirectUri);
        string url = await scene.AuthorizeAsync(session);
        string code = QueryHelpers.ParseQuery(new Uri(url).Query)["code"]!;

        PasteResult result = await scene.Paste.FinishAsync(session, pasted
            .Replace("{url}", url, StringComparison.Ordinal)
            .Replace("{wrapped url}", Chunks(url, "\n  "), StringComparison.Ordinal)
            .Replace("{wrapped code}", Chunks(code, "\r\n"), StringComparison.Ordinal)
            .Replace("{spaced url}", Chunks(url, " "), StringComparison.Ordinal)
            .Replace("{escaped url}", Uri.EscapeDataString(url), StringComparison.Ordinal)
            .Replace("{twice escaped url}", Uri.EscapeDataString(Uri.EscapeDataString(url)), StringComparison.Ordinal)
            .Replace("{url as HTML}", url.Replace("&", "&amp;", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{code}", code, StringComparison.Ordinal)
            .Replace("{state}", session.Authorization.State, StringComparison.Ordinal));

        Assert.Equal((null, "dev@example.com"), (result.Error, result.End?.Email));
        Assert.Equal("dev@example.com", scene.Accounts.OnDisk.Email);
    }

    [Theory]
    [InlineData("", "Input is too short to be a valid authorization code")]
    [InlineData(" short123 ", "Input is too short to be a valid authorization code")]
    [InlineData("http://", "Invalid URL format")]
    [InlineData("I have no code yet", "This is neither an authorization code nor the address the browser ended at, which begins with http://localhost:1455/auth/callback?code=")]
    [InlineData("https://auth.openai.com/oauth/authorize?response_type=code&client_id=app&state=s", "This is the address to open in a browser; what is needed is the address the browser ends at")]
    [InlineData("http://localhost:1455/auth/callback?code=ac_01…6789", "The code in the address is damaged; copy the address once more")]
    [InlineData("ac_0123456789#of-somebody-else", "The address belongs to another sign-in; open the newest address and try again")]
    [InlineData("http://localhost:1455/auth/callback", "No authorization code found in URL")]
    [InlineData("http://localhost:1455/auth/callback?code=&state=", "No authorization code found in URL")]
    [InlineData("http://localhost:1455/auth/callback?code=0123456789&state=of-somebody-else", "The address belongs to another sign-in; open the newest address and try again")]
    public async Task What_cannot_be_used_is_explained_and_another_try_is_free(string pasted, string problem)
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening(port: null, proxy: null);

        PasteResult result = await scene.Paste.FinishAsync(session, pasted);

        Assert.Equal((problem, LoginStage.Waiting), (result.Error, session.Progress.Stage));
        Assert.DoesNotContain(scene.Auth.Received.All, request => request.Path == "/oauth/token");
    }

    [Fact]
    public async Task An_address_with_a_refusal_ends_the_login()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening(port: null, proxy: null);
        scene.Auth.AuthorizeError = "access_denied";

        PasteResult result = await scene.Paste.FinishAsync(session, await scene.AuthorizeAsync(session));

        Assert.Equal("OAuth error: access_denied (The login ended with access_denied.)", result.Error);
        Assert.Equal(LoginStage.Failed, session.Progress.Stage);
    }

    [Theory]
    [InlineData(403, "<html>Just a moment...</html>", "a browser check protects the sign-in service")]
    [InlineData(429, "", "too many requests")]
    [InlineData(500, "{}", "the sign-in service failed")]
    [InlineData(503, "<html></html>", "the sign-in service failed")]
    public async Task A_login_server_that_cannot_be_asked_is_explained_and_the_same_text_may_be_pasted_again(int status, string body, string told)
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening(port: null, proxy: null);
        string url = await scene.AuthorizeAsync(session);
        scene.Auth.AnswerToken(body.StartsWith('<') ? Reply.Html(status, body) : Reply.Json(status, body));

        PasteResult first = await scene.Paste.FinishAsync(session, url);
        LoginStage meanwhile = session.Progress.Stage;
        PasteResult second = await scene.Paste.FinishAsync(session, url);

        Assert.StartsWith($"Token exchange failed: {status} - {told}", first.Error, StringComparison.Ordinal);
        Assert.Equal(LoginStage.Waiting, meanwhile);
        Assert.Equal(LoginStage.Done, second.End?.Stage);
    }

    [Fact]
    public async Task A_sign_in_whose_time_is_over_does_not_wait_again()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening(port: null, proxy: null);
        string url = await scene.AuthorizeAsync(session);
        var gate = new Gate();
        scene.Auth.AnswerToken(Reply.Json(503, "{}").HeldBy(gate));

        Task<PasteResult> finishing = scene.Paste.FinishAsync(session, url);
        await gate.Reached;
        scene.Time.Advance(BrowserLogin.Lifetime);
        gate.Open();
        await finishing;

        Assert.Equal(LoginStage.Failed, session.Progress.Stage);
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession session = scene.Browser.StartWithoutListening(port: null, proxy: null);
        LoginSession second = scene.Browser.StartWithoutListening(port: null, proxy: null);
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

        BrowserStart start = await scene.Browser.StartAsync(null, proxy: null, TestContext.Current.CancellationToken);
        PasteResult result = await scene.Paste.FinishAsync(start.Session, await scene.AuthorizeAsync(start.Session));

        Assert.StartsWith($"Port {taken.Number} is in use by ", start.Trouble, StringComparison.Ordinal);
        Assert.Equal(LoginStage.Done, result.End!.Stage);
    }

    [Fact]
    public async Task The_session_is_found_by_its_name_its_state_or_because_it_is_the_only_one()
    {
        await using LoginScene scene = await LoginScene.StartAsync([1455]);
        LoginSession first = scene.Browser.StartWithoutListening(port: null, proxy: null);
        Assert.Same(first, scene.Paste.FindSession(null, "a-bare-code-of-it"));
        LoginSession second = scene.Browser.StartWithoutListening(port: null, proxy: null);

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
        LoginSession oldest = scene.Browser.StartWithoutListening(port: null, proxy: null);
        for (int i = 0; i < 32; i++) scene.Browser.StartWithoutListening(port: null, proxy: null);

        Assert.Equal(LoginStage.Cancelled, oldest.Progress.Stage);
        Assert.Null(scene.Sessions.Find(oldest.Id));
        Assert.Equal(32, scene.Sessions.WaitingForBrowser.Count);
    }

    private static string Chunks(string text, string separator) => string.Join(separator, text.Chunk(40).Select(chunk => new string(chunk)));
}
