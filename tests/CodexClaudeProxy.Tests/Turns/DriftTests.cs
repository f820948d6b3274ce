using System.Text.Json.Nodes;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.OpenAi;
using CodexClaudeProxy.Tests.Settings;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>What is new to this version is served all the same, counted, and told once.</summary>
public sealed class DriftTests
{
    [Fact]
    public async Task New_members_blocks_betas_and_events_are_counted_with_the_client_that_brought_them()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Event("response.something_new", new JsonObject()).Text("ok").Completed()));
        foreach (string version in new[] { "2.1.330", "2.1.331" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
            {
                Content = new StringContent(RunningProxy.Ask(more: """ "mood":"good","betas":["pdfs-2024-09-25","time-travel-2027-01-01","flight-2027-02-02"] """).Replace("\"Hi\"", """[{"type":"hologram","x":1}]""", StringComparison.Ordinal), null, "application/json"),
                Headers = { { "User-Agent", $"claude-cli/{version} (external, cli)" }, { "anthropic-beta", "claude-code-20250219, time-travel-2027-01-01" } },
            };
            using HttpResponseMessage response = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await SettingsRoutesTests.TextOf(response);
        }

        JsonArray entries = (await proxy.GetJsonAsync("/api/drift"))["entries"]!.AsArray();

        Assert.Equal(["beta flight-2027-02-02 2", "beta time-travel-2027-01-01 2", "request hologram 2", "request mood 2", "upstream_event response.something_new 2"],
            entries.Select(entry => $"{entry!["kind"]} {entry["name"]} {entry["count"]}").Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.Equal("claude-cli/2.1.330 (external, cli)", entry!["first_client"]!.GetValue<string>()));
        Assert.Equal(5, proxy.Logs.Text.Split('\n').Count(line => line.Contains("Unknown to this version", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task New_events_and_items_are_counted_where_they_are_only_passed_on()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript()
            .Event("response.something_new", new JsonObject())
            .Event("response.image_generation_call.in_progress", new JsonObject())
            .Event("response.output_item.done", new JsonObject { ["output_index"] = 0, ["item"] = new JsonObject { ["type"] = "telepathy_call", ["id"] = "tp_1" } })
            .Text("ok").Completed()));

        using HttpResponseMessage response = await proxy.CallAsync("/v1/responses", """{"model":"gpt-5.5","input":"Hi","stream":true}""");
        await SettingsRoutesTests.TextOf(response);
        using HttpResponseMessage message = await proxy.PostAsync(RunningProxy.Ask());
        await SettingsRoutesTests.TextOf(message);

        JsonArray entries = (await proxy.GetJsonAsync("/api/drift"))["entries"]!.AsArray();
        Assert.Equal(["upstream_event response.something_new 2", "upstream_event telepathy_call 2"],
            entries.Select(entry => $"{entry!["kind"]} {entry["name"]} {entry["count"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_list_has_an_end_and_so_have_its_names()
    {
        var log = new TestLog();
        var drift = new Drift(new FakeTimeProvider(), log);

        for (int i = 0; i < 600; i++) drift.Note(DriftKind.Request, $"{i}-" + new string('x', 1000), new string('y', 1000));
        drift.Note(DriftKind.Request, "0-" + new string('x', 1000), null);

        Assert.Equal((500, 100), (drift.Entries.Count, drift.Beyond));
        Assert.All(drift.Entries, entry => Assert.True(entry.Name.Length <= 101 && entry.FirstClient!.Length <= 101));
        Assert.Equal(2, drift.Entries.Single(entry => entry.Name.StartsWith("0-", StringComparison.Ordinal)).Count);
        Assert.Equal(500, log.Lines.Count);
    }
}
