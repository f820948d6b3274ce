using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>What a Codex client with a sign-in of its own is told about its account, from the accounts here.</summary>
public sealed class CodexClientUsageTests
{
    private const string Asking = "asking-account";
    private const string AccessKey = "the-access-key";

    private static readonly FakeUser Stranger = new("stranger@example.com", Asking, "user-stranger");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/backend-api/wham/usage")]
    [InlineData("/api/codex/usage")]
    public async Task The_windows_are_those_of_the_account_that_serves_next_under_the_clients_own_name(string path)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        DateTimeOffset reset = TimeProvider.System.GetUtcNow().AddHours(2);
        proxy.Backend.AnswerAll(_ => Reply.Text("Hi").WithQuota(new Quota(41, reset), new Quota(17, reset.AddDays(3))));
        (await proxy.PostAsync(RunningProxy.Ask())).Dispose();

        (HttpStatusCode status, JsonNode usage) = await GetAsync(proxy, path, Token(proxy, Stranger));

        JsonNode rates = usage["rate_limit"]!;
        Assert.Equal((HttpStatusCode.OK, Asking, true, false), (status, usage["account_id"]!.GetValue<string>(), rates["allowed"]!.GetValue<bool>(), rates["limit_reached"]!.GetValue<bool>()));
        Assert.Equal((41, 18_000L, reset.ToUnixTimeSeconds()), Window(rates["primary_window"]!));
        Assert.Equal((17, 604_800L, reset.AddDays(3).ToUnixTimeSeconds()), Window(rates["secondary_window"]!));
        Assert.Equal((Stranger.UserId, "plus", null), (usage["user_id"]!.GetValue<string>(), usage["plan_type"]!.GetValue<string>(), usage["rate_limit_reached_type"]));
        // A client must not redeem what an account here has saved up.
        Assert.False(usage.AsObject().ContainsKey("rate_limit_reset_credits"));
    }

    [Fact]
    public async Task The_clients_token_goes_nowhere()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        string token = Token(proxy, Stranger);

        await GetAsync(proxy, "/backend-api/wham/usage", token);
        await GetAsync(proxy, "/backend-api/wham/accounts/check", token);

        Assert.DoesNotContain(proxy.Backend.Received.All, request => request.Header("authorization")?.Contains(token, StringComparison.Ordinal) == true);
        Assert.DoesNotContain(token, proxy.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_one_account_can_serve_nothing_is_reached_and_then_the_first_reset_is_told()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        DateTimeOffset first = TimeProvider.System.GetUtcNow().AddHours(1);
        proxy.Backend.Usage = user => AccountAnswers.UsedUp(user, user == proxy.Users[1] ? first : first.AddHours(3));
        await UseUpAsync(proxy, proxy.Users[0]);

        JsonNode rates = (await GetAsync(proxy, "/backend-api/wham/usage", Token(proxy, Stranger))).Json["rate_limit"]!;
        Assert.True(rates["allowed"]!.GetValue<bool>());

        await UseUpAsync(proxy, proxy.Users[1]);
        JsonNode usage = (await GetAsync(proxy, "/backend-api/wham/usage", Token(proxy, Stranger))).Json;
        rates = usage["rate_limit"]!;
        Assert.Equal((false, true, "rate_limit_reached"), (rates["allowed"]!.GetValue<bool>(), rates["limit_reached"]!.GetValue<bool>(), usage["rate_limit_reached_type"]!["type"]!.GetValue<string>()));
        Assert.Equal((100, 18_000L, first.ToUnixTimeSeconds()), Window(rates["primary_window"]!));
    }

    [Theory]
    [InlineData("/backend-api/wham")]
    [InlineData("/api/codex")]
    public async Task The_workspace_is_the_clients_own_and_sends_it_nowhere_else(string prefix)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        (HttpStatusCode status, JsonNode answer) = await GetAsync(proxy, prefix + "/accounts/check", Token(proxy, Stranger));

        JsonNode entry = Assert.Single(answer["accounts"]!.AsArray())!;
        Assert.Equal((HttpStatusCode.OK, Asking, "NO_CONSTRAINT", "NO_CONSTRAINT", Asking),
            (status, entry["id"]!.GetValue<string>(), entry["workspace_backend_origin"]!.GetValue<string>(), entry["account_routing_override"]!.GetValue<string>(), answer["default_account_id"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(proxy, prefix + "/accounts/check", token: null, account: null)).Status);
    }

    [Theory]
    [InlineData("/backend-api/wham")]
    [InlineData("/api/codex")]
    public async Task A_client_redeems_nothing_and_the_other_routes_are_not_there(string prefix)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        int before = proxy.Backend.Received.All.Count;

        using HttpResponseMessage refused = await proxy.PostAsync("""{"redeem_request_id":"x"}""", prefix + "/rate-limit-reset-credits/consume");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        foreach (string other in new[] { "/workspace-messages", "/profiles/me", "/rate-limit-reset-credits" }) Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(proxy, prefix + other, null)).Status);
        Assert.Equal(before, proxy.Backend.Received.All.Count);
    }

    [Fact]
    public async Task With_an_access_key_only_accounts_that_are_signed_in_here_may_ask()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: options => options with { ApiKey = AccessKey });
        FakeUser known = proxy.Users[0];
        FakeUser colleague = new("colleague@example.com", known.AccountId, "user-colleague");

        foreach (string path in new[] { "/backend-api/wham/usage", "/api/codex/accounts/check" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(proxy, path, Token(proxy, Stranger))).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(proxy, path, Token(proxy, colleague), known.AccountId)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(proxy, path, proxy.Backend.Auth.SignIn(known, TimeSpan.FromSeconds(-5)).AccessToken, known.AccountId)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(proxy, path, token: null)).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(proxy, path, Token(proxy, known), known.AccountId)).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(proxy, path, AccessKey)).Status);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(proxy, "/accounts", Token(proxy, known), known.AccountId)).Status);
    }

    /// <summary>Nobody knows here who has signed a token.</summary>
    [Fact]
    public async Task A_token_alone_makes_the_program_ask_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: options => options with { ApiKey = AccessKey });
        FakeUser known = proxy.Users[0];
        bool HasAsked() => proxy.Backend.Received.All.Any(request => request.Path.EndsWith("/wham/usage", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(proxy, "/api/codex/usage", Token(proxy, known), known.AccountId)).Status);
        Assert.False(HasAsked());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(proxy, "/api/codex/usage", AccessKey)).Status);
        Assert.True(HasAsked());
    }

    private static async Task UseUpAsync(RunningProxy proxy, FakeUser user) => (await proxy.Client.GetAsync($"/accounts/usage?email={user.Email}", Stop)).Dispose();

    private static string Token(RunningProxy proxy, FakeUser user) => proxy.Backend.Auth.SignIn(user).AccessToken;

    private static (int, long, long) Window(JsonNode window) =>
        (window["used_percent"]!.GetValue<int>(), window["limit_window_seconds"]!.GetValue<long>(), window["reset_at"]!.GetValue<long>());

    private static async Task<(HttpStatusCode Status, JsonNode Json)> GetAsync(RunningProxy proxy, string path, string? token, string? account = Asking)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (token is not null) request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        if (account is not null) request.Headers.TryAddWithoutValidation("chatgpt-account-id", account);
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Stop);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!);
    }
}
