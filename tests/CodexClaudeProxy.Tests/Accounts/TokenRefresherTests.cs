using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;
using FakeCodex;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class TokenRefresherTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_lives_longer_than_five_minutes_is_used_as_it_is()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(5).Add(TimeSpan.FromSeconds(1)));

        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);

        Assert.Equal((account.AccessToken, account.AccountId), (reply.Credential!.AccessToken, reply.Credential.AccountId));
        Assert.Empty(scene.Auth.Received.All);
    }

    [Fact]
    public async Task A_token_that_ends_within_five_minutes_is_renewed_as_the_official_client_does()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(5));

        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);

        Assert.NotEqual(account.AccessToken, reply.Credential!.AccessToken);
        Account stored = scene.OnDisk;
        Assert.Equal(reply.Credential.AccessToken, stored.AccessToken);
        Assert.NotEqual(account.RefreshToken, stored.RefreshToken);
        Assert.Equal(scene.Time.GetUtcNow().AddDays(10), stored.ExpiresAt);
        Assert.Equal(stored.RefreshToken, CodexAuthFile.Read(scene.Files.Data.AuthFile(stored))!.Tokens!.RefreshToken);
        ReceivedRequest request = Assert.Single(scene.Auth.Received.All);
        Assert.Equal(
            $$"""{"client_id":"app_EMoamEEZ73f0CkXaXp7hrann","grant_type":"refresh_token","refresh_token":"{{account.RefreshToken}}","refresh_reason":"proactive_expiry"}""",
            request.Text);
        Assert.Equal(("application/json", "codex_cli_rs"), (request.Header("content-type"), request.Header("originator")));
    }

    [Fact]
    public async Task Many_callers_at_once_cause_one_refresh()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        Gate gate = scene.Auth.TokenGate = new Gate();

        Task<CredentialReply>[] callers = [.. Enumerable.Range(0, 50).Select(_ => scene.Refresher.GetCredentialAsync(account, Stop))];
        await gate.Reached;
        gate.Open();
        CredentialReply[] replies = await Task.WhenAll(callers);

        Assert.Single(replies.Select(reply => reply.Credential!.AccessToken).Distinct());
        Assert.Single(scene.Auth.Received.All);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_lose_the_new_token()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        Gate gate = scene.Auth.TokenGate = new Gate();
        using CancellationTokenSource impatience = new();

        Task<CredentialReply> caller = scene.Refresher.GetCredentialAsync(account, impatience.Token);
        await gate.Reached;
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        Task<RefreshOutcome> joined = scene.Refresher.RefreshAsync(account, "scheduled", Stop);
        gate.Open();

        Account renewed = (await joined).Account!;
        Assert.Equal(scene.OnDisk.AccessToken, renewed.AccessToken);
        Assert.NotEqual(account.AccessToken, renewed.AccessToken);
        Assert.Equal(1, scene.Auth.Refreshes);
    }

    [Fact]
    public async Task What_another_process_has_renewed_meanwhile_is_used()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        using AccountStore otherStore = scene.Files.NewStore();
        await using TokenRefresher other = scene.NewRefresher(otherStore);
        CredentialReply theirs = await other.GetCredentialAsync(account, Stop);

        RefreshOutcome ours = await scene.Refresher.RefreshAsync(account, "forced", Stop);

        Assert.Equal(theirs.Credential!.AccessToken, ours.Account!.AccessToken);
        Assert.Equal((1, 0), (scene.Auth.Refreshes, scene.Auth.RefreshTokenReuses));
    }

    [Fact]
    public async Task A_failure_of_the_moment_keeps_the_old_token_in_use_and_is_repeated_later()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(4));
        StubHandler broken = new(() => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>") });
        await using TokenRefresher refresher = scene.NewRefresher(scene.Files.Store, broken);

        for (int i = 0; i < 3; i++)
        {
            CredentialReply reply = await refresher.GetCredentialAsync(account, Stop);
            Assert.Equal(account.AccessToken, reply.Credential!.AccessToken);
        }

        Assert.Equal(1, broken.Calls);
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        await refresher.GetCredentialAsync(account, Stop);
        Assert.Equal(2, broken.Calls);
        // The second pause is twice as long.
        scene.Time.Advance(TimeSpan.FromSeconds(9));
        await refresher.GetCredentialAsync(account, Stop);
        Assert.Equal(2, broken.Calls);

        scene.Time.Advance(TimeSpan.FromMinutes(5));
        CredentialReply dead = await refresher.GetCredentialAsync(account, Stop);
        Assert.Null(dead.Credential);
        Assert.Equal(RefreshFailureKind.Transient, dead.Failure!.Kind);
        Assert.Equal(scene.Time.GetUtcNow().AddSeconds(20), dead.Failure.RetryAt);
        Assert.Null(scene.OnDisk.NeedsSignIn);

        scene.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.NotNull((await scene.Refresher.GetCredentialAsync(account, Stop)).Credential);
    }

    [Theory]
    [InlineData("used", "refresh_token_reused")]
    [InlineData("revoked", "refresh_token_invalidated")]
    [InlineData("expired", "refresh_token_expired")]
    [InlineData("unknown", "invalid_grant")]
    public async Task A_final_refusal_waits_for_the_owner_and_deletes_nothing(string state, string reason)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1));
        if (state == "revoked") scene.Auth.RevokeRefreshToken(tokens.RefreshToken);
        if (state == "expired") scene.Auth.ExpireRefreshToken(tokens.RefreshToken);
        if (state == "unknown") tokens = tokens with { RefreshToken = "rt_never_issued" };
        Account account = await scene.StoreAsync(tokens);
        if (state == "used")
        {
            await scene.Refresher.RefreshAsync(account, "forced", Stop);
            account = await scene.StoreAsync(tokens);
        }

        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);
        int asked = scene.Auth.Received.All.Count;
        CredentialReply again = await scene.Refresher.GetCredentialAsync(account, Stop);

        Assert.Equal(RefreshFailureKind.NeedsSignIn, reply.Failure!.Kind);
        Assert.Equal(RefreshFailureKind.NeedsSignIn, again.Failure!.Kind);
        Assert.Equal(asked, scene.Auth.Received.All.Count);
        Account stored = scene.OnDisk;
        Assert.Equal(new SignInDemand(scene.Time.GetUtcNow(), reason), stored.NeedsSignIn);
        Assert.Equal((tokens.AccessToken, tokens.RefreshToken), (stored.AccessToken, stored.RefreshToken));
    }

    [Fact]
    public async Task An_expired_session_at_the_token_endpoint_is_final_too()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        StubHandler refusing = new(() => new HttpResponseMessage(HttpStatusCode.Unauthorized)
        {
            Content = new StringContent("""{"error":{"code":"token_expired","message":"Session over"}}"""),
        });
        await using TokenRefresher refresher = scene.NewRefresher(scene.Files.Store, refusing);

        RefreshOutcome outcome = await refresher.RefreshAsync(account, "forced", Stop);

        Assert.StartsWith("Token refresh failed: 401 - Session over", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("token_expired", scene.OnDisk.NeedsSignIn!.Reason);
    }

    [Fact]
    public async Task A_new_sign_in_ends_the_waiting()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens dead = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1));
        scene.Auth.RevokeRefreshToken(dead.RefreshToken);
        Account account = await scene.StoreAsync(dead);
        await scene.Refresher.GetCredentialAsync(account, Stop);

        await scene.SignInAsync(TimeSpan.FromDays(10));

        Assert.Null(scene.OnDisk.NeedsSignIn);
        Assert.NotNull((await scene.Refresher.GetCredentialAsync(account, Stop)).Credential);
    }

    [Fact]
    public async Task After_a_401_the_newer_token_on_disk_is_used_and_only_then_one_is_fetched()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));
        Credential refused = Credential.Of(account);
        Account renewed = await scene.SignInAsync(TimeSpan.FromDays(10));

        CredentialReply fromDisk = await scene.Refresher.OnUnauthorizedAsync(refused, Stop);
        Assert.Equal(renewed.AccessToken, fromDisk.Credential!.AccessToken);
        Assert.Empty(scene.Auth.Received.All);

        CredentialReply fetched = await scene.Refresher.OnUnauthorizedAsync(fromDisk.Credential, Stop);
        Assert.NotEqual(renewed.AccessToken, fetched.Credential!.AccessToken);
        Assert.Equal("unauthorized_recovery", Assert.Single(scene.Auth.Received.All).Json.GetProperty("refresh_reason").GetString());

        // A backend that refuses even this one is not asked to be refreshed for every request.
        CredentialReply hopeless = await scene.Refresher.OnUnauthorizedAsync(fetched.Credential, Stop);
        Assert.Equal((null, scene.Time.GetUtcNow().AddMinutes(1)), (hopeless.Credential, hopeless.Failure!.RetryAt));
        Assert.Single(scene.Auth.Received.All);
    }

    [Fact]
    public async Task An_account_with_a_refresh_token_only_gets_the_rest_when_it_is_needed()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn();
        // As the original's command line adds accounts.
        scene.Files.WriteAccounts($$"""
            {"accounts":[{"email":"{{tokens.User.Email}}","accountId":"","planType":"free","refreshToken":"{{tokens.RefreshToken}}"}],"activeAccount":"{{tokens.User.Email}}","version":1}
            """);

        CredentialReply reply = await scene.Refresher.GetCredentialAsync(scene.OnDisk, Stop);

        Assert.Equal(tokens.User.AccountId, reply.Credential!.AccountId);
        Assert.Equal((tokens.User.AccountId, "plus"), (scene.OnDisk.AccountId, scene.OnDisk.PlanType));
        Assert.Equal(scene.OnDisk.Key, scene.Files.Store.Read().Active!.Key);
    }

    [Fact]
    public async Task What_the_answer_leaves_out_stays()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.Auth.RotatesRefreshTokens = false;
        scene.Auth.ReturnsIdTokens = false;
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));

        await scene.Refresher.GetCredentialAsync(account, Stop);

        Assert.Equal((account.RefreshToken, account.IdToken), (scene.OnDisk.RefreshToken, scene.OnDisk.IdToken));
        Assert.NotEqual(account.AccessToken, scene.OnDisk.AccessToken);
    }

    [Fact]
    public async Task What_happens_during_a_refresh_is_not_undone_by_it()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        Account other = await scene.Files.AddAsync("other@x.com", "other");
        Gate gate = scene.Auth.TokenGate = new Gate();

        Task<RefreshOutcome> flight = scene.Refresher.RefreshAsync(account, "scheduled", Stop);
        await gate.Reached;
        using AccountStore commandLine = scene.Files.NewStore();
        await commandLine.UpdateAsync(document => { document.SetActive(other); return document.Remove(document.Accounts.Find(account)!); }, Stop);
        gate.Open();
        await flight;

        Assert.Equal("other@x.com", Assert.Single(scene.Files.Store.Read().All).Email);
        Assert.Equal("other@x.com", scene.Files.Store.Read().Active!.Email);
    }

    [Fact]
    public async Task A_pair_that_cannot_be_saved_is_used_from_memory_and_saved_later()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1), "imported");
        // No lock, no write: a directory in its place stands for a disk that refuses.
        File.Delete(scene.Files.Data.AccountsLock);
        Directory.CreateDirectory(scene.Files.Data.AccountsLock);
        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);
        CredentialReply second = await scene.Refresher.GetCredentialAsync(account, Stop);
        Assert.Equal(account.AccessToken, scene.OnDisk.AccessToken);
        Directory.Delete(scene.Files.Data.AccountsLock);

        Assert.NotEqual(account.AccessToken, reply.Credential!.AccessToken);
        Assert.Equal(reply.Credential.AccessToken, second.Credential!.AccessToken);

        CredentialReply third = await scene.Refresher.GetCredentialAsync(account, Stop);
        Assert.Equal((reply.Credential.AccessToken, reply.Credential.AccessToken), (third.Credential!.AccessToken, scene.OnDisk.AccessToken));
        Assert.Equal((1, 0), (scene.Auth.Refreshes, scene.Auth.RefreshTokenReuses));
        Assert.Contains("could not be saved", scene.Files.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_pair_is_only_in_memory_no_other_process_may_spend_the_one_on_the_disk()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        File.Delete(scene.Files.Data.AccountsLock);
        Directory.CreateDirectory(scene.Files.Data.AccountsLock);
        await scene.Refresher.GetCredentialAsync(account, Stop);
        await scene.Refresher.GetCredentialAsync(account, Stop);

        await Assert.ThrowsAsync<TimeoutException>(LockAsync);

        Directory.Delete(scene.Files.Data.AccountsLock);
        await scene.Refresher.GetCredentialAsync(account, Stop);
        (await LockAsync()).Dispose();
        Assert.Equal((1, 0), (scene.Auth.Refreshes, scene.Auth.RefreshTokenReuses));

        Task<FileLock> LockAsync() => FileLock.AcquireAsync(scene.Files.Data.RefreshLock(account), TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
    }

    [Fact]
    public async Task A_pair_that_is_only_in_memory_is_saved_at_the_end()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(1));
        File.Delete(scene.Files.Data.AccountsLock);
        Directory.CreateDirectory(scene.Files.Data.AccountsLock);
        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);
        Directory.Delete(scene.Files.Data.AccountsLock);

        await scene.Refresher.DisposeAsync();

        Assert.Equal(reply.Credential!.AccessToken, scene.OnDisk.AccessToken);
    }

    [Fact]
    public async Task A_newer_pair_of_the_official_client_is_taken_over_instead_of_a_refresh()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(4), "imported");
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        FakeTokens newer = scene.Auth.SignIn();
        scene.WriteCodexFile(newer);

        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);

        Assert.Equal(newer.AccessToken, reply.Credential!.AccessToken);
        Assert.Equal(newer.RefreshToken, scene.OnDisk.RefreshToken);
        Assert.Empty(scene.Auth.Received.All);
    }

    [Fact]
    public async Task After_a_refresh_the_official_client_gets_the_new_pair_and_keeps_what_we_do_not_know()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(4));
        Account account = await scene.StoreAsync(tokens, "imported");
        JsonNode file = JsonNode.Parse(tokens.ToAuthJson(scene.Time.GetUtcNow()))!;
        file["future"] = "kept";
        file["tokens"]!["login_owner_id"] = "owner";
        File.WriteAllText(scene.Codex.AuthFile, file.ToJsonString());
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(scene.Codex.AuthFile, Mode);

        await scene.Refresher.GetCredentialAsync(account, Stop);

        JsonNode after = JsonNode.Parse(File.ReadAllText(scene.Codex.AuthFile))!;
        if (!OperatingSystem.IsWindows()) Assert.Equal(Mode, File.GetUnixFileMode(scene.Codex.AuthFile));
        Account stored = scene.OnDisk;
        Assert.Equal((stored.AccessToken, stored.RefreshToken, stored.IdToken), ((string?)after["tokens"]!["access_token"], (string?)after["tokens"]!["refresh_token"], (string?)after["tokens"]!["id_token"]));
        Assert.Equal(("kept", "owner"), ((string?)after["future"], (string?)after["tokens"]!["login_owner_id"]));
        Assert.Equal(["auth_mode", "OPENAI_API_KEY", "tokens", "last_refresh", "future"], after.AsObject().Select(member => member.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_the_official_client_that_is_not_the_shared_one_is_left_alone(bool imported)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeUser someoneElse = new("else@x.com", "acc-else", "user-else");
        FakeTokens theirs = imported ? scene.Auth.SignIn(someoneElse) : scene.Auth.SignIn();
        scene.WriteCodexFile(theirs);
        string before = File.ReadAllText(scene.Codex.AuthFile);
        Account account = await scene.SignInAsync(TimeSpan.FromMinutes(4), imported ? "imported" : null);

        CredentialReply reply = await scene.Refresher.GetCredentialAsync(account, Stop);

        Assert.NotEqual(theirs.AccessToken, reply.Credential!.AccessToken);
        Assert.Equal(1, scene.Auth.Refreshes);
        Assert.Equal(before, File.ReadAllText(scene.Codex.AuthFile));
    }

    [Fact]
    public async Task When_the_official_client_was_faster_its_pair_is_used_and_nobody_is_signed_out()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(4));
        Account account = await scene.StoreAsync(tokens, "imported");
        await using TokenRefresher official = scene.NewRefresher(scene.Files.Store);
        // It spends the shared token but has not written its file yet when we look.
        using HttpClient client = new();
        await client.PostAsync(new Uri($"{scene.Auth.Url}/oauth/token"), new FormUrlEncodedContent(
            [new("client_id", FakeAuth.ClientId), new("grant_type", "refresh_token"), new("refresh_token", tokens.RefreshToken)]), Stop);
        Gate gate = scene.Auth.TokenGate = new Gate();

        Task<CredentialReply> caller = scene.Refresher.GetCredentialAsync(account, Stop);
        await gate.Reached;
        FakeTokens successor = scene.Auth.SignIn();
        scene.WriteCodexFile(successor);
        gate.Open();

        Assert.Equal(successor.AccessToken, (await caller).Credential!.AccessToken);
        Assert.Null(scene.OnDisk.NeedsSignIn);
        Assert.Equal(successor.RefreshToken, scene.OnDisk.RefreshToken);
    }

    [Fact]
    public async Task Signing_in_again_with_the_official_client_revives_an_imported_account()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens dead = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1));
        scene.Auth.RevokeRefreshToken(dead.RefreshToken);
        Account account = await scene.StoreAsync(dead, "imported");
        await scene.Refresher.GetCredentialAsync(account, Stop);
        Assert.NotNull(scene.OnDisk.NeedsSignIn);

        FakeTokens revived = scene.Auth.SignIn();
        scene.WriteCodexFile(revived);

        Assert.Equal(revived.AccessToken, (await scene.Refresher.GetCredentialAsync(account, Stop)).Credential!.AccessToken);
        Assert.Null(scene.OnDisk.NeedsSignIn);
    }

    [Fact]
    public async Task The_schedule_renews_only_what_is_due()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.StoreAsync(scene.Auth.SignIn(new FakeUser("due@x.com", "1", "u1"), TimeSpan.FromMinutes(7)));
        await scene.StoreAsync(scene.Auth.SignIn(new FakeUser("fresh@x.com", "2", "u2"), TimeSpan.FromDays(10)));
        Account off = await scene.StoreAsync(scene.Auth.SignIn(new FakeUser("off@x.com", "3", "u3"), TimeSpan.FromMinutes(7)));
        await scene.Files.Store.UpdateAsync(document => document.Set(off, "enabled", false), Stop);

        // Its own rounds do not begin: the time stands still.
        await using RefreshSchedule schedule = Schedule(scene);

        await schedule.RoundAsync(Stop);

        Assert.Equal("scheduled", Assert.Single(scene.Auth.Received.All).Json.GetProperty("refresh_reason").GetString());
        Assert.Equal(scene.Time.GetUtcNow().AddDays(10), scene.OnDisk.ExpiresAt);
    }

    [Fact]
    public async Task The_schedule_begins_by_itself_and_ends_with_its_owner()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.SignInAsync(TimeSpan.FromMinutes(1));
        RefreshSchedule schedule = Schedule(scene);

        Task<ReceivedRequest> first = scene.Auth.Received.WaitAsync(1, Stop);
        while (!first.IsCompleted)
        {
            // Slowly: what it sends has thirty seconds of this time to arrive.
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(first, Task.Delay(10, Stop));
        }

        await (await first).Ended;
        await schedule.DisposeAsync();
        await scene.Refresher.DisposeAsync();
        int asked = scene.Auth.Received.All.Count;
        for (int i = 0; i < 100; i++) scene.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(asked, scene.Auth.Received.All.Count);
    }

    [Fact]
    public async Task No_token_ever_gets_into_a_log_or_a_message()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1));
        Account account = await scene.StoreAsync(tokens, "imported");
        StubHandler echo = new(() => new HttpResponseMessage(HttpStatusCode.BadRequest)
        {
            Content = new StringContent($$"""{"error":"invalid_grant","error_description":"bad token {{tokens.RefreshToken}}"}"""),
        });
        await using TokenRefresher refresher = scene.NewRefresher(scene.Files.Store, echo);

        RefreshOutcome refused = await refresher.RefreshAsync(account, "forced", Stop);
        await scene.StoreAsync(scene.Auth.SignIn(), "imported");
        RefreshOutcome renewed = await scene.Refresher.RefreshAsync(scene.OnDisk, "forced", Stop);
        string told = $"{scene.Files.Logs.Text} {refused} {renewed}";

        Assert.Contains("needs a new sign-in", told, StringComparison.Ordinal);
        Assert.Contains("refreshed, valid until", told, StringComparison.Ordinal);
        foreach (string secret in new[] { tokens.RefreshToken, tokens.AccessToken, tokens.IdToken, scene.OnDisk.AccessToken!, scene.OnDisk.RefreshToken! })
        {
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
        }
    }

    private static RefreshSchedule Schedule(RefreshScene scene) =>
        new(scene.Files.Store, scene.Refresher, new Random(1), scene.Time, scene.Files.Logs.CreateLogger<RefreshSchedule>());
}
