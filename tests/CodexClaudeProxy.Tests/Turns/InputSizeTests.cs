using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Settings;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>The size of a request before the backend has counted it, and what happens when it is too large.</summary>
public sealed class InputSizeTests
{
    [Fact]
    public async Task A_conversation_counts_on_from_what_the_backend_counted()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok", new TokenUsage(Input: 15, Output: 1, Cached: 5)));
        int plain = await CountAsync(proxy, "Hello there");
        Assert.InRange(plain, 8, 14);

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask("Hello there")));

        Assert.Equal(15, await CountAsync(proxy, "Hello there"));
        // Another conversation profits by the model's ratio, within its bounds.
        Assert.InRange(await CountAsync(proxy, "Something else entirely"), plain, (int)Math.Ceiling((plain + 4) * 1.25));
        using HttpResponseMessage streamed = await proxy.PostAsync(RunningProxy.Ask("Hello there", stream: true));
        JsonElement start = (await RunningProxy.EventsOf(streamed))[0].Data;
        Assert.Equal(15, start.GetProperty("message").GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task What_is_certainly_too_long_is_not_sent()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        foreach (bool stream in new[] { false, true })
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(Words(330_000), stream));
            JsonObject error = await RunningProxy.JsonOf(response);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Matches(@"^prompt is too long: 3[23]\d\d\d\d tokens > 272000 maximum$", error["error"]!["message"]!.GetValue<string>());
        }

        Assert.Empty(proxy.Backend.Requests);
    }

    [Theory]
    [InlineData("gpt-5.5", 290_000)]
    [InlineData("gpt-6-sol", 330_000)]
    [InlineData("gpt-unheard-of", 330_000)]
    public async Task What_could_still_be_taken_is_sent(string model, int words)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));
        proxy.Backend.Catalogue.Add(new("gpt-unheard-of", ["medium"], new Version(0, 100), false, false));

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask(Words(words)).Replace("\"gpt-5.5\"", $"\"{model}\"", StringComparison.Ordinal)));

        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task What_other_turns_taught_refuses_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        // The backend adds some tokens to "Hi", which is half as much again.
        proxy.Backend.AnswerAll(_ => Reply.Text("ok", new TokenUsage(Input: 12, Output: 1)));
        await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask()));

        await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask(Words(254_000))));
        Assert.InRange(await CountAsync(proxy, "Something " + Words(254_000)), 253_000, 256_000);
        // Nor does a conversation that was counted higher than by us.
        proxy.Backend.AnswerAll(_ => Reply.Text("ok", new TokenUsage(Input: 271_000, Output: 1)));
        string first = Words(271_000);
        await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask(first)));
        await SettingsRoutesTests.TextOf(await proxy.PostAsync($$"""{"model":"gpt-5.5","max_tokens":1000,"messages":[{"role":"user","content":"{{first}}"},{"role":"assistant","content":"ok"},{"role":"user","content":"{{Words(9_000)}}"}]}"""));

        Assert.Equal(4, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_probe_for_one_token_is_answered()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        JsonObject answer = await RunningProxy.JsonOf(await proxy.PostAsync("""{"model":"claude-sonnet-5-5","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}"""));

        Assert.Equal("max_tokens", answer["stop_reason"]!.GetValue<string>());
    }

    private static async Task<int> CountAsync(RunningProxy proxy, string text)
    {
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(text), "/v1/messages/count_tokens");
        return (await RunningProxy.JsonOf(response))["input_tokens"]!.GetValue<int>();
    }

    /// <summary>One token each.</summary>
    private static string Words(int count) => string.Concat(Enumerable.Repeat(" the", count));
}
