using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Turns.Record;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>The turns of one session: how the context grows, and where it moved to another account.</summary>
public sealed class ConversationRouteTests
{
    private static readonly ReadOnlyMemory<byte> TriedElsewhere = new TurnDetail(
        [new AttemptDetail("a", "first", 0, 300, "usage_limit_reached", "another account", null), new AttemptDetail("b", "second", 300, 900, null, null, null)], [], [], null, null).ToBytes();

    [Fact]
    public async Task The_turns_of_a_session_come_in_their_order_with_what_they_carried()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await using var store = new ActivityStore(Path.Combine(proxy.DataDirectory, "activity.db"), TimeProvider.System, new TestLog());
        foreach (RequestEntry entry in (RequestEntry[])
        [
            Turn(1, "a") with { Tokens = new RequestTokens(20_000, 0, 0, 400, 0, false) },
            Turn(2, "a") with { UpstreamModel = "gpt-6-luna", SideCall = "title", Account = "c" },
            Turn(3, "b") with { Tokens = new RequestTokens(21_000, 0, 0, 300, 0, false), Attempts = 2, Detail = TriedElsewhere },
            Turn(4, "b") with { Tokens = new RequestTokens(1_000, 21_000, 0, 200, 0, false) },
            Turn(5, "a") with { Agent = "helper" },
            Turn(6, "b") with { Session = "other" },
        ]) store.Add(entry);
        await store.ReadAsync(_ => "", TestContext.Current.CancellationToken);

        JsonObject told = await proxy.GetJsonAsync("/api/conversation?session=s");

        JsonObject[] turns = [.. told["turns"]!.AsArray().Select(turn => turn!.AsObject())];
        Assert.Equal(("s", "shop", "Claude Code 2.1.330", false), ((string?)told["session"], (string?)told["project"], (string?)told["client"], (bool)told["truncated"]!));
        Assert.Equal([20_000, null, 21_000, 22_000, null], turns.Select(turn => (long?)turn["inputTokens"]));
        Assert.Equal([0, null, 0, 21_000, null], turns.Select(turn => (long?)turn["cachedTokens"]));
        Assert.Equal([false, false, true, false, false], turns.Select(turn => (bool)turn["failover"]!));
        Assert.Equal([false, false, true, false, false], turns.Select(turn => (bool)turn["moved"]!));
        Assert.Equal([272_000, 272_000, 272_000, 272_000, 272_000], turns.Select(turn => (int?)turn["contextWindow"]));
        // 1,000 × 5 + 21,000 × 0.50 + 200 × 30.
        Assert.Equal(0.0215, (double)turns[3]["usd"]!);
        Assert.Equal((5, 64_000 - 1_000), ((long)told["totals"]!["requests"]!, (long)told["totals"]!["fresh"]! + (long)told["totals"]!["cached"]!));
    }

    [Theory]
    [InlineData("/api/conversation")]
    [InlineData("/api/conversation?session=a&conversation=b")]
    public async Task One_of_the_two_must_be_told(string path)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.BadRequest, "Send either session or conversation"), (response.StatusCode, (string?)(await RunningProxy.JsonOf(response))["error"]));
    }

    [Fact]
    public async Task A_request_tells_what_it_would_have_cost_and_how_that_is_reckoned()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"prices":{"gpt-5.5":{"input":1000,"cachedInput":100,"output":2000}}}""");
        proxy.Backend.AnswerAll(_ => FakeCodex.Reply.Text("ok"));
        (await proxy.PostAsync(RunningProxy.Ask())).Dispose();
        JsonNode row = (await proxy.ListedAsync(1))[0]!;

        JsonNode cost = (await proxy.GetJsonAsync($"/api/requests/{row["id"]}"))["cost"]!;

        double usd = ((long)row["tokens"]!["fresh"]! * 1_000 + (long)row["tokens"]!["cached"]! * 100 + (long)row["tokens"]!["output"]! * 2_000) / 1e6;
        Assert.True(usd > 0);
        Assert.Equal((usd, usd), ((double)row["usd"]!, (double)cost["usd"]!));
        Assert.Equal((1_000, 1_000, null), ((double)cost["price"]!["input"]!, (double)cost["price"]!["cacheWrite"]!, (string?)cost["price"]!["from"]));
        JsonObject stats = await proxy.GetJsonAsync("/api/stats?range=1h&by=model");
        Assert.Equal((usd, 0L), ((double)stats["groups"]![0]!["cost"]!["usd"]!, (long)stats["totals"]!["cost"]!["unpricedTokens"]!));
        proxy.WriteSettings("""{"prices":{"gpt-5.5":{"input":0,"cachedInput":0,"output":0}}}""");
        Assert.Equal(0, (double)(await proxy.GetJsonAsync("/api/stats?range=all"))["totals"]!["cost"]!["usd"]!);
    }

    private static RequestEntry Turn(int i, string account) => Samples.Entry(i) with
    {
        Session = "s", Project = "shop", Account = account, UserAgent = "claude-cli/2.1.330 (external, cli)", RequestedModel = "claude-opus-5-5", UpstreamModel = "gpt-5.5",
    };
}
