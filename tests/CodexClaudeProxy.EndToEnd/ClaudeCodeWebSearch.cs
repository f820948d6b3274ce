using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Claude Code's WebSearch tool makes a request of its own, which the proxy answers by a search endpoint or through a model.</summary>
public sealed class ClaudeCodeWebSearch : ClaudeCodeBehindProxy
{
    [Fact]
    public async Task A_web_search_without_a_model()
    {
        Backend.Answer(Reply.Calls(new FunctionCall("WebSearch", """{"query":"canary prices"}""", "call_search")));
        Backend.Answer(Reply.Text("About 30 €."));

        ClaudeRun run = (await Claude.AskAsync("What does a canary cost?")).AssertSmooth();

        Assert.Equal("About 30 €.", run.Text);
        string result = Backend.Requests[1].OutputOf("call_search");
        Assert.Contains("Results for: canary prices", result, StringComparison.Ordinal);
        Assert.Contains("https://example.com/result", result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_search_hosted_by_the_backend()
    {
        Backend.Searches.Otherwise(_ => Reply.NotFound());
        Backend.Answer(Reply.Calls(new FunctionCall("WebSearch", """{"query":"canary prices"}""", "call_search")));
        Backend.Answer(Reply.Sse(new StreamScript().WebSearch("canary prices", "https://example.com/canaries").Text("Canaries cost 30 €.").Completed()));
        Backend.Answer(Reply.Text("About 30 €."));

        ClaudeRun run = (await Claude.AskAsync("What does a canary cost?")).AssertSmooth();

        Assert.Equal("About 30 €.", run.Text);
        Assert.Equal(["web_search"], Backend.Requests[1].ToolNames());
        string result = Backend.Requests[2].OutputOf("call_search");
        Assert.Contains("Canaries cost 30 €.", result, StringComparison.Ordinal);
        Assert.Contains("https://example.com/canaries", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allowed_domains", true)]
    [InlineData("allowed_domains", false)]
    [InlineData("blocked_domains", true)]
    [InlineData("blocked_domains", false)]
    public async Task A_web_search_on_some_sites(string list, bool withoutModel)
    {
        if (!withoutModel) Backend.Searches.Otherwise(_ => Reply.NotFound());
        Backend.Answer(Reply.Calls(new FunctionCall("WebSearch", $$"""{"query":"canary prices","{{list}}":["example.com"]}""", "call_search")));
        if (!withoutModel) Backend.Answer(Reply.Sse(new StreamScript().WebSearch("canary prices", "https://example.org/canaries").Text("30 €.").Completed()));
        Backend.Answer(Reply.Text("About 30 €."));

        (await Claude.AskAsync("What does a canary cost?")).AssertSmooth();

        JsonElement filters = withoutModel
            ? Backend.Received.All.Single(request => request.Path.EndsWith("/alpha/search", StringComparison.Ordinal)).Json.Get("settings").Get("filters")
            : Backend.Requests[1].Json.Get("tools")[0].Get("filters");
        Assert.Equal($$"""{"{{list}}":["example.com"]}""", filters.GetRawText());
    }

    [Fact]
    public async Task A_web_search_that_fails_is_told_to_the_model()
    {
        Backend.Searches.Otherwise(_ => Reply.NotFound());
        Backend.Answer(Reply.Calls(new FunctionCall("WebSearch", """{"query":"canary prices"}""", "call_search")));
        Backend.Answer(Reply.Sse(new StreamScript().Event("response.output_item.done", new()
        {
            ["output_index"] = 0,
            ["item"] = new JsonObject
            {
                ["type"] = "web_search_call", ["id"] = "ws_1", ["status"] = "failed",
                ["action"] = new JsonObject { ["type"] = "search", ["query"] = "canary prices" },
            },
        }).Completed()));
        Backend.Answer(Reply.Text("I could not find out."));

        ClaudeRun run = (await Claude.AskAsync("What does a canary cost?")).AssertSmooth();

        Assert.Equal("I could not find out.", run.Text);
        Assert.Contains("unavailable", Backend.Requests[2].OutputOf("call_search"), StringComparison.Ordinal);
    }
}
