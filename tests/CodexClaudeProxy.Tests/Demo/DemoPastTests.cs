using System.Text.Json.Nodes;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Demo;

namespace CodexClaudeProxy.Tests.Demo;

/// <summary>What a demo has behind it: accounts in every state and a month of plausible requests.</summary>
public sealed class DemoPastTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 15, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Six_accounts_are_in_every_state_and_one_of_them_serves()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync(isFresh: false);

        JsonNode pool = JsonNode.Parse(await demo.GetAsync("/api/pool?model=gpt-5.3-codex-spark"))!;
        JsonNode[] accounts = [.. pool["accounts"]!.AsArray().Select(account => account!)];

        Assert.Equal(["ready", "ready", "exhausted", "ready", "needs-sign-in", "disabled"], accounts.Select(account => (string?)account["state"]));
        Assert.Equal(["Work", "Home", "Client project", "Lab", null, "Family"], accounts.Select(account => (string?)account["label"]));
        Assert.Equal(3, accounts.Select(account => (string?)account["plan"]).Distinct().Count());
        Assert.Equal("gpt-5.3-codex-spark", (string?)accounts[3]["clocks"]![0]!["model"]);
        Assert.Equal((string?)accounts[0]["id"], (string?)pool["next"]![0]!["account"]);
        JsonNode forecast = JsonNode.Parse(await demo.GetAsync("/api/forecast"))!;
        Assert.Equal((3, 6, 4), ((int)forecast["ready"]!, (int)forecast["total"]!, (int)forecast["windows"]![0]!["capacity"]!));
        Assert.Contains("simulated", (await demo.AskAsync("""[{"role":"user","content":"Hello"}]""")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_lies_behind_a_demo_and_its_own_requests_come_last()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync(isFresh: false);
        using HttpResponseMessage response = await demo.PostAsync("""{"model":"gpt-5.5","max_tokens":4000,"messages":[{"role":"user","content":"Hello"}]}""");
        string own = response.EnsureSuccessStatusCode().Headers.GetValues("request-id").Single();

        JsonNode stats = JsonNode.Parse(await demo.GetAsync("/api/stats?range=30d&by=client"))!;
        JsonNode newest;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        // The note of a request is taken after its answer has gone.
        while ((string?)(newest = JsonNode.Parse(await demo.GetAsync("/api/requests?limit=1"))!["requests"]![0]!)["id"] != own) await Task.Delay(5, patience.Token);

        Assert.Equal("gpt-5.5", (string?)newest["requestedModel"]);
        Assert.InRange((long)stats["totals"]!["requests"]!, 2_000, 10_000);
        Assert.InRange((double)stats["totals"]!["cost"]!["usd"]!, 1, 10_000);
        Assert.True((long)JsonNode.Parse(await demo.GetAsync("/api/stats?range=1h"))!["totals"]!["requests"]! > 1);
    }

    [Fact]
    public void The_past_is_plausible()
    {
        RequestEntry[] entries = Past();

        Assert.InRange((double)entries.Count(entry => entry.Outcome == RequestOutcome.Failed) / entries.Length, 0.005, 0.025);
        Assert.InRange((double)entries.Count(entry => entry.Ended.Hour is >= 1 and < 7) / entries.Length, 0, 0.02);
        Assert.InRange(entries.GroupBy(entry => entry.Ended.Date).Count(), 28, 31);
        Assert.True(entries.Select(entry => entry.UpstreamModel).Distinct().Count() >= 4);
        Assert.True(entries.Select(entry => ClientName.WithoutVersion(entry.UserAgent)).Distinct().Count() >= 4);
        Assert.True(entries.Select(entry => entry.Project).Distinct().Count() >= 4);
        Assert.True(entries.Select(entry => entry.Session).Distinct().Count() >= 100);
        Assert.Contains(entries, entry => entry.Attempts > 1);
        Assert.All(entries, entry => Assert.True(entry.Ended < Now && entry.Received <= entry.Ended));
        Assert.Equal(entries.Length, entries.Select(entry => entry.Id).Distinct().Count());
        double cacheHits = (double)entries.Sum(entry => entry.Tokens?.Cached ?? 0) / entries.Sum(entry => (entry.Tokens?.Cached ?? 0) + (entry.Tokens?.Fresh ?? 0));
        Assert.InRange(cacheHits, 0.7, 0.97);
    }

    [Fact]
    public void The_same_clock_gives_the_same_past() => Assert.Equal(Past().Select(entry => (entry.Id, entry.Ended, entry.Account)), Past().Select(entry => (entry.Id, entry.Ended, entry.Account)));

    private static RequestEntry[] Past() => [.. new SimulatedPast(SimulatedAccount.All(Now), TimeZoneInfo.Utc, Now).Requests().SelectMany(day => day)];
}
