using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>The search that Claude Code makes in a request of its own, by both ways.</summary>
public sealed class WebSearchTests
{
    private const string SideCall = """
        {"model":"gpt-5.5","max_tokens":32000,"stream":true,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":8,"blocked_domains":["bad.example"]}],
         "tool_choice":{"type":"auto"},"messages":[{"role":"user","content":[{"type":"text","text":"Perform a web search for the query: codex cli"}]}]}
        """;

    [Fact]
    public async Task A_search_needs_no_model()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Searches.Enqueue(Reply.Json(200, """
            {"output":"Two pages.","results":[{"url":"https://a.example/x","title":"A"},{"url":"https://a.example/x","title":"A again"},{"url":"https://www.bad.example/y","title":"B"},{"url":"https://c.example/z"}]}
            """));
        using HttpResponseMessage response = await proxy.PostAsync(SideCall);
        var events = await RunningProxy.EventsOf(response);

        JsonElement[] blocks = [.. events.Where(static e => e.Name == "content_block_start").Select(static e => e.Data.GetProperty("content_block"))];
        Assert.Equal(["server_tool_use", "web_search_tool_result", "text"], blocks.Select(static b => b.GetProperty("type").GetString()));
        Assert.Equal(
            [("https://a.example/x", "A"), ("https://c.example/z", "c.example")],
            blocks[1].GetProperty("content").EnumerateArray().Select(static h => (h.GetProperty("url").GetString(), h.GetProperty("title").GetString())));
        Assert.Contains(events, static e => e.Data.GetRawText().Contains("\"partial_json\":\"{\\\"query\\\":\\\"codex cli\\\"}\"", StringComparison.Ordinal));
        JsonElement end = events.Single(static e => e.Name == "message_delta").Data;
        Assert.Equal("end_turn", end.GetProperty("delta").GetProperty("stop_reason").GetString());
        Assert.Equal(1, end.GetProperty("usage").GetProperty("server_tool_use").GetProperty("web_search_requests").GetInt32());
        Assert.Empty(proxy.Backend.Requests);
    }

    [Fact]
    public async Task A_search_tells_of_the_quota_too()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        DateTimeOffset reset = TimeProvider.System.GetUtcNow().AddHours(2);
        proxy.Backend.Searches.Enqueue(Reply.Json(200, """{"output":"One page.","results":[{"url":"https://a.example/x","title":"A"}]}""").WithQuota(new Quota(41, reset), new Quota(17, reset)));

        using HttpResponseMessage response = await proxy.PostAsync(SideCall);

        Assert.Equal("message_stop", (await RunningProxy.EventsOf(response))[^1].Name);
        JsonNode account = (await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!;
        Assert.Equal([41, 17], account["limits"]!.AsArray().Select(limit => limit!["usedPercent"]!.GetValue<double>()));
        Assert.Equal("0.41", response.Headers.GetValues("anthropic-ratelimit-unified-5h-utilization").Single());
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(405, 1)]
    [InlineData(403, 2)]
    [InlineData(500, 2)]
    public async Task Without_the_endpoint_the_search_is_hosted(int status, int asked)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Searches.Otherwise(_ => Reply.Json(status, """{"detail":"no"}"""));
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().WebSearch("codex cli", "https://a.example/x").Text("Found.").Completed()));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await proxy.PostAsync(SideCall);
            var events = await RunningProxy.EventsOf(response);
            Assert.Contains(events, static e => e.Data.GetRawText().Contains("https://a.example/x", StringComparison.Ordinal));
            Assert.Equal("message_stop", events[^1].Name);
        }

        Assert.Equal("required", proxy.Backend.Requests[0].Json.GetProperty("tool_choice").GetString());
        Assert.Equal(asked, proxy.Backend.Received.All.Count(static r => r.Path.EndsWith("/alpha/search", StringComparison.Ordinal)));
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task An_expired_token_is_renewed_for_a_search_too()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        JsonNode account = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "accounts.json")))!["accounts"]![0]!;
        proxy.Backend.Auth.InvalidateAccessToken(account["accessToken"]!.GetValue<string>());
        using HttpResponseMessage response = await proxy.PostAsync(SideCall);
        Assert.Equal("message_stop", (await RunningProxy.EventsOf(response))[^1].Name);
        Assert.Equal(1, proxy.Backend.Auth.Refreshes);
    }
}
