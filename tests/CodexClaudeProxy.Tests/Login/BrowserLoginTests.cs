using System.Net;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Login;
using FakeCodex;
using Microsoft.AspNetCore.WebUtilities;

namespace CodexClaudeProxy.Tests.Login;

public sealed class BrowserLoginTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_in_becomes_the_active_account_with_its_quota()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        Assert.Equal(LoginStage.Waiting, session.Progress.Stage);

        Page page = await scene.OpenAsync(session);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Signed in as dev@example.com (plus)", page.Html, StringComparison.Ordinal);
        Assert.Equal(new LoginProgress(LoginStage.Done, "Signed in as dev@example.com (plus)", "dev@example.com", scene.Accounts.OnDisk.Key), await session.Ended);
        await scene.Exchange.SettledAsync();
        Account stored = scene.Accounts.OnDisk;
        Assert.Equal(stored.Key, scene.Files.Store.Read().Active!.Key);
        Assert.NotNull(stored.RefreshToken);
        Assert.NotNull(stored.IdToken);
        Assert.NotNull(stored.Quota);
        Assert.False(stored.IsImported);
        Assert.Equal([stored.Key], scene.Welcomed);
    }

    [Fact]
    public async Task Authorize_and_exchange_name_the_same_redirect_and_prove_the_same_secret()
    {
        await using LoginScene scene = await LoginScene.StartAsync(host: "127.0.0.1");
        LoginSession session = await scene.BeginAsync();

        await scene.OpenAsync(session);

        ReceivedRequest authorize = scene.Auth.Received.All.Single(request => request.Path == "/oauth/authorize");
        ReceivedRequest exchange = scene.Auth.Received.All.Single(request => request.Path == "/oauth/token");
        var asked = QueryHelpers.ParseQuery(authorize.Query);
        var sent = QueryHelpers.ParseQuery(exchange.Text);
        Assert.Equal(["response_type", "client_id", "redirect_uri", "code_challenge", "code_challenge_method", "state", "scope",
            "id_token_add_organizations", "codex_cli_simplified_flow", "originator", "prompt", "max_age"], asked.Keys);
        Assert.Equal(["grant_type", "client_id", "code", "redirect_uri", "code_verifier"], sent.Keys);
        Assert.Equal($"http://127.0.0.1:{session.Authorization!.Port}/auth/callback", asked["redirect_uri"]);
        Assert.Equal(asked["redirect_uri"], sent["redirect_uri"]);
        Assert.Equal(asked["code_challenge"], new Pkce(sent["code_verifier"]!).Challenge);
        Assert.Equal((43, 86), (asked["state"].ToString().Length, sent["code_verifier"].ToString().Length));
        Assert.Equal("application/x-www-form-urlencoded", exchange.Header("content-type"));
        Assert.Null(exchange.Header("user-agent"));
        Assert.DoesNotContain(sent["code_verifier"].ToString(), authorize.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_state_is_refused_and_the_login_goes_on()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        string callback = session.Authorization!.RedirectUri;

        foreach (string query in (string[])["?code=attackers-code&state=guess", "?code=attackers-code", "?error=access_denied&state=guess", "?error=access_denied", ""])
        {
            Page refused = await scene.VisitAsync(callback + query);
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains("State mismatch", refused.Html, StringComparison.Ordinal);
        }

        Assert.Equal(LoginStage.Waiting, session.Progress.Stage);
        Assert.DoesNotContain(scene.Auth.Received.All, request => request.Path == "/oauth/token");
        Assert.Equal(HttpStatusCode.OK, (await scene.OpenAsync(session)).Status);
    }

    [Fact]
    public async Task A_refusal_by_the_login_server_ends_the_login_and_is_shown_escaped()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        scene.Auth.AuthorizeError = "<script>alert(1)</script>";
        LoginSession session = await scene.BeginAsync();
        int port = session.Authorization!.Port;

        Page page = await scene.OpenAsync(session);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page.Html, StringComparison.Ordinal);
        Assert.Equal(LoginStage.Failed, session.Progress.Stage);
        Assert.StartsWith("OAuth error: <script>", session.Progress.Message, StringComparison.Ordinal);
        Assert.False(await LoginScene.IsListeningAsync(port));
        Assert.Empty(scene.Files.Store.Read().All);
    }

    [Fact]
    public async Task A_callback_without_a_code_ends_the_login()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();

        Page page = await scene.VisitAsync($"{session.Authorization!.RedirectUri}?state={session.Authorization.State}&code=");

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal(new LoginProgress(LoginStage.Failed, "The login server sent no code."), session.Progress);
    }

    [Fact]
    public async Task A_callback_is_good_once()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        // Keeps the listener open after the first login has ended.
        LoginSession other = await scene.BeginAsync();
        Assert.Equal(session.Authorization!.Port, other.Authorization!.Port);
        string callback = await scene.AuthorizeAsync(session);

        Assert.Equal(HttpStatusCode.OK, (await scene.VisitAsync(callback)).Status);
        Page replayed = await scene.VisitAsync(callback);

        Assert.Equal(HttpStatusCode.BadRequest, replayed.Status);
        Assert.Contains("This sign-in is over", replayed.Html, StringComparison.Ordinal);
        Assert.Single(scene.Auth.Received.All, request => request.Path == "/oauth/token");
        Assert.Equal(LoginStage.Done, session.Progress.Stage);
        Assert.Equal(LoginStage.Waiting, other.Progress.Stage);
    }

    [Fact]
    public async Task A_code_the_issuer_refuses_fails_with_its_words_and_without_the_code()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        scene.Auth.AnswerToken(Reply.Json(400, """{"error":{"message":"bad ac_canary_0123456789","code":"invalid_grant"}}"""));
        LoginSession session = await scene.BeginAsync();

        Page page = await scene.VisitAsync($"{session.Authorization!.RedirectUri}?state={session.Authorization.State}&code=ac_canary_0123456789");

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal("Token exchange failed: 400 - bad …", session.Progress.Message);
        Assert.DoesNotContain("ac_canary", page.Html + scene.Files.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_ten_minutes_the_login_has_expired_and_the_port_is_free()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        int port = session.Authorization!.Port;
        string callback = await scene.AuthorizeAsync(session);
        scene.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.True(await LoginScene.IsListeningAsync(port));

        scene.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LoginStage.Expired, (await session.Ended).Stage);
        Assert.False(await LoginScene.IsListeningAsync(port));
        Assert.Equal("The sign-in took too long. Start it again.", (await scene.Paste.FinishAsync(session, callback)).Error);
    }

    [Fact]
    public async Task Signing_in_again_renews_the_account_and_two_workspaces_are_two_accounts()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        await scene.OpenAsync(await scene.BeginAsync());
        await scene.Files.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "label", "mine"), Stop);
        Account first = scene.Accounts.OnDisk;
        await scene.Files.Store.UpdateAsync(document => document.DemandSignIn(first, first.RefreshToken, new SignInDemand(scene.Time.GetUtcNow(), "refresh_token_reused")), Stop);
        scene.Time.Advance(TimeSpan.FromDays(1));

        await scene.OpenAsync(await scene.BeginAsync());
        scene.Auth.NextUser = FakeAuth.DefaultUser with { AccountId = "99999999-1111-2222-3333-444444444444", Plan = "team" };
        await scene.OpenAsync(await scene.BeginAsync());

        AccountList accounts = scene.Files.NewStore().Read();
        Assert.Equal([FakeAuth.DefaultUser.AccountId, "99999999-1111-2222-3333-444444444444"], accounts.All.Select(account => account.AccountId));
        Assert.Equal((first.Key, "mine", first.AddedAt), (accounts.Active!.Key, accounts.Active.Label, accounts.Active.AddedAt));
        Assert.Null(accounts.Active.NeedsSignIn);
        Assert.NotEqual(first.RefreshToken, accounts.Active.RefreshToken);
    }

    [Fact]
    public async Task An_imported_account_that_signs_in_here_shares_its_tokens_no_more()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        await scene.Accounts.SignInAsync(TimeSpan.FromDays(10), source: "imported");

        await scene.OpenAsync(await scene.BeginAsync());

        Assert.False(Assert.Single(scene.Files.NewStore().Read().All).IsImported);
    }

    [Fact]
    public async Task A_sign_in_without_a_workspace_is_no_account()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        scene.Auth.AnswerToken(Reply.Json(200, """{"access_token":"opaque","refresh_token":"rt"}"""));
        LoginSession session = await scene.BeginAsync();

        await scene.OpenAsync(session);

        Assert.StartsWith("The sign-in belongs to no ChatGPT workspace", session.Progress.Message, StringComparison.Ordinal);
        Assert.Empty(scene.Files.Store.Read().All);
    }

    [Fact]
    public async Task A_login_server_that_cannot_be_reached_is_told()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        scene.Auth.AnswerToken(Reply.Abort());
        LoginSession session = await scene.BeginAsync();

        await scene.OpenAsync(session);

        Assert.StartsWith("Token exchange failed: ", session.Progress.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_really_closes_the_port_and_the_next_login_can_have_it()
    {
        int port = LoginScene.FreePort();
        await using LoginScene scene = await LoginScene.StartAsync([port]);
        LoginSession session = await scene.BeginAsync();
        await scene.VisitAsync(session.Authorization!.RedirectUri);

        scene.Browser.Cancel("enough");

        Assert.Equal(new LoginProgress(LoginStage.Cancelled, "enough"), session.Progress);
        Assert.False(await LoginScene.IsListeningAsync(port));
        LoginSession next = await scene.BeginAsync();
        Assert.Equal(port, next.Authorization!.Port);
        Assert.Equal(HttpStatusCode.OK, (await scene.OpenAsync(next)).Status);
    }

    [Fact]
    public async Task A_login_whose_code_is_being_exchanged_is_not_cancelled_any_more()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        Gate gate = new();
        scene.Auth.TokenGate = gate;
        LoginSession session = await scene.BeginAsync();
        Task<Page> opening = scene.OpenAsync(session);
        await gate.Reached;
        Assert.Equal(LoginStage.Exchanging, session.Progress.Stage);

        scene.Browser.Cancel("too late");
        gate.Open();

        Assert.Equal(HttpStatusCode.OK, (await opening).Status);
        Assert.Equal(LoginStage.Done, session.Progress.Stage);
    }

    [Fact]
    public async Task The_page_can_do_nothing_and_tells_nothing_on()
    {
        await using LoginScene scene = await LoginScene.StartAsync();

        Page page = await scene.OpenAsync(await scene.BeginAsync());

        Assert.Contains("default-src 'none'", page.Headers, StringComparison.Ordinal);
        Assert.Contains("no-referrer", page.Headers, StringComparison.Ordinal);
        Assert.Contains("no-store", page.Headers, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http", page.Html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task No_secret_of_a_login_is_logged_or_printed()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        string callback = await scene.AuthorizeAsync(session);
        string code = QueryHelpers.ParseQuery(new Uri(callback).Query)["code"]!;
        await scene.VisitAsync(callback.Replace("state=", "state=x", StringComparison.Ordinal));
        await scene.VisitAsync(callback);
        await scene.Exchange.SettledAsync();

        Account stored = scene.Accounts.OnDisk;
        string told = scene.Files.Logs.Text + session.Progress + session.Authorization + session.Authorization!.Pkce;
        Assert.Contains($"Account {stored.Key} signed in", told, StringComparison.Ordinal);
        foreach (string secret in (string[])[code, session.Authorization.State, session.Authorization.Pkce.Verifier, stored.AccessToken!, stored.RefreshToken!, stored.IdToken!])
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_refuses_is_told()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        Directory.CreateDirectory(scene.Files.Data.Accounts);
        LoginSession session = await scene.BeginAsync();

        Page page = await scene.OpenAsync(session);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.StartsWith("The account could not be saved: ", session.Progress.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_that_begin_and_end_at_the_same_time_never_wait_in_vain()
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        for (int round = 0; round < 50; round++)
        {
            LoginSession ending = session;
            Task end = Task.Run(() => ending.TryEnd(LoginProgress.Cancelled("race")), Stop);
            session = await scene.BeginAsync();
            await end;
            Assert.True(await LoginScene.IsListeningAsync(session.Authorization!.Port), $"round {round}");
        }
    }
}
