using System.Net;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.OpenAi;

/// <summary>Clients that name an earlier answer or a part of it instead of sending it again.</summary>
public sealed class RememberedResponsesTests
{
    private const string Path = "/v1/responses";

    private const string Tools = """
        "tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}]
        """;

    private static Reply Thought(ReceivedRequest request) => request.ToolOutputs is [.., var last]
        ? Reply.Text("It said " + last.Value)
        : Reply.Sse(new StreamScript().Reasoning("Thinking").Calls(new FunctionCall("f", "{}", "call_1")).Completed());

    private static async Task<JsonElement> AskAsync(RunningProxy proxy, string members, bool stream = false)
    {
        using HttpResponseMessage response = await proxy.CallAsync(Path, $$"""{"model":"gpt-5.5","stream":{{(stream ? "true" : "false")}},{{members}}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return stream ? JsonElement.Parse((await OpenAiClient.FramesOf(response))[^1]).GetProperty("response") : await OpenAiClient.JsonOf(response);
    }

    private static async Task<JsonElement> RefusedAsync(RunningProxy proxy, string members)
    {
        using HttpResponseMessage response = await proxy.CallAsync(Path, $$"""{"model":"gpt-5.5",{{members}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return (await OpenAiClient.JsonOf(response)).GetProperty("error");
    }

    private static IEnumerable<string?> TypesOf(ReceivedRequest request) => request.Input.Select(static item => item.GetProperty("type").GetString());

    private static string References(JsonElement response) =>
        string.Join(',', response.GetProperty("output").EnumerateArray().Select(static item => $$"""{"type":"item_reference","id":"{{item.GetProperty("id").GetString()}}"}"""));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_loop_may_refer_to_reasoning_and_call(bool stream)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(Thought);
        JsonElement first = await AskAsync(proxy, $$""" "input":[{"role":"user","content":"Hi"}],{{Tools}} """, stream);

        JsonElement second = await AskAsync(proxy, $$""" "input":[{"role":"user","content":"Hi"},{{References(first)}},{"type":"function_call_output","call_id":"call_1","output":"42"}],{{Tools}} """, stream);

        Assert.Contains("It said 42", second.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["message", "reasoning", "function_call", "function_call_output"], TypesOf(proxy.Backend.Requests[1]));
        Assert.Equal(first.GetProperty("output")[0].GetProperty("encrypted_content").GetString(), proxy.Backend.Requests[1].Input[1].GetProperty("encrypted_content").GetString());
        proxy.AssertNoRuleBroken();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conversation_goes_on_from_its_last_answer(bool stream)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(Thought);
        JsonElement first = await AskAsync(proxy, $$""" "input":"Hi","instructions":"Be brief.",{{Tools}} """, stream);
        JsonElement second = await AskAsync(proxy, $$""" "previous_response_id":"{{first.GetProperty("id").GetString()}}","input":[{"type":"function_call_output","call_id":"call_1","output":"42"}],{{Tools}} """, stream);

        await AskAsync(proxy, $$""" "previous_response_id":"{{second.GetProperty("id").GetString()}}","input":"And now?" """, stream);

        Assert.Equal(["message", "reasoning", "function_call", "function_call_output", "message", "message"], TypesOf(proxy.Backend.Requests[2]));
        // As in the real API the instructions of an earlier turn do not count.
        Assert.Equal("", proxy.Backend.Requests[2].Json.GetProperty("instructions").GetString());
        Assert.Single(proxy.Backend.Requests.Skip(1).Select(static request => request.Header("session-id") ?? request.Json.GetProperty("prompt_cache_key").GetString()).Distinct());
        proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task On_another_account_the_loop_goes_on_without_the_reasoning()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.AnswerAll(Thought);
        JsonElement first = await AskAsync(proxy, $$""" "input":"Hi",{{Tools}} """);
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[0] ? Reply.Http("429-usage-limit-reached") : Thought(request));

        JsonElement second = await AskAsync(proxy, $$""" "input":[{"role":"user","content":"Hi"},{{References(first)}},{"type":"function_call_output","call_id":"call_1","output":"42"}],{{Tools}} """);

        Assert.Contains("It said 42", second.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["message", "function_call", "function_call_output"], TypesOf(proxy.Backend.Requests[^1]));
        proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task What_nobody_remembers_is_told_by_its_id_and_with_what_to_do()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        JsonElement response = await RefusedAsync(proxy, """ "previous_response_id":"resp_gone","input":"Hi" """);
        JsonElement item = await RefusedAsync(proxy, """ "input":[{"type":"item_reference","id":"fc_gone"}] """);

        Assert.Equal(("previous_response_not_found", "previous_response_id"), (response.GetProperty("code").GetString(), response.GetProperty("param").GetString()));
        Assert.StartsWith("Previous response with id 'resp_gone' not found. ", response.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(("invalid_request_error", "input", null), (item.GetProperty("type").GetString(), item.GetProperty("param").GetString(), item.GetProperty("code").GetString()));
        Assert.StartsWith("Item with id 'fc_gone' not found. ", item.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("Send the item itself instead of a reference to it.", item.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(proxy.Backend.Requests);
    }

    [Theory]
    [InlineData(""" "store":false, """, true)]
    [InlineData("", false)]
    public async Task Who_wants_nothing_remembered_is_heard(string store, bool setting)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: $$"""{"rememberResponses":{{(setting ? "true" : "false")}}}""");
        JsonElement first = await AskAsync(proxy, $$""" {{store}}"input":"Hi" """);

        JsonElement error = await RefusedAsync(proxy, $$""" "previous_response_id":"{{first.GetProperty("id").GetString()}}","input":"Hi" """);

        Assert.Equal("previous_response_not_found", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_setting_forgets_what_is_there()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        JsonElement first = await AskAsync(proxy, """ "input":"Hi" """);
        using var off = new StringContent("""{"rememberResponses":false}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage changed = await proxy.Client.PatchAsync("/api/settings", off, TestContext.Current.CancellationToken);

        using HttpResponseMessage shown = await proxy.Client.GetAsync($"{Path}/{first.GetProperty("id").GetString()}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
    }

    [Fact]
    public async Task A_response_can_be_seen_again_until_it_is_deleted()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(Thought);
        JsonElement first = await AskAsync(proxy, $$""" "input":"Hi",{{Tools}} """);
        string path = $"{Path}/{first.GetProperty("id").GetString()}";

        using HttpResponseMessage shown = await proxy.Client.GetAsync(path, TestContext.Current.CancellationToken);
        JsonElement again = await OpenAiClient.JsonOf(shown);
        Assert.True(JsonElement.DeepEquals(first, again), again.GetRawText());
        using HttpResponseMessage cancelled = await proxy.CallAsync(path + "/cancel", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, cancelled.StatusCode);
        using HttpResponseMessage listed = await proxy.Client.GetAsync(path + "/input_items", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, listed.StatusCode);

        using HttpResponseMessage deleted = await proxy.Client.DeleteAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal($$"""{"id":"{{first.GetProperty("id").GetString()}}","object":"response","deleted":true}""", await deleted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage gone = await proxy.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_request_of_the_codex_cli_leaves_nothing_behind()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.CallAsync(Path, """{"model":"gpt-5.5","instructions":"","input":[{"role":"user","content":"Hi"}]}""", ("originator", "codex_exec"));
        JsonElement first = await OpenAiClient.JsonOf(response);

        using HttpResponseMessage shown = await proxy.Client.GetAsync($"{Path}/{first.GetProperty("id").GetString()}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
    }
}
