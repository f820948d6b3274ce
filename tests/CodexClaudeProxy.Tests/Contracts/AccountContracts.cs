using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Accounts;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What the routes of accounts say, and what is kept in state.json, with accounts in every state.</summary>
public sealed class AccountContracts
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);

    [Fact]
    public async Task The_accounts_and_how_they_stand()
    {
        await using RunningProxy proxy = await StartAsync();

        Golden.Same("accounts.json", await proxy.GetTextAsync("/accounts"));
        Golden.Same("accounts-status.json", await proxy.GetTextAsync("/accounts/status"));
        Golden.Same("health.json", await proxy.GetTextAsync("/health"), (System.Text.Json.JsonEncodedText.Encode(proxy.DataDirectory).ToString(), "DATA"));
        Golden.Same("pool.json", await proxy.GetTextAsync("/api/pool"));
        Golden.Same("pool-of-model.json", await proxy.GetTextAsync("/api/pool?model=gpt-5.3-codex-spark"));
    }

    [Fact]
    public async Task The_program_itself()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 1, _time, configure: static options => options with { ApiKey = "secret" });
        Golden.Same("health-without-key.json", await proxy.GetTextAsync("/health"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("x-api-key", "secret");
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Golden.Same("root.json", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), (ProductVersion.Text, "VERSION"));
    }

    [Fact]
    public async Task Without_accounts()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 0, _time);

        Golden.Same("accounts-none.json", await proxy.GetTextAsync("/accounts"));
        Golden.Same("accounts-status-none.json", await proxy.GetTextAsync("/accounts/status"));
        Golden.Same("pool-none.json", await proxy.GetTextAsync("/api/pool?model=gpt-5.5"));
        Golden.Same("quota-all-none.json", await proxy.GetTextAsync("/accounts/quota/all"));
        Golden.Same("quota-no-account.json", await proxy.GetTextAsync("/accounts/quota"));
        Golden.Same("usage-unknown-account.json", await proxy.GetTextAsync("/accounts/usage?email=n%C3%B6%22@x.com"));
    }

    [Fact]
    public async Task What_the_accounts_have_used()
    {
        await using RunningProxy proxy = await StartAsync();

        Golden.Same("quota-all.json", await proxy.GetTextAsync("/accounts/quota/all"));
        Golden.Same("quota-cached.json", await proxy.GetTextAsync("/accounts/quota?history=true"));
        Golden.Same("quota-fetched.json", await proxy.GetTextAsync("/accounts/quota?email=user1@example.com"));
        Golden.Same("usage.json", await proxy.GetTextAsync("/accounts/usage?email=user1@example.com"));
        proxy.Backend.Usage = _ => Reply.Http("500-server-error");
        Golden.Same("quota-failed.json", await proxy.GetTextAsync("/accounts/quota?refresh=true"));
        Golden.Same("usage-failed.json", await proxy.GetTextAsync("/accounts/usage"));
        Golden.Same("quota-unknown.json", await proxy.GetTextAsync("/accounts/quota?email=bare@x.com"));
    }

    [Fact]
    public async Task The_models_of_an_account()
    {
        await using RunningProxy proxy = await StartAsync();
        Golden.Same("account-models-recorded.json", await proxy.GetTextAsync("/accounts/models?email=user1@example.com"));
        proxy.Backend.Models = _ => Reply.Json(200, """
            {"models":[
                {"slug":"a","display_name":"Ä \"<&>\" 😀","description":"d","default_reasoning_level":"low","supported_in_api":true,"visibility":"hide",
                 "supported_reasoning_levels":[ {"effort":"low","description":"ä <&>"}, "high", 7, null ]},
                {"slug":"b","display_name":7,"description":null,"default_reasoning_level":"","supported_in_api":"yes","visibility":[],"supported_reasoning_levels":"low"},
                {"slug":""}, {"slug":7}, {"display_name":"nameless"}, "c", null, [] ]}
            """);
        _time.Advance(TimeSpan.FromMinutes(5));
        Golden.Same("account-models.json", await proxy.GetTextAsync("/accounts/models?email=user1@example.com"));
        proxy.Backend.Models = _ => Reply.Json(200, """{"models":{}}""");
        _time.Advance(TimeSpan.FromMinutes(5));
        Golden.Same("account-models-none.json", await proxy.GetTextAsync("/accounts/models?email=user1@example.com"));
        proxy.Backend.Models = _ => Reply.Json(500, "{}");
        _time.Advance(TimeSpan.FromMinutes(5));
        Golden.Same("account-models-failed.json", await proxy.GetTextAsync("/accounts/models?email=user1@example.com"));
    }

    [Fact]
    public async Task What_is_done_to_accounts()
    {
        await using RunningProxy proxy = await StartAsync();

        Golden.Same("switch.json", await SendAsync(proxy, "POST", "/accounts/switch", """{"email":"third@x.com"}"""));
        Golden.Same("switch-note.json", await SendAsync(proxy, "POST", "/accounts/switch", """{"email":"user1@example.com"}"""));
        Golden.Same("switch-nobody.json", await SendAsync(proxy, "POST", "/accounts/switch", "{}"));
        Golden.Same("change.json", await SendAsync(proxy, "PATCH", "/accounts/dev@example.com", """{"label":"Ä \"<&>\" 😀","priority":null,"reserve":10,"enabled":true}"""));
        Golden.Same("refresh.json", await SendAsync(proxy, "POST", "/accounts/dev@example.com/refresh"));
        Golden.Same("refresh-all.json", await SendAsync(proxy, "POST", "/accounts/refresh/all"));
        Golden.Same("remove-note.json", await SendAsync(proxy, "DELETE", "/accounts/user1@example.com?revoke=true"));
        Golden.Same("remove-nobody.json", await SendAsync(proxy, "DELETE", "/accounts/%22%C3%A4%22"));
    }

    [Theory]
    [InlineData("label", """{"label":7}""")]
    [InlineData("label", """{"priority":1,"label":["x"]}""")]
    [InlineData("priority", """{"priority":"1"}""")]
    [InlineData("priority", """{"priority":1.5}""")]
    [InlineData("priority", """{"priority":1001}""")]
    [InlineData("priority", """{"priority":99999999999}""")]
    [InlineData("reserve", """{"reserve":-1}""")]
    [InlineData("reserve", """{"reserve":true}""")]
    [InlineData("enabled", """{"enabled":"yes"}""")]
    [InlineData("enabled", """{"enabled":1,"label":7}""")]
    [InlineData("unknown", """{"Label":"x"}""")]
    public async Task A_change_that_does_not_fit_is_named(string golden, string body)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 1, _time);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await proxy.Client.PatchAsync("/accounts/dev@example.com", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Golden.Same($"change-refused-{golden}.json", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            (refused.Headers.GetValues("request-id").Single(), "ID"));
    }

    [Fact]
    public async Task The_state_outlives_the_process()
    {
        await using RunningProxy proxy = await StartAsync();
        string file = Path.Combine(proxy.DataDirectory, "state.json");
        _time.Advance(TimeSpan.FromMinutes(2));
        proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(40, Now.AddHours(3)), new Quota(10, Now.AddDays(2))));
        using (HttpResponseMessage answer = await proxy.PostAsync(RunningProxy.Ask())) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await proxy.StopAsync();
        Golden.Same("state.json", (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
    }

    /// <summary>Members of another kind cost themselves and nothing else; comments and trailing commas are forgiven.</summary>
    [Fact]
    public async Task A_state_that_others_wrote_is_read_as_far_as_it_can_be()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, _time, configure: options =>
        {
            File.WriteAllText(Path.Combine(options.DataDirectory, "state.json"), """
                { // of an editor
                  "version": "new", "active": 7, "last": ["x"],
                  "clocks": [ 7, null, [], {"account": 7, "coolingUntil": "2026-11-25T13:00:00Z"}, {"account": "", "coolingUntil": "2026-11-25T13:00:00Z"},
                    {"account": "dev@example.com:00000000-1111-2222-3333-444444444444", "model": 7, "coolingUntil": "2026-11-25T13:00:00+01:00", "reason": {}, "since": 7, "fault": "yes"},
                    {"account": "dev@example.com:00000000-1111-2222-3333-444444444444", "model": 7, "coolingUntil": "2026-11-25T14:00:00+01:00", "reason": {}, "since": 7, "fault": "yes"},
                    {"account": "user1@example.com:00000000-1111-2222-3333-000000000001", "model": "m", "exhaustedUntil": "2026-11-26T00:00:00Z", "coolingUntil": "soon", "since": "2026-11-25T11:00:00.000Z", "unknown": {"deep": [1]}}, ],
                  "conversations": {"aa": "dev@example.com:00000000-1111-2222-3333-444444444444", "bb": 7, "cc": null, "dd": {"x": 1}},
                  "history": [ "x", {"account": "a", "windowSeconds": "18000", "samples": "1795600000:5"}, {"account": "a", "windowSeconds": 0, "samples": "1795600000:5"},
                    {"account": "a", "windowSeconds": 18000.5, "limit": 7, "samples": "1795600000:5 x 1795600060:6.25 :7 1795600120: 1795600180:1e999"},
                    {"account": "b", "windowSeconds": 18000, "samples": 7}, {"account": "c", "limit": "spark", "windowSeconds": 3600, "samples": "1795600000:5"} ],
                }
                """);
            return options;
        });
        Golden.Same("state-foreign-pool.json", await proxy.GetTextAsync("/api/pool?model=m"));
        proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(40, Now.AddHours(3)), new Quota(10, Now.AddDays(2))));
        using (HttpResponseMessage answer = await proxy.PostAsync(RunningProxy.Ask())) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await proxy.StopAsync();
        string state = await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "state.json"), TestContext.Current.CancellationToken);
        Golden.Same("state-foreign.json", state.ReplaceLineEndings("\n"));
    }

    /// <summary>The usage endpoint's members of another kind are as good as absent; all it told is kept.</summary>
    [Theory]
    [InlineData("odd", """
        {"plan_type":7,"rate_limit":{"allowed":"yes","limit_reached":null,"primary_window":"x","secondary_window":{"used_percent":12.5,"limit_window_seconds":604800,"reset_after_seconds":null,"reset_at":1795680000}},
         "credits":{"has_credits":"no"},"additional_rate_limits":[7,null,{"limit_name":7},{"limit_name":"Spark ä","metered_feature":null,"rate_limit":{"primary_window":{"used_percent":100,"limit_window_seconds":18000,"reset_at":"soon"},"limit_reached":true}},
         {"metered_feature":"codex-bengalfox","rate_limit":[]}],"promo":"ä <&> \ud83d"}
        """)]
    [InlineData("full", """
        {"plan_type":"pro","rate_limit":{"allowed":false,"limit_reached":true,"primary_window":{"used_percent":100,"limit_window_seconds":18000,"reset_after_seconds":60,"reset_at":1795680000},"secondary_window":null},
         "credits":{"has_credits":true,"unlimited":false,"balance":"12.5"},"additional_rate_limits":null}
        """)]
    [InlineData("empty", "{}")]
    [InlineData("lists", """{"rate_limit":[],"credits":[],"additional_rate_limits":{},"plan_type":null}""")]
    public async Task A_usage_answer_is_read_as_far_as_it_can_be(string name, string answer)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 1, _time);
        proxy.Backend.Usage = _ => Reply.Json(200, answer);
        proxy.Backend.AccountsCheck = user => AccountAnswers.AccountsCheck(user, "https://eu.chatgpt.com", "us");
        Golden.Same($"quota-{name}.json", await proxy.GetTextAsync("/accounts/quota?refresh=true"));
        string accounts = await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "accounts.json"), TestContext.Current.CancellationToken);
        JsonNode account = JsonNode.Parse(accounts)!["accounts"]![0]!;
        Golden.Same($"quota-{name}-kept.json", new JsonObject { ["quota"] = account["quota"]?.DeepClone(), ["routing"] = account["routing"]?.DeepClone() }.ToString());
    }

    private Task<RunningProxy> StartAsync() => RunningProxy.StartAsync(accounts: 3, _time, """{"accountStrategy":"most-remaining"}""", configure: options =>
    {
        string file = Path.Combine(options.DataDirectory, "accounts.json");
        JsonObject root = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        JsonArray accounts = root["accounts"]!.AsArray();
        Add(accounts[0]!, """
            {"label":"Büro \"<&>\" 😀 'x'","addedAt":"2026-01-02T03:04:05.678Z","lastUsed":"2026-11-25T11:59:00.000Z","priority":-1,
             "quota":{"usage":{"totalTokenUsage":61.5,"limit":100,"remaining":38.5,"percentage":61.5,"resetAt":"2026-11-25T15:00:00.000Z","resetAfterSeconds":10800,"limitWindowSeconds":18000,
               "planType":"plus","limitReached":false,"allowed":true,"raw":{"plan_type":"plus","user":"ä/\"<&>\" 😀","rate_limit":{"allowed":true,"limit_reached":false,
                 "primary_window":{"used_percent":61.5,"limit_window_seconds":18000,"reset_after_seconds":10800,"reset_at":1795618800},
                 "secondary_window":{"used_percent":12,"limit_window_seconds":604800,"reset_after_seconds":172800,"reset_at":1795780800}},
               "credits":{"has_credits":true,"unlimited":false,"balance":"12.50"},
               "additional_rate_limits":[{"limit_name":"GPT-5.3-Codex-Spark","metered_feature":"codex_bengalfox","rate_limit":{"allowed":true,"limit_reached":false,
                 "primary_window":{"used_percent":0,"limit_window_seconds":5400,"reset_after_seconds":null,"reset_at":null}}}]}},
               "account":{"default_account_id":"x"},"fetchedAt":"2026-11-25T11:58:00.000Z","accountError":"ä","lastChecked":"2026-11-25T11:58:00.000Z"},
             "quotaAskedAt":"2026-11-25T11:58:00.000Z"}
            """);
        accounts[1]!.AsObject().Remove("refreshToken");
        Add(accounts[1]!, """{"enabled":false,"priority":3,"reserve":25,"source":"imported","label":"","lastUsed":null,"quota":7}""");
        Add(accounts[2]!, """{"needsSignIn":{"at":"2026-11-24T00:00:00.000Z","reason":"refresh_token_reused","tokenRefused":true}}""");
        accounts.Add(JsonNode.Parse("""{"email":"bare@x.com"}"""));
        accounts.Add(JsonNode.Parse($$$"""
            {"email":"third@x.com","accountId":"acc-3","planType":"pro","accessToken":"{{{AccountFixture.Jwt("third@x.com", "acc-3", "pro", Now.AddDays(-10), Now.AddDays(1))}}}","reserve":50,
             "quota":{"usage":null,"account":null,"fetchedAt":"2026-11-25T11:00:00.000Z","usageError":"Failed to fetch usage: 500 - ä","lastChecked":"2026-11-25T11:00:00.000Z"}}
            """));
        accounts.Add(JsonNode.Parse($$"""
            {"email":"fourth@x.com","accountId":"acc-4","accessToken":"{{AccountFixture.Jwt("fourth@x.com", "acc-4", "team", Now.AddDays(-10), Now.AddDays(-1))}}","expiresAt":1795600000000}
            """));
        File.WriteAllText(file, root.ToJsonString());

        string dev = $"{FakeAuth.DefaultUser.Email}:{FakeAuth.DefaultUser.AccountId}";
        File.WriteAllText(Path.Combine(options.DataDirectory, "state.json"), $$"""
            {"version":1,"active":"{{dev}}","last":"third@x.com:acc-3",
             "clocks":[
               {"account":"third@x.com:acc-3","exhaustedUntil":"2026-11-26T00:00:00.000Z","reason":"usage limit","since":"2026-11-25T11:00:00.000Z"},
               {"account":"{{dev}}","model":"gpt-5.4","coolingUntil":"2026-11-25T12:05:00.000Z","reason":"HTTP 500 \"ä\"","since":"2026-11-25T11:59:59.000Z","fault":true},
               {"account":"{{dev}}","model":"gpt-5.5","coolingUntil":"2026-11-25T12:01:00.000Z","reason":"rate limit","since":"2026-11-25T11:59:59.000Z"},
               {"account":"{{dev}}","coolingUntil":"2026-11-25T11:00:00.000Z","reason":"over","since":"2026-11-25T10:59:59.000Z"}],
             "conversations":{"0123456789abcdef0123456789abcdef":"{{dev}}","fedcba9876543210fedcba9876543210":"third@x.com:acc-3"},
             "history":[
               {"account":"{{dev}}","windowSeconds":18000,"samples":"1795600800:5 1795604400:30.25 1795608000:61.5"},
               {"account":"{{dev}}","limit":"codex_bengalfox","windowSeconds":5400,"samples":"1795600800:0"},
               {"account":"gone@x.com:1","windowSeconds":18000,"samples":"1700000000:5"}]}
            """);
        return options;
    });

    private static void Add(JsonNode account, string members)
    {
        foreach ((string name, JsonNode? value) in JsonNode.Parse(members)!.AsObject()) account[name] = value?.DeepClone();
    }

    private static async Task<string> SendAsync(RunningProxy proxy, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
