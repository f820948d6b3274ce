using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>The routes over the running program: what they answer, and that nothing that was said is kept.</summary>
public sealed class StatisticsRoutesTests
{
    private const string Canary = "canary-7f3a9-prompt";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_still_to_come_has_no_points()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (await proxy.PostAsync(RunningProxy.Ask("hello"), cancellation: Now)).Dispose();
        await proxy.ListedAsync(1);

        JsonObject stats = await proxy.GetJsonAsync("/api/stats?from=1000-01-01T00:00:00Z&to=9999-12-31T00:00:00Z");

        Assert.Equal(1, (long)stats["totals"]!["requests"]!);
        Assert.InRange(stats["series"]!.AsArray().Count, 1, 2);
        Assert.True(DateTimeOffset.Parse((string)stats["to"]!, CultureInfo.InvariantCulture) <= TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Statistics_outlive_the_program_and_hold_nothing_that_was_said()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Text("canary-7f3a9-answer").Completed()));
        for (int i = 0; i < 3; i++) (await proxy.PostAsync(RunningProxy.Ask(Canary), cancellation: Now)).Dispose();
        proxy.Backend.AnswerAll(_ => Reply.Json(400, """{"error":{"message":"no","type":"invalid_request_error"}}"""));
        (await proxy.PostAsync(RunningProxy.Ask(Canary), cancellation: Now)).Dispose();
        JsonArray before = await proxy.ListedAsync(4);

        await proxy.RestartAsync();

        Assert.Equal(before.ToJsonString(), (await proxy.ListedAsync(4)).ToJsonString());
        JsonObject detail = await proxy.GetJsonAsync($"/api/requests/{before[1]!["id"]}");
        Assert.Equal("received", (string?)detail["timeline"]![0]!["name"]);
        JsonObject stats = await proxy.GetJsonAsync("/api/stats?range=1h&by=account");
        Assert.Equal("4 1 0", $"{stats["totals"]!["requests"]} {stats["totals"]!["failed"]} {stats["totals"]!["left"]}");
        Assert.Equal(3 * (long)before[1]!["tokens"]!["output"]!, (long)stats["totals"]!["output"]!);
        Assert.Equal(FakeAuth.DefaultUser.Email, (string?)stats["groups"]![0]!["label"]);
        Assert.Null(stats["previous"]);
        Assert.Equal(4, (long)(await proxy.GetJsonAsync("/api/stats/storage"))["rows"]!);

        await proxy.StopAsync();
        Assert.NotEqual(-1, (await File.ReadAllBytesAsync(Path.Combine(proxy.DataDirectory, "activity.db"), Now)).AsSpan().IndexOf("gpt-5.5"u8));
        foreach (string file in Directory.EnumerateFiles(proxy.DataDirectory, "*", SearchOption.AllDirectories))
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, Now)).AsSpan().IndexOf("canary-7f3a9"u8));
        Assert.DoesNotContain("canary-7f3a9", proxy.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switched_off_nothing_is_written_and_the_newest_are_listed_from_memory()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"statistics":false}""");
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));
        (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Dispose();
        Assert.Single(await proxy.ListedAsync(1));
        JsonObject stats = await proxy.GetJsonAsync("/api/stats");
        Assert.Equal(0, (long)stats["totals"]!["requests"]!);
        await proxy.StopAsync();

        Assert.False(File.Exists(Path.Combine(proxy.DataDirectory, "activity.db")));
    }

    [Fact]
    public async Task The_export_is_complete_and_no_formula()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));
        string evil = RunningProxy.Ask().Replace("gpt-5.5", """=HYPERLINK(\"http://x\";1)""", StringComparison.Ordinal);
        (await proxy.PostAsync(evil, cancellation: Now)).Dispose();
        (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Dispose();
        await proxy.ListedAsync(2);

        using HttpResponseMessage csv = await proxy.Client.GetAsync("/api/stats/export?range=1h", Now);
        string[] lines = (await csv.Content.ReadAsStringAsync(Now)).TrimEnd().Split("\r\n");
        JsonArray json = JsonNode.Parse(await proxy.Client.GetStringAsync("/api/stats/export?range=1h&format=json", Now))!.AsArray();

        Assert.Equal(("text/csv", "attachment; filename=\"codex-claude-proxy-requests.csv\""), (csv.Content.Headers.ContentType!.MediaType, csv.Content.Headers.ContentDisposition!.ToString()));
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("id,received,path,client,requestedModel,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://x\"\";1)\",", lines[1], StringComparison.Ordinal);
        Assert.Equal((await proxy.ListedAsync(2)).Reverse().Select(row => row!.ToJsonString()), json.Select(row => row!.ToJsonString()));
        Assert.Empty(JsonNode.Parse(await proxy.Client.GetStringAsync("/api/stats/export?format=json&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z", Now))!.AsArray());
    }

    [Theory]
    [InlineData("outcome=failed")]
    [InlineData("outcome=ok&model=gpt-5.5")]
    [InlineData("q=gpt-6")]
    [InlineData("side=any")]
    [InlineData("account=nobody")]
    public async Task The_export_holds_what_the_list_shows(string filter)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await FailAndSucceedAsync(proxy);

        JsonArray shown = (await proxy.GetJsonAsync($"/api/requests?{filter}"))["requests"]!.AsArray();
        JsonArray exported = JsonNode.Parse(await proxy.Client.GetStringAsync($"/api/stats/export?range=all&format=json&{filter}", Now))!.AsArray();
        string csv = await proxy.Client.GetStringAsync($"/api/stats/export?range=all&{filter}", Now);

        Assert.InRange(shown.Count, 0, 3);
        Assert.Equal(shown.Reverse().Select(row => row!.ToJsonString()), exported.Select(row => row!.ToJsonString()));
        Assert.Equal(shown.Count + 1, csv.TrimEnd().Split("\r\n").Length);
    }

    [Fact]
    public async Task Without_a_file_the_export_holds_what_is_in_memory()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"statistics":false}""");
        await FailAndSucceedAsync(proxy);

        JsonArray exported = JsonNode.Parse(await proxy.Client.GetStringAsync("/api/stats/export?format=json&outcome=failed", Now))!.AsArray();

        Assert.Equal("failed", (string?)Assert.Single(exported)!["outcome"]);
    }

    /// <summary>Two that succeed, one that fails.</summary>
    private static async Task FailAndSucceedAsync(RunningProxy proxy)
    {
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));
        for (int i = 0; i < 2; i++) (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Dispose();
        proxy.Backend.AnswerAll(_ => Reply.Json(400, """{"error":{"message":"no","type":"invalid_request_error"}}"""));
        (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Dispose();
        await proxy.ListedAsync(3);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void A_cell_stays_a_cell(string value, string cell) => Assert.Equal(cell, StatisticsExport.Cell(value));

    [Fact]
    public void Numbers_and_nothing_are_cells_too() => Assert.Equal(("-5", ""), (StatisticsExport.Cell(-5), StatisticsExport.Cell(null)));

    [Fact]
    public async Task Forgetting_needs_a_word_and_forgets_all()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));
        (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Dispose();
        await proxy.ListedAsync(1);

        Assert.Equal(HttpStatusCode.BadRequest, await ForgetAsync("{}"));
        Assert.Single(await proxy.ListedAsync(1));
        Assert.Equal(HttpStatusCode.OK, await ForgetAsync("""{"confirm":true}"""));

        Assert.Empty(await proxy.ListedAsync(0));
        JsonObject stats = await proxy.GetJsonAsync("/api/stats?range=all");
        Assert.Equal(0, (long)stats["totals"]!["requests"]!);
        Assert.Null(stats["since"]);

        async Task<HttpStatusCode> ForgetAsync(string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/stats") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using HttpResponseMessage response = await proxy.Client.SendAsync(request, Now);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("/api/stats?range=2h", "range must be one of: 1h, 6h, 24h, 7d, 30d, 90d, all")]
    [InlineData("/api/stats?by=colour", "by must be one of: none, account, model, requestedModel, client, project, session, errorType, sideCall, key")]
    [InlineData("/api/stats?order=name", "order must be one of: requests, tokens, cost, failed")]
    [InlineData("/api/stats?from=yesterday", "from must be a time such as 2026-11-25T08:00:00Z")]
    [InlineData("/api/stats/export?format=xml", "format must be one of: csv, json")]
    [InlineData("/api/stats/export?outcome=odd", "outcome must be one of: ok, failed, left")]
    [InlineData("/api/requests?outcome=odd", "outcome must be one of: ok, failed, left")]
    public async Task What_makes_no_sense_is_said_so(string path, string error)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.Client.GetAsync(path, Now);

        Assert.Equal((HttpStatusCode.BadRequest, error), (response.StatusCode, (string?)(await RunningProxy.JsonOf(response))["error"]));
    }

    [Fact]
    public async Task Bodies_are_caught_only_while_that_is_wanted()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("the answer"));
        (await proxy.PostAsync(RunningProxy.Ask("unseen"), cancellation: Now)).Dispose();
        using (HttpResponseMessage on = await proxy.PostAsync("""{"minutes":5}""", "/api/capture", Now)) Assert.NotNull((await RunningProxy.JsonOf(on))["until"]);
        await (await proxy.PostAsync(RunningProxy.Ask("seen", stream: true), cancellation: Now)).Content.ReadAsStringAsync(Now);
        JsonArray rows = await proxy.ListedAsync(2);

        JsonObject bodies = await proxy.GetJsonAsync($"/api/requests/{rows[0]!["id"]}/bodies");
        Assert.Contains("\"seen\"", (string?)bodies["request"], StringComparison.Ordinal);
        Assert.Contains("\"prompt_cache_key\"", (string?)bodies["upstream"], StringComparison.Ordinal);
        Assert.Contains("event: message_stop", (string?)bodies["answer"], StringComparison.Ordinal);
        Assert.False((bool)bodies["truncated"]!);
        Assert.True((bool)(await proxy.GetJsonAsync($"/api/requests/{rows[0]!["id"]}"))["capture"]!);
        using (HttpResponseMessage none = await proxy.Client.GetAsync($"/api/requests/{rows[1]!["id"]}/bodies", Now)) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        using (HttpResponseMessage off = await proxy.PostAsync("""{"minutes":0}""", "/api/capture", Now)) Assert.Equal("""{"until":null,"kept":0,"bytes":0}""", await off.Content.ReadAsStringAsync(Now));
        using HttpResponseMessage gone = await proxy.Client.GetAsync($"/api/requests/{rows[0]!["id"]}/bodies", Now);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using HttpResponseMessage wrong = await proxy.PostAsync("""{"minutes":61}""", "/api/capture", Now);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public void What_is_caught_has_an_end_and_does_not_last()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var captures = new Captures(time);
        Assert.Null(captures.Begin("before"));
        captures.Set(TimeSpan.FromMinutes(1));
        for (int i = 0; i < 50; i++)
        {
            Capture capture = captures.Begin($"{i}")!;
            capture.NoteRequest(new byte[2 * Capture.LongestBody]);
            captures.Keep(capture);
        }

        Assert.Equal(32, captures.Size.Entries);
        Assert.Equal(Captures.LimitBytes, captures.Size.Bytes);
        Assert.True(captures.Find("49")!.Truncated);
        Assert.Null(captures.Find("17"));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(captures.Begin("after"));
        Assert.NotNull(captures.Find("49"));
        time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(0, captures.Size.Bytes);
    }

    [Fact]
    public async Task Metrics_count_and_escape_and_name_accounts_only_if_wanted()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok").WithQuota(new Quota(25, TimeProvider.System.GetUtcNow().AddHours(1)), new Quota(50, TimeProvider.System.GetUtcNow().AddDays(2))));
        string odd = RunningProxy.Ask().Replace("gpt-5.5", """odd\"model\\n""", StringComparison.Ordinal);
        (await proxy.PostAsync(odd, cancellation: Now)).Dispose();
        await (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Content.ReadAsStringAsync(Now);
        await proxy.ListedAsync(2);

        using HttpResponseMessage response = await proxy.Client.GetAsync("/metrics", Now);
        string text = await response.Content.ReadAsStringAsync(Now);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string email = FakeAuth.DefaultUser.Email;
        Assert.Contains($"\ncodex_claude_proxy_requests_total{{outcome=\"ok\",model=\"gpt-5.5\",account=\"{email}\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("""model="odd\"model\\n",""", text, StringComparison.Ordinal);
        Assert.Contains("\ncodex_claude_proxy_request_seconds_bucket{le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncodex_claude_proxy_request_seconds_count 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"\ncodex_claude_proxy_account_window_used_percent{{account=\"{email}\",window=\"5h\"}} 25\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncodex_claude_proxy_requests_in_flight 0\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)+\\})? -?[0-9.E+-]+)$", line));
        string[] names = [.. text.Split('\n').Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal))];
        Assert.Equal(names.Distinct(), names);

        using HttpResponseMessage changed = await proxy.Client.PatchAsync("/api/settings", new StringContent("""{"metricsAccounts":false}""", Encoding.UTF8, "application/json"), Now);
        string without = await proxy.Client.GetStringAsync("/metrics", Now);
        Assert.DoesNotContain(email, without, StringComparison.Ordinal);
        Assert.Contains("\ncodex_claude_proxy_requests_total{outcome=\"ok\",model=\"gpt-5.5\"} 1\n", without, StringComparison.Ordinal);
    }
}
