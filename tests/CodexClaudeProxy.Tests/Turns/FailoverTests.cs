using System.Net;
using System.Text.Json.Nodes;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>When a turn leaves its account, when it stays, and what the account gets for it.</summary>
public sealed class FailoverTests
{
    private const string Limited = """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":60}}""";

    [Theory]
    [InlineData("403-unsupported-country", "forbidden", 2)]
    [InlineData("401-token-invalidated", "unauthorized", 3)]
    public async Task An_account_that_refuses_us_rests_and_another_serves(string fixture, string reason, int requests)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[0] ? Reply.Http(fixture) : Reply.Text("second"));

        Assert.Contains("second", await TextOf(await proxy.PostAsync(RunningProxy.Ask())), StringComparison.Ordinal);
        Assert.Equal(requests, proxy.Backend.Requests.Count);
        JsonNode account = (await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!;
        Assert.Equal(("cooling-down", reason), (account["state"]!.GetValue<string>(), account["stateDetail"]!.GetValue<string>()));

        // The conversation is with the other account now.
        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        Assert.Equal(requests + 1, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task The_only_account_is_tried_although_it_rests()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Json(403, """{"detail":"Not for you"}"""), Reply.Text("forgiven"));

        Assert.Equal(HttpStatusCode.Forbidden, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Contains("forgiven", await TextOf(await proxy.PostAsync(RunningProxy.Ask())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_retries_in_place_a_passing_failure_moves_the_turn_but_not_the_conversation()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 3);
        proxy.Backend.Answer(Reply.Http("500-server-error"), Reply.Abort(), Reply.Http("502-bad-gateway-html"), Reply.Text("second"));

        Assert.Contains("second", await TextOf(await proxy.PostAsync(RunningProxy.Ask(stream: true))), StringComparison.Ordinal);
        Assert.Equal([0, 0, 0, 1], UsersOf(proxy));

        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        Assert.Equal(0, UsersOf(proxy)[^1]);
    }

    [Fact]
    public async Task A_backend_that_fails_for_all_is_asked_by_two_accounts_at_most_and_its_failure_is_told()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 3);
        proxy.Backend.AnswerAll(_ => Reply.Http("500-server-error"));

        Assert.Equal(HttpStatusCode.InternalServerError, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Equal([0, 0, 0, 1], UsersOf(proxy));
        Assert.All((await proxy.GetJsonAsync("/accounts"))["accounts"]!.AsArray(), account => Assert.Equal("ready", account!["state"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_failure_is_told_as_it_is_when_the_others_are_used_up()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.Answer(Reply.Json(429, Limited), Reply.Text("second"));
        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        proxy.Backend.AnswerAll(_ => Reply.Http("500-server-error"));

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("true", response.Headers.GetValues("x-should-retry").Single());
    }

    [Theory]
    [InlineData("403-cloudflare-challenge", 503)]
    [InlineData("400-invalid-image", 400)]
    public async Task Neither_the_network_nor_a_faulty_request_moves_or_punishes_an_account(string fixture, int status)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.Answer(Reply.Http(fixture));

        Assert.Equal(status, (int)(await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Equal([0], UsersOf(proxy));
        Assert.Equal("ready", (await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_limit_by_the_minute_costs_a_short_wait_or_one_hop()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 3);
        proxy.Backend.Answer(Reply.Json(429, """{"error":{"code":"rate_limit_exceeded","message":"Please try again in 20ms."}}"""), Reply.Text("first"));
        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        Assert.Equal([0, 0], UsersOf(proxy));
        Assert.DoesNotContain("is in cooldown until", proxy.Logs.Text, StringComparison.Ordinal);

        proxy.Backend.AnswerAll(_ => Reply.Json(429, """{"error":{"code":"rate_limit_exceeded","message":"Please try again in 30s."}}"""));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal([0, 0, 0, 1], UsersOf(proxy));
    }

    [Fact]
    public async Task A_model_with_a_limit_to_itself_leaves_the_account_to_the_others()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.Answer(
            Reply.Json(429, Limited).With("x-codex-active-limit", "codex_bengalfox").With("x-codex-bengalfox-primary-used-percent", "100").With("x-codex-bengalfox-primary-window-minutes", "300"),
            Reply.Text("second"));
        const string Spark = """{"model":"gpt-5.3-codex-spark","max_tokens":1000,"messages":[{"role":"user","content":"A"}]}""";

        await TextOf(await proxy.PostAsync(Spark));
        await TextOf(await proxy.PostAsync(RunningProxy.Ask("Another")));
        await TextOf(await proxy.PostAsync(Spark.Replace("\"A\"", "\"B\"", StringComparison.Ordinal)));

        Assert.Equal([0, 1, 0, 1], UsersOf(proxy));
    }

    [Fact]
    public async Task Below_its_reserve_the_only_account_ends_what_has_begun_and_begins_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using (HttpResponseMessage set = await proxy.Client.PatchAsync("/accounts/dev@example.com", new StringContent("""{"reserve":20}""", System.Text.Encoding.UTF8, "application/json")))
            Assert.True(set.IsSuccessStatusCode);
        DateTimeOffset reset = TimeProvider.System.GetUtcNow().AddDays(1);
        proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(10, reset), new Quota(85, reset)));
        await TextOf(await proxy.PostAsync(RunningProxy.Ask("One")));

        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask("Two"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("dev@example.com has less than its reserve of 20 % of the weekly quota window remaining", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask("One"))).StatusCode);
    }

    [Fact]
    public async Task A_reached_limit_in_the_stream_without_a_full_window_changes_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        JsonObject told = JsonNode.Parse("""{"rate_limits":{"allowed":false,"limit_reached":true,"primary":{"used_percent":97,"window_minutes":300,"reset_after_seconds":700}}}""")!.AsObject();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Event("codex.rate_limits", told).Text("one").Completed()));

        for (int i = 0; i < 2; i++) await TextOf(await proxy.PostAsync(RunningProxy.Ask($"Conversation {i}")));

        Assert.Equal([0, 0], UsersOf(proxy));
    }

    [Fact]
    public async Task Each_choice_is_explained_in_the_debug_log()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.Answer(Reply.Json(429, Limited), Reply.Text("second"));

        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));

        string first = $"{proxy.Users[0].Email}:{proxy.Users[0].AccountId}", second = $"{proxy.Users[1].Email}:{proxy.Users[1].AccountId}";
        Assert.Contains($"goes to {first}: the active account; {first} ready, {second} ready", proxy.Logs.Text, StringComparison.Ordinal);
        Assert.Contains($"goes to {second}: the next usable account; {first} already-tried, {second} ready", proxy.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_waits_for_the_reset_when_the_owner_wants_it()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, time, """{"holdUntilReset":120}""");
        proxy.Backend.Answer(Reply.Json(429, Limited), Reply.Json(429, Limited.Replace("60", "90", StringComparison.Ordinal)), Reply.Text("after the reset"));

        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask());
        await LoggedAsync(proxy, "waiting for the reset at 2026-11-25T00:01:00");
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Contains("after the reset", await TextOf(await asking.WaitAsync(TimeSpan.FromSeconds(10))), StringComparison.Ordinal);
        Assert.Equal([0, 1, 0], UsersOf(proxy));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"holdUntilReset":59}""")]
    public async Task Without_the_option_or_beyond_it_nobody_waits(string settings)
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time, settings: settings);
        proxy.Backend.Answer(Reply.Json(429, Limited));

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_waiting()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time, settings: """{"holdUntilReset":120}""");
        proxy.Backend.Answer(Reply.Json(429, Limited));
        using CancellationTokenSource leaving = new();

        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask(), cancellation: leaving.Token);
        await LoggedAsync(proxy, "waiting for the reset");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        await LoggedAsync(proxy, "client disconnected");
        Assert.Single(proxy.Backend.Requests);
    }

    [Theory]
    [InlineData("/v1/messages", "event: message_start", "event: ping", "message_stop")]
    [InlineData("/v1/chat/completions", "chat.completion.chunk", ": keep-alive", "[DONE]")]
    [InlineData("/v1/responses", ": keep-alive", ": keep-alive", "response.completed")]
    public async Task A_waiting_client_sees_its_stream_begin_and_signs_of_life(string path, string begin, string sign, string end)
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time, settings: """{"holdUntilReset":290}""");
        proxy.Backend.Answer(Reply.Json(429, Limited.Replace("60", "280", StringComparison.Ordinal)), Reply.Text("afterwards"));
        string request = path == "/v1/responses" ? """{"model":"gpt-5.5","stream":true,"input":"Hi"}""" : RunningProxy.Ask(stream: true);

        Task<HttpResponseMessage> asking = proxy.PostAsync(request, path);
        await LoggedAsync(proxy, "waiting for the reset at 2026-11-25T00:04:40");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage response = await asking.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        Assert.Contains(begin, await ReadAsync(body), StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            Task<string> alive = ReadAsync(body);
            await AdvanceUntilAsync(time, alive, TimeSpan.FromSeconds(1));
            Assert.Contains(sign, await alive, StringComparison.Ordinal);
        }

        Task<string> rest = new StreamReader(body).ReadToEndAsync();
        await AdvanceUntilAsync(time, rest, TimeSpan.FromSeconds(5));
        Assert.Contains(end, await rest, StringComparison.Ordinal);
        Assert.DoesNotContain("message_start", await rest, StringComparison.Ordinal);
        Assert.DoesNotContain("event: error", await rest, StringComparison.Ordinal);
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_failure_after_the_waiting_ends_the_stream_with_an_error()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time, settings: """{"holdUntilReset":70}""");
        proxy.Backend.AnswerAll(_ => Reply.Json(429, Limited));

        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask(stream: true));
        await LoggedAsync(proxy, "waiting for the reset");
        Task<string> all = Task.Run(async () => await TextOf(await asking));
        await AdvanceUntilAsync(time, all, TimeSpan.FromSeconds(1));

        Assert.Contains("event: ping", await all, StringComparison.Ordinal);
        Assert.Contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\"", await all, StringComparison.Ordinal);
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_client_of_a_whole_answer_waits_without_a_sign_and_gets_its_status()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time, settings: """{"holdUntilReset":70}""");
        proxy.Backend.AnswerAll(_ => Reply.Json(429, Limited));

        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask());
        await LoggedAsync(proxy, "waiting for the reset");
        time.Advance(TimeSpan.FromSeconds(40));
        Assert.False(asking.IsCompleted);
        await AdvanceUntilAsync(time, asking, TimeSpan.FromSeconds(1));

        using HttpResponseMessage response = await asking;
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("60", response.Headers.GetValues("retry-after").Single());
    }

    private static async Task<string> ReadAsync(Stream body)
    {
        byte[] buffer = new byte[64 * 1024];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, await body.ReadAsync(buffer));
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Task task, TimeSpan step)
    {
        for (int i = 0; i < 500 && !task.IsCompleted; i++)
        {
            time.Advance(step);
            await Task.WhenAny(task, Task.Delay(10));
        }

        Assert.True(task.IsCompleted);
    }

    private static int[] UsersOf(RunningProxy proxy) => [.. proxy.Backend.Requests.Select(request => proxy.Users.ToList().IndexOf(request.User!))];

    private static async Task<string> TextOf(HttpResponseMessage response)
    {
        using (response) return await response.Content.ReadAsStringAsync();
    }

    private static async Task LoggedAsync(RunningProxy proxy, string text)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        while (!proxy.Logs.Text.Contains(text, StringComparison.Ordinal)) await Task.Delay(5, limit.Token);
    }
}
