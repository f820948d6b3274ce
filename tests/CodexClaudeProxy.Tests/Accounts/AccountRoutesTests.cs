using System.Net;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Login;
using FakeCodex;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>The account routes over real sockets, in the original's words.</summary>
public sealed class AccountRoutesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_has_the_originals_members_and_no_token()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));
        await scene.Files.AddAsync("second@x.com", "acc-2", scene.Time.GetUtcNow().AddMinutes(-1));
        await scene.Files.Store.UpdateAsync(document => document.Set(document.Accounts.All[1], "quota", QuotaFormat.Merge(null, new UsageReply { Usage = """{"plan_type":"plus"}""" }, scene.Time.GetUtcNow())), Stop);

        (HttpStatusCode status, JsonElement answer) = await server.SendAsync("GET", "/accounts");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((2, account.Email), (answer.GetProperty("total").GetInt32(), answer.GetProperty("activeAccount").GetString()));
        JsonElement first = answer.GetProperty("accounts")[0];
        JsonElement second = answer.GetProperty("accounts")[1];
        Assert.Equal((account.Email, account.AccountId, "plus"), (first.GetProperty("email").GetString(), first.GetProperty("accountId").GetString(), first.GetProperty("planType").GetString()));
        Assert.Equal((true, false, true), (first.GetProperty("isActive").GetBoolean(), first.GetProperty("tokenExpired").GetBoolean(), second.GetProperty("tokenExpired").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, first.GetProperty("quota").ValueKind);
        Assert.Equal(JsonValueKind.Object, second.GetProperty("quota").ValueKind);
        Assert.Equal(Times.Iso(scene.Time.GetUtcNow()), first.GetProperty("addedAt").GetString());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("lastUsed").ValueKind);
        Assert.Equal("ready", first.GetProperty("state").GetString());
    }

    [Fact]
    public async Task No_answer_of_any_route_holds_a_token()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        FakeTokens tokens = scene.Auth.SignIn();
        scene.WriteCodexFile(tokens);
        StringBuilder told = new();

        foreach (string request in (string[])["POST /accounts/import", "GET /accounts", "GET /accounts/status", "GET /accounts/quota?refresh=true", "GET /accounts/quota/all",
            "GET /accounts/usage", "POST /accounts/refresh", "POST /accounts/refresh/all", $"POST /accounts/{tokens.User.Email}/refresh", "GET /accounts"])
        {
            string[] parts = request.Split(' ');
            (HttpStatusCode status, JsonElement answer) = await server.SendAsync(parts[0], parts[1]);
            Assert.True(status == HttpStatusCode.OK, request);
            told.Append(answer.GetRawText());
        }

        Account stored = scene.OnDisk;
        Assert.Equal(3, scene.Auth.Refreshes);
        foreach (string secret in (string[])[tokens.AccessToken, tokens.RefreshToken, tokens.IdToken, stored.AccessToken!, stored.RefreshToken!, stored.IdToken!])
        {
            Assert.DoesNotContain(secret, told.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, scene.Files.Logs.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Switching_really_switches()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        await scene.Files.AddAsync("a@x.com", "1");
        await scene.Files.AddAsync("b@x.com", "2");
        HashSet<string> none = [];
        Assert.Equal("a@x.com", server.Pool.Select("one", "gpt", none).Account!.Email);

        (_, JsonElement answer) = await server.SendAsync("POST", "/accounts/switch", """{"email":"b@x.com"}""");

        Assert.Equal("""{"success":true,"message":"Switched to account: b@x.com"}""", answer.GetRawText());
        Assert.Equal("b@x.com", server.Pool.Select("one", "gpt", none).Account!.Email);
    }

    [Theory]
    [InlineData("POST", "/accounts/switch", "{}", 400, """{"success":false,"message":"Email is required"}""")]
    [InlineData("POST", "/accounts/switch", """{"email":7}""", 400, """{"success":false,"message":"Email is required"}""")]
    [InlineData("POST", "/accounts/switch", """{"email":"no@x.com"}""", 200, """{"success":false,"message":"Account not found: no@x.com"}""")]
    [InlineData("DELETE", "/accounts/no@x.com", null, 200, """{"success":false,"message":"Account not found: no@x.com"}""")]
    [InlineData("POST", "/accounts/refresh", null, 200, """{"success":false,"message":"No active account"}""")]
    [InlineData("POST", "/accounts/no%40x.com/refresh", null, 200, """{"success":false,"message":"Account not found: no@x.com"}""")]
    [InlineData("POST", "/accounts/%25zz/refresh", null, 200, """{"success":false,"message":"Account not found: %zz"}""")]
    [InlineData("POST", "/accounts/refresh/all", null, 200, "[]")]
    [InlineData("POST", "/accounts/import", null, 200, """{"success":false,"message":"No Codex auth.json found"}""")]
    [InlineData("GET", "/accounts/quota", null, 404, """{"success":false,"error":"No active account"}""")]
    [InlineData("GET", "/accounts/quota?email=no@x.com", null, 404, """{"success":false,"error":"Account not found: no@x.com"}""")]
    [InlineData("GET", "/accounts/usage", null, 404, """{"success":false,"error":"No active account"}""")]
    [InlineData("GET", "/accounts/quota/all", null, 200, """{"accounts":[]}""")]
    [InlineData("GET", "/accounts/status", null, 200, """{"total":0,"active":null,"accounts":[]}""")]
    [InlineData("GET", "/accounts", null, 200, """{"accounts":[],"activeAccount":null,"total":0}""")]
    public async Task Without_the_account_the_answers_are_the_originals(string method, string path, string? body, int status, string expected)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);

        (HttpStatusCode actual, JsonElement answer) = await server.SendAsync(method, path, body);

        Assert.Equal((status, expected), ((int)actual, answer.GetRawText()));
    }

    [Fact]
    public async Task Removing_the_active_account_hands_over_and_deletes_its_tokens()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        Account gone = await scene.Files.AddAsync("a+b@x.com", "1");
        await scene.Files.AddAsync("b@x.com", "2");

        (_, JsonElement answer) = await server.SendAsync("DELETE", "/accounts/a%2Bb%40x.com");

        Assert.Equal("""{"success":true,"message":"Account removed: a+b@x.com"}""", answer.GetRawText());
        Assert.Equal("b@x.com", scene.Files.Store.Read().Active!.Email);
        Assert.False(File.Exists(scene.Files.Data.AuthFile(gone)));
    }

    [Fact]
    public async Task An_address_of_two_accounts_removes_neither()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        Account first = await scene.Files.AddAsync("a@x.com", "1");
        Account second = await scene.Files.AddAsync("a@x.com", "2");

        (_, JsonElement refused) = await server.SendAsync("DELETE", "/accounts/a@x.com");

        Assert.False(refused.GetProperty("success").GetBoolean());
        Assert.Equal($"a@x.com means 2 accounts. Name one of: {first.Key}, {second.Key}", refused.GetProperty("message").GetString());
        await server.SendAsync("DELETE", $"/accounts/{Uri.EscapeDataString(second.Key)}");
        Assert.Equal([first.Key], scene.Files.Store.Read().All.Select(account => account.Key));
    }

    [Fact]
    public async Task Removing_ends_the_sign_in_at_the_issuer_when_told_to_and_says_when_it_could_not()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        FakeTokens tokens = scene.Auth.SignIn();
        await scene.StoreAsync(tokens);

        (_, JsonElement answer) = await server.SendAsync("DELETE", "/accounts/dev@example.com?revoke=true");

        Assert.Equal("""{"success":true,"message":"Account removed: dev@example.com. Its sign-in was revoked at the issuer."}""", answer.GetRawText());
        Assert.Contains(tokens.RefreshToken, Assert.Single(scene.Auth.Received.All).Text, StringComparison.Ordinal);

        await scene.StoreAsync(scene.Auth.SignIn());
        await scene.Files.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "refreshToken", null), Stop);
        (_, answer) = await server.SendAsync("DELETE", "/accounts/dev@example.com?revoke=true");
        Assert.Equal("Its sign-in could not be revoked at the issuer: the account has no refresh token", answer.GetProperty("note").GetString());
        Assert.True(scene.Files.Store.Read().All.IsEmpty);
    }

    [Fact]
    public async Task A_refused_refresh_tells_why()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        FakeTokens tokens = scene.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1));
        scene.Auth.RevokeRefreshToken(tokens.RefreshToken);
        await scene.StoreAsync(tokens);

        (HttpStatusCode status, JsonElement answer) = await server.SendAsync("POST", "/accounts/refresh");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(answer.GetProperty("success").GetBoolean());
        Assert.StartsWith("Token refresh failed: 401 - ", answer.GetProperty("message").GetString(), StringComparison.Ordinal);
        (_, JsonElement list) = await server.SendAsync("GET", "/accounts");
        Assert.Equal(("needs-sign-in", "refresh_token_invalidated"),
            (list.GetProperty("accounts")[0].GetProperty("state").GetString(), list.GetProperty("accounts")[0].GetProperty("stateDetail").GetString()));
    }

    [Fact]
    public async Task The_quota_is_fetched_once_in_five_minutes_and_on_request()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));

        (_, JsonElement fetched) = await server.SendAsync("GET", "/accounts/quota");
        (_, JsonElement cached) = await server.SendAsync("GET", $"/accounts/quota?email={account.Email}");
        (_, JsonElement again) = await server.SendAsync("GET", "/accounts/quota?refresh=true");
        scene.Time.Advance(TimeSpan.FromMinutes(5));
        (_, JsonElement later) = await server.SendAsync("GET", "/accounts/quota");

        Assert.Equal([false, true, false, false], new[] { fetched, cached, again, later }.Select(answer => answer.GetProperty("cached").GetBoolean()));
        JsonElement usage = fetched.GetProperty("quota").GetProperty("usage");
        Assert.Equal((12, 12, 88, 100), (usage.GetProperty("percentage").GetInt32(), usage.GetProperty("totalTokenUsage").GetInt32(), usage.GetProperty("remaining").GetInt32(), usage.GetProperty("limit").GetInt32()));
        Assert.Equal(("2026-11-22T23:26:40.000Z", 9000, 18000), (usage.GetProperty("resetAt").GetString(), usage.GetProperty("resetAfterSeconds").GetInt32(), usage.GetProperty("limitWindowSeconds").GetInt32()));
        Assert.Equal(("plus", false, true), (usage.GetProperty("planType").GetString(), usage.GetProperty("limitReached").GetBoolean(), usage.GetProperty("allowed").GetBoolean()));
        Assert.Equal(34, usage.GetProperty("raw").GetProperty("rate_limit").GetProperty("secondary_window").GetProperty("used_percent").GetInt32());
        Assert.Equal(account.AccountId, fetched.GetProperty("quota").GetProperty("account").GetProperty("default_account_id").GetString());
        Assert.Equal(3, scene.Backend.Received.All.Count(request => request.Path == "/backend-api/wham/usage"));
    }

    [Fact]
    public async Task A_failed_fetch_keeps_the_good_quota_and_says_so()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        await scene.SignInAsync(TimeSpan.FromDays(10));
        await server.SendAsync("GET", "/accounts/quota");
        scene.Backend.Usage = _ => Reply.Http("500-server-error");

        (HttpStatusCode status, JsonElement answer) = await server.SendAsync("GET", "/accounts/quota?refresh=true");
        (HttpStatusCode usageStatus, JsonElement usage) = await server.SendAsync("GET", "/accounts/usage");

        Assert.Equal((HttpStatusCode.OK, true), (status, answer.GetProperty("cached").GetBoolean()));
        Assert.Equal("Using cached data due to fetch error", answer.GetProperty("warning").GetString());
        Assert.Equal(12, answer.GetProperty("quota").GetProperty("usage").GetProperty("percentage").GetInt32());
        Assert.Equal(HttpStatusCode.InternalServerError, usageStatus);
        Assert.StartsWith("Failed to fetch usage: 500 - ", usage.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotNull(QuotaFormat.Read(scene.OnDisk.Quota, scene.Time.GetUtcNow().AddDays(-30)));
    }

    [Theory]
    [InlineData("""{"plan_type":"plus","plan_type":"free"}""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task An_answer_that_cannot_be_kept_is_a_failed_fetch(string answer)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        await scene.SignInAsync(TimeSpan.FromDays(10));
        scene.Backend.Usage = _ => Reply.Json(200, answer);

        (HttpStatusCode status, JsonElement told) = await server.SendAsync("GET", "/accounts/quota");

        Assert.Equal((HttpStatusCode.InternalServerError, "Failed to fetch usage: 200 - the answer is not JSON"), (status, told.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task The_deepest_answer_and_half_a_character_in_it_are_kept()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.SignInAsync(TimeSpan.FromDays(10));
        int depth = 31;
        scene.Backend.Usage = _ => Reply.Json(200, $$"""{"promo":"half \ud83d","deep":{{new string('[', depth)}}{{new string(']', depth)}}}""");

        Assert.Null((await scene.Usage.FetchAsync(scene.OnDisk, Stop)).Error);
        Assert.Null((await scene.Usage.FetchAsync(scene.OnDisk, Stop)).Error);

        depth = 32;
        Assert.Equal("Failed to fetch usage: 200 - the answer is not JSON", (await scene.Usage.FetchAsync(scene.OnDisk, Stop)).Error);
        Assert.Contains("half \uFFFD", scene.OnDisk.Quota, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fetch_renews_the_token_when_the_backend_does_not_accept_it()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));
        scene.Auth.InvalidateAccessToken(account.AccessToken!);

        (HttpStatusCode status, JsonElement answer) = await server.SendAsync("GET", "/accounts/usage");

        Assert.Equal((HttpStatusCode.OK, 12), (status, answer.GetProperty("usage").GetProperty("percentage").GetInt32()));
        Assert.Equal(1, scene.Auth.Refreshes);
    }

    [Fact]
    public async Task The_usage_endpoint_overrules_what_the_pool_believed()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));
        server.Pool.ReportExhausted(account.Key, null, scene.Time.GetUtcNow().AddDays(1));

        await server.SendAsync("GET", "/accounts/quota?refresh=true");
        Assert.True(server.Pool.Judge("gpt")[0].IsUsable);

        scene.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Backend.Usage = user => AccountAnswers.Usage(user, "wham-usage-200-limit-reached");
        await server.SendAsync("GET", "/accounts/quota?refresh=true");
        Assert.Equal((SkipReason.Exhausted, DateTimeOffset.FromUnixTimeSeconds(1795680000)), (server.Pool.Judge("gpt")[0].Skip, server.Pool.EarliestRelease("gpt")));
    }

    [Fact]
    public async Task A_workspace_kept_elsewhere_is_remembered_with_the_account()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.Backend.AccountsCheck = user => AccountAnswers.AccountsCheck(user, "https://eu.chatgpt.com", "us_cr");
        await scene.SignInAsync(TimeSpan.FromDays(10));

        UsageOutcome outcome = await scene.Usage.FetchAsync(scene.OnDisk, Stop);

        Assert.Null(outcome.Error);
        Assert.Equal(new WorkspaceRouting(new Uri("https://eu.chatgpt.com"), "us_cr"), Credential.Of(scene.OnDisk).Routing);
    }

    /// <summary>A note of it would lead past the address that the owner set in its place.</summary>
    [Fact]
    public async Task The_default_routing_needs_no_note()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.Backend.AccountsCheck = user => AccountAnswers.AccountsCheck(user, "https://chatgpt.com", "NO_CONSTRAINT");
        await scene.SignInAsync(TimeSpan.FromDays(10));

        await scene.Usage.FetchAsync(scene.OnDisk, Stop);

        Assert.NotNull(scene.OnDisk.Quota);
        Assert.Null(scene.OnDisk.Routing);
    }

    [Theory]
    [InlineData("http://chatgpt.com", "us")]
    [InlineData("https://user@chatgpt.com", "us")]
    [InlineData("https://chatgpt.com/evil", "us")]
    [InlineData("https://chatgpt.com", "mars")]
    public async Task A_routing_that_would_send_tokens_astray_is_not_taken(string origin, string routing)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.Backend.AccountsCheck = user => AccountAnswers.AccountsCheck(user, origin, routing);
        await scene.SignInAsync(TimeSpan.FromDays(10));

        await scene.Usage.FetchAsync(scene.OnDisk, Stop);

        Assert.Null(scene.OnDisk.Routing);
    }

    [Fact]
    public async Task Files_of_other_programs_are_previewed_and_imported()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);
        FakeTokens tokens = scene.Auth.SignIn();
        string auth = $"\"{JsonEncodedText.Encode($$"""{"type":"codex","access_token":"{{tokens.AccessToken}}","refresh_token":"{{tokens.RefreshToken}}","note":"work"}""")}\"";
        string files = $$"""[{"name":"a.json","text":{{auth}}},{"name":"b.json","base64":"ew=="}]""";

        (_, JsonElement preview) = await server.SendAsync("POST", "/accounts/import", $$"""{"dryRun":true,"files":{{files}}}""");
        Assert.Empty(scene.Files.Store.Read().All);
        Assert.Equal(["new", "refused"], preview.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("state").GetString()));
        Assert.Equal("it is not valid JSON", preview.GetProperty("entries")[1].GetProperty("reason").GetString());
        Assert.DoesNotContain(tokens.RefreshToken, preview.GetRawText(), StringComparison.Ordinal);

        string id = preview.GetProperty("entries")[0].GetProperty("id").GetString()!;
        (_, JsonElement done) = await server.SendAsync("POST", "/accounts/import", $$"""{"files":{{files}},"accounts":["{{id}}"]}""");
        Assert.Equal("Imported account: dev@example.com (plus); 1 entry refused", done.GetProperty("message").GetString());
        Assert.Equal(("work", tokens.RefreshToken), (scene.OnDisk.Label, scene.OnDisk.RefreshToken));
        Assert.NotNull(scene.OnDisk.Quota);
    }

    [Theory]
    [InlineData("""{"files":[{"name":"a"}]}""")]
    [InlineData("""{"files":[{"name":"a","text":"","base64":""}]}""")]
    [InlineData("""{"files":[null]}""")]
    [InlineData("""{"files":[{"name":"a","base64":"?"}]}""")]
    [InlineData("""{"files":7}""")]
    [InlineData("""{"dryRun":"yes"}""")]
    [InlineData("""{"files":[{"path":"/etc/passwd"}]}""")]
    public async Task An_import_that_is_not_understood_is_refused(string body)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await using Server server = await Server.StartAsync(scene);

        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync("POST", "/accounts/import", body)).Status);
    }

    /// <summary>The account routes on a real server.</summary>
    private sealed class Server(ProxyHost host, AccountPool pool) : IAsyncDisposable
    {
        private readonly HttpClient _client = new() { BaseAddress = host.Address };

        public AccountPool Pool => pool;

        public static async Task<Server> StartAsync(RefreshScene scene)
        {
            AccountPool pool = new(scene.Files.Store, scene.Time, scene.Files.Logs.CreateLogger<AccountPool>());
            ProxyHost host = await ProxyHost.StartAsync(new ProxyOptions { Port = 0, DataDirectory = scene.Files.Data.Root, LogLevel = LogLevel.None }, _ =>
            {
                Routes routes = new();
                AccountReport report = new(scene.Files.Store, pool, scene.Time);
                CodexImport import = new(scene.Files.Store, scene.Codex, scene.Time);
                new AccountEndpoints(scene.Files.Store, report, scene.Refresher, scene.Usage, import) { Logout = scene.Logout, Pool = pool }.MapTo(routes);
                new QuotaEndpoints(scene.Files.Store, pool, scene.Usage, scene.Time).MapTo(routes);
                return Task.FromResult(routes);
            });
            return new Server(host, pool);
        }

        public async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(string method, string path, string? body = null)
        {
            using HttpRequestMessage request = new(new HttpMethod(method), path);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await _client.SendAsync(request, Stop);
            Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Stop));
            return (response.StatusCode, document.RootElement.Clone());
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await host.DisposeAsync();
        }
    }
}
