using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

/// <summary>Rules whose exact words are the public API's: one change to a good request, and the parameter that is named for it.</summary>
public sealed class OtherRefusals : IAsyncLifetime
{
    private FakeBackend _backend = null!;
    private UpstreamCaller _caller = null!;

    public async ValueTask InitializeAsync()
    {
        _backend = await FakeBackend.StartAsync();
        _caller = new UpstreamCaller(_backend);
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return _backend.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"type":"message","role":"assistant","content":[{"type":"input_text","text":"x"}]}""", "input[1].content[0].type")]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"output_text","text":"x"}]}""", "input[1].content[0].type")]
    [InlineData("""{"type":"message","role":"tool","content":"x"}""", "input[1].role")]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_text","text":"x","cache_control":{"type":"ephemeral"}}]}""", "input[1].content[0].cache_control")]
    [InlineData("""{"type":"message","role":"user"}""", "input[1].content")]
    [InlineData("""{"type":"message","role":"assistant","phase":"final","content":[]}""", "input[1].phase")]
    [InlineData("""{"type":"tool_result","content":"x"}""", "input[1].type")]
    [InlineData("""{"type":"function_call","name":"f","arguments":{},"call_id":"c"}""", "input[1].arguments")]
    [InlineData("""{"type":"function_call","name":"a.b","arguments":"{}","call_id":"c"}""", "input[1].name")]
    [InlineData("""{"type":"function_call","name":"f","arguments":"{}"}""", "input[1].call_id")]
    [InlineData("""{"type":"function_call","name":"f","arguments":"{}","call_id":""}""", "input[1].call_id")]
    [InlineData("""{"type":"function_call","id":"toolu_1","name":"f","arguments":"{}","call_id":"c"}""", "input[1].id")]
    [InlineData("""{"type":"function_call","id":"fc_a b","name":"f","arguments":"{}","call_id":"c"}""", "input[1].id")]
    [InlineData("""{"type":"message","id":"msg_0123456789012345678901234567890123456789012345678901234567890","role":"user","content":"x"}""", "input[1].id")]
    [InlineData("""{"type":"reasoning","encrypted_content":"x"}""", "input[1].summary")]
    [InlineData("""{"type":"reasoning","summary":[]}""", "input[1].encrypted_content")]
    [InlineData("""{"type":"web_search_call","status":"completed","action":{"type":"open"}}""", "input[1].action.type")]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"huge"}]}""", "input[1].content[0].detail")]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_file","filename":"a.pdf"}]}""", "input[1].content[0].file_data")]
    [InlineData("""{"type":"additional_tools","role":"developer","tools":[]}""", "input")]
    public async Task A_wrong_item_is_refused(string item, string param) =>
        await AssertRefusedAsync(body => body["input"]!.AsArray().Add(JsonNode.Parse(item)), param);

    [Theory]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}""", "tools[0].parameters")]
    [InlineData("""{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}}""", "tools[0].parameters")]
    [InlineData("""{"type":"function","name":"f","strict":false,"parameters":{"type":"object"}}""", "tools[0].parameters")]
    [InlineData("""{"type":"function","name":"f","strict":false,"parameters":{"type":"string"}}""", "tools[0].parameters")]
    [InlineData("""{"type":"function","name":"f","strict":false,"parameters":{"type":"object","properties":{"a":{"type":"array"}}}}""", "tools[0].parameters")]
    [InlineData("""{"type":"function","name":"f","strict":false}""", "tools[0].parameters")]
    [InlineData("""{"type":"function","name":"f","strict":false,"parameters":{"type":"object","properties":{}},"input_schema":{}}""", "tools[0].input_schema")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", "tools[0].name")]
    [InlineData("""{"type":"function","name":"a b","strict":false,"parameters":{"type":"object","properties":{}}}""", "tools[0].name")]
    [InlineData("""{"type":"function","name":"mcp__a_very_long_server_name__and_a_tool_name_that_is_just_as_long_x","strict":false,"parameters":{"type":"object","properties":{}}}""", "tools[0].name")]
    [InlineData("""{"type":"web_search_20250305","name":"web_search"}""", "tools[0].type")]
    [InlineData("""{"type":"web_search","max_uses":5}""", "tools[0].max_uses")]
    [InlineData("""{"type":"web_search","user_location":{"type":"exact"}}""", "tools[0].user_location.type")]
    [InlineData("""{"type":"custom","name":"c","format":{"type":"grammar","syntax":"ebnf","definition":""}}""", "tools[0].format.syntax")]
    public async Task A_wrong_tool_is_refused(string tool, string param) =>
        await AssertRefusedAsync(body => body["tools"]!.AsArray().Add(JsonNode.Parse(tool)), param);

    [Theory]
    [InlineData("tool_choice", "\"any\"", "tool_choice")]
    [InlineData("tool_choice", "\"required\"", "tool_choice")]
    [InlineData("tool_choice", """{"type":"function","name":"f"}""", "tool_choice")]
    [InlineData("reasoning", """{"effort":"minimal"}""", "reasoning.effort")]
    [InlineData("reasoning", """{"effort":"ultra"}""", "reasoning.effort")]
    [InlineData("reasoning", """{"effort":"max"}""", "reasoning.effort")]
    [InlineData("reasoning", """{"summary":"none"}""", "reasoning.summary")]
    [InlineData("include", """["reasoning.content"]""", "include[0]")]
    [InlineData("text", """{"verbosity":"loud"}""", "text.verbosity")]
    [InlineData("text", """{"format":{"type":"json_schema","schema":{"type":"object","properties":{}}}}""", "text.format.name")]
    [InlineData("text", """{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object","properties":{}}}}""", "text.format.schema")]
    [InlineData("parallel_tool_calls", "null", "parallel_tool_calls")]
    [InlineData("client_metadata", """{"n":1}""", "client_metadata.n")]
    [InlineData("input", "[]", "input")]
    public async Task A_wrong_parameter_is_refused(string name, string value, string param) =>
        await AssertRefusedAsync(body => body[name] = JsonNode.Parse(value), param);

    [Fact]
    public async Task A_second_output_for_one_call_is_refused() => await AssertRefusedAsync(body =>
    {
        foreach (string item in (string[])
        [
            """{"type":"function_call","name":"f","arguments":"{}","call_id":"c"}""",
            """{"type":"function_call_output","call_id":"c","output":"1"}""",
            """{"type":"function_call_output","call_id":"c","output":"2"}""",
        ])
        {
            body["input"]!.AsArray().Add(JsonNode.Parse(item));
        }
    }, "input");

    [Fact]
    public async Task Encrypted_content_is_good_for_the_account_that_got_it_and_for_no_other()
    {
        _backend.Answer(Reply.Sse(new StreamScript().ReasoningEncrypted("gAAAAABmine").Text("Hi").Completed()));
        using HttpResponseMessage first = await _caller.PostAsync(UpstreamCaller.GoodBody());
        JsonObject replay = UpstreamCaller.GoodBody();
        string item = """{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAABmine"}""";
        replay["input"]!.AsArray().Add(JsonNode.Parse(item));
        using HttpResponseMessage mine = await _caller.PostAsync(replay);
        Assert.Empty(_backend.Rejections);

        FakeTokens other = _backend.Auth.SignIn(new("other@example.com", "99999999-1111-2222-3333-444444444444", "user-2"));
        HttpRequestMessage request = _caller.Request(replay);
        request.Headers.Authorization = new("Bearer", other.AccessToken);
        request.Headers.Remove("chatgpt-account-id");
        request.Headers.Add("chatgpt-account-id", other.User.AccountId);
        using HttpResponseMessage theirs = await _caller.SendAsync(request);
        Assert.Contains("invalid_encrypted_content", Assert.Single(_backend.Rejections).Body, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(Action<JsonObject> change, string param)
    {
        JsonObject body = UpstreamCaller.GoodBody();
        change(body);
        using HttpResponseMessage response = await _caller.PostAsync(body);
        JsonElement answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(param, answer.GetProperty("error").GetProperty("param").GetString());
    }
}
