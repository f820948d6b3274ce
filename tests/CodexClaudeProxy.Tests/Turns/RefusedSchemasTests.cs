using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.OpenAi;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Schemas the backend refuses, which without help would end a conversation for good.</summary>
public sealed class RefusedSchemasTests
{
    private const string Tools = """
        "tools":[{"name":"Read","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}},"required":["file_path"]}},
        {"name":"mcp__notes__save_note","input_schema":{"type":"object","properties":{"key":{"type":"string","format":"odd"},"text":{"type":"string"}},"required":["key","text"]}}]
        """;

    private static Reply Refuse(string message, string param, string code) =>
        Reply.Json(400, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["param"] = param, ["code"] = code } }.ToJsonString());

    /// <summary>Refuses a function with a format, as no rule does that we know of.</summary>
    private static Reply Strict(ReceivedRequest request)
    {
        foreach (var tool in request.Json.Get("tools").Items())
        {
            if (tool.GetRawText().Contains("\"format\"", StringComparison.Ordinal))
                return Refuse($"Invalid schema for function '{tool.GetText("name")}': 'odd' is not a 'format'.", "tools[1].parameters", "invalid_function_parameters");
        }

        return Reply.Text("hello");
    }

    [Fact]
    public async Task A_pattern_that_cannot_be_compiled_costs_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        const string schema = """{"type":"object","properties":{"key":{"type":"string","pattern":"^\\p{L}[\\p{L}\\p{N}_]{0,30}$"},"text":{"type":"string","pattern":"^[a-z]+$"}},"required":["key","text"],"additionalProperties":false}""";
        for (int turn = 0; turn < 2; turn++)
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: $$"""
                "tools":[{"name":"save_note","input_schema":{{schema}} }],"output_config":{"format":{"type":"json_schema","schema":{{schema}} } }
                """));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(2, proxy.Backend.Requests.Count);
        Assert.Empty(proxy.Backend.Rejections);
        Assert.Contains("^[a-z]+$", proxy.Backend.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_below_the_root_costs_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: """
            "tools":[{"name":"agents_list","input_schema":{"type":"object","properties":{"filter":{"type":"object","properties":{"team":{"type":"string","description":null}},"required":null}},"required":null}}]
            """));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task A_refused_tool_gets_a_plainer_schema_once_and_for_all()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(Strict);

        using (HttpResponseMessage first = await proxy.PostAsync(RunningProxy.Ask(more: Tools))) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(2, proxy.Backend.Requests.Count);
        var sent = proxy.Backend.Requests[1].Json.GetProperty("tools");
        Assert.Equal(proxy.Backend.Requests[0].Json.GetProperty("tools")[0].GetRawText(), sent[0].GetRawText());
        Assert.Equal("mcp__notes__save_note", sent[1].GetProperty("name").GetString());
        Assert.Equal("""{"type":"object","properties":{"key":{"type":"string"},"text":{"type":"string"}},"required":["key","text"]}""", sent[1].GetProperty("parameters").GetRawText());

        // The record says so.
        JsonNode row = (await proxy.ListedAsync(1))[0]!;
        JsonObject detail = await proxy.GetJsonAsync($"/api/requests/{row["id"]}");
        Assert.Contains("a simplified schema for mcp__notes__save_note", detail.ToJsonString(), StringComparison.Ordinal);

        using (HttpResponseMessage second = await proxy.PostAsync(RunningProxy.Ask("more", stream: true, more: Tools))) Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(3, proxy.Backend.Requests.Count);

        await proxy.RestartAsync();
        using (HttpResponseMessage third = await proxy.PostAsync(RunningProxy.Ask("again", more: Tools))) Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal(4, proxy.Backend.Requests.Count);
        Assert.Equal(sent.GetRawText(), proxy.Backend.Requests[3].Json.GetProperty("tools").GetRawText());
    }

    [Fact]
    public async Task However_many_tools_are_refused_one_turn_is_enough()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(Strict);
        string tools = string.Join(',', Enumerable.Range(0, 12).Select(static i => $$"""{"name":"t{{i}}","input_schema":{"type":"object","properties":{"a{{i}}":{"format":"odd"} } } }"""));

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: $"\"tools\":[{tools}]"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(5, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task What_stays_refused_is_told()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Refuse("Invalid schema for function 'Read': no.", "tools[0].parameters", "invalid_function_parameters"));

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: Tools));

        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "tools: Invalid schema for function 'Read': no.");
        // Its schema was the plainest already.
        Assert.Single(proxy.Backend.Requests);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string","format":"odd"}}}}}]}""")]
    [InlineData("/v1/responses", """{"input":"Hi","tools":[{"type":"function","name":"f","strict":false,"parameters":{"type":"object","properties":{"a":{"type":"string","format":"odd"}}}}]}""")]
    public async Task Clients_of_OpenAI_are_helped_as_well(string path, string more)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(Strict);
        for (int turn = 0; turn < 2; turn++)
        {
            using HttpResponseMessage response = await proxy.CallAsync(path, OpenAiClient.Chat(more: more));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(3, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_refused_format_gets_a_plainer_schema_too()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(static request => request.Text.Contains("\"format\":\"odd\"", StringComparison.Ordinal)
            ? Refuse("Invalid schema for response_format 'response': In context=(), 'odd' is not permitted.", "text.format.schema", "invalid_json_schema")
            : Reply.Text("{}"));
        for (int turn = 0; turn < 2; turn++)
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: """
                "output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string","format":"odd"}},"required":["a"],"additionalProperties":false}}}
                """));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(3, proxy.Backend.Requests.Count);
    }
}
