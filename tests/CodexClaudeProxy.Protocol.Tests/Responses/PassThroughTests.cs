using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.Responses;

/// <summary>The normalisation of a passed-through request, case by case and row by row of its table.</summary>
public sealed class PassThroughTests
{
    private static readonly JsonElement[] Cases =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Responses", "pass-through-cases.json"))).EnumerateArray()];

    public static IEnumerable<TheoryDataRow<string, string>> Titles =>
        Cases.Select(static one => new TheoryDataRow<string, string>(one.GetProperty("id").GetString()!, one.GetProperty("title").GetString()!));

    [Fact]
    public void All_three_cases_are_there() => Assert.Equal(["P1", "P2", "P3"], Cases.Select(static one => one.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Request_case(string id, string title)
    {
        Assert.NotEmpty(title);
        var one = Array.Find(Cases, one => one.GetProperty("id").GetString() == id);
        var (body, _, error) = Passed.Convert(one.GetProperty("input").GetRawText());
        foreach (var expected in one.GetProperty("expected").EnumerateObject())
        {
            if (expected.Name == "status") Assert.Equal(expected.Value.GetInt32(), error!.Status);
            else if (expected.Name == "error")
            {
                foreach (var member in expected.Value.EnumerateObject()) Converted.Same(member.Value, Envelope(error!).GetProperty("error").GetProperty(member.Name));
            }
            else Converted.Same(expected.Value, body.GetProperty(expected.Name));
        }
    }

    [Theory]
    [InlineData("""{"conversation":{"id":"c"}}""", "conversation", "unsupported_parameter")]
    [InlineData("""{"background":true}""", "background", "unsupported_parameter")]
    [InlineData("""{"prompt":{"id":"p"}}""", "prompt", "unsupported_parameter")]
    [InlineData("""{"model":null}""", "model", "missing_required_parameter")]
    [InlineData("""{"input":null}""", "input", "missing_required_parameter")]
    [InlineData("""{"input":7}""", "input", "invalid_type")]
    [InlineData("""{"input":["x"]}""", "input[0]", "invalid_type")]
    [InlineData("""{"input":[{"type":"function_call","name":"f"}]}""", "input[0].call_id", "missing_required_parameter")]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_1"}]}""", "input", "")]
    [InlineData("""{"input":[{"type":"item_reference"}]}""", "input[0].id", "missing_required_parameter")]
    [InlineData("""{"previous_response_id":"resp_1"}""", "previous_response_id", "previous_response_not_found")]
    [InlineData("""{"previous_response_id":7}""", "previous_response_id", "invalid_type")]
    [InlineData("""{"tools":[{"type":"file_search"}]}""", "tools[0].type", "unsupported_parameter")]
    [InlineData("""{"tools":[{"type":"code_interpreter"}]}""", "tools[0].type", "unsupported_parameter")]
    [InlineData("""{"tools":[{"type":"computer_use_preview"}]}""", "tools[0].type", "unsupported_parameter")]
    [InlineData("""{"tools":[{"type":"mcp"}]}""", "tools[0].type", "unsupported_parameter")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].name", "missing_required_parameter")]
    [InlineData("""{"reasoning":{"effort":"huge"}}""", "reasoning.effort", "invalid_value")]
    public void What_cannot_be_carried_is_refused(string members, string param, string code)
    {
        var (_, _, error) = Passed.Convert(members);
        Assert.Equal((400, param, code), (error!.Status, error.Param, error.Code));
    }

    [Fact]
    public void A_reference_to_reasoning_that_nobody_remembers_is_left_out()
    {
        var input = Passed.Input("""[{"role":"user","content":"Hi"},{"type":"item_reference","id":"rs_1"}]""");
        Assert.Equal(["message"], input.EnumerateArray().Select(static item => item.GetProperty("type").GetString()));
    }

    [Fact]
    public void Calls_under_one_conversation_are_paired_whether_recalled_or_sent()
    {
        static RememberedItem Item(string json, string? mark = null) => new(System.Text.Encoding.UTF8.GetBytes(json), mark);
        RememberedItem[] before =
        [
            Item("\"Hi\""),
            Item("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAmine"}""", Converted.Options.AccountMark),
            Item("""{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gAAAAother"}""", "00000000"),
            Item("""{"type":"function_call","id":"fc_1","status":"completed","call_id":"call_1","name":"f","arguments":"{}"}""", "00000000"),
        ];
        var (body, context, error) = Passed.Convert(
            """{"previous_response_id":"resp_1","input":[{"type":"function_call_output","call_id":"call_1","output":"42"}]}""",
            options: Converted.Options with { RecallConversation = id => id == "resp_1" ? before : null });
        Assert.Null(error);
        Converted.Same(JsonElement.Parse(
            """
            [{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]},{"type":"reasoning","summary":[],"encrypted_content":"gAAAAmine"},
            {"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"42"}]
            """), body.GetProperty("input"));
        Assert.True(context!.RecallsReasoning);
        // The conversation's account and cache are those of its first turn.
        Assert.Equal(Passed.Convert("""{"input":"Hi"}""").Context!.ConversationId, context.ConversationId);
    }

    [Fact]
    public void The_lite_lane_has_no_hosted_tools_and_the_answer_says_so()
    {
        var (body, context, _) = Passed.Convert("""{"tools":[{"type":"web_search"},{"type":"function","name":"f"}]}""", options: Converted.Options with { Lite = true });
        Assert.Equal(["web_search"], context!.DroppedTools);
        Assert.True(context.LacksSearch);
        Assert.Equal(["function"], body.GetProperty("input")[0].GetProperty("tools").EnumerateArray().Select(static tool => tool.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("""{"background":false,"previous_response_id":null,"conversation":null,"prompt":null}""")]
    [InlineData("""
        {"max_output_tokens":1,"max_tool_calls":1,"temperature":1,"top_p":1,"top_logprobs":1,"truncation":"auto","metadata":{},"user":"u","safety_identifier":"s",
        "stream_options":{},"prompt_cache_retention":"24h","prompt_cache_options":{},"context_management":[],"moderation":{},"wat":1}
        """)]
    public void What_the_backend_refuses_stays_here(string members) => Assert.Equal(
        ["model", "instructions", "input", "tools", "store", "stream", "include", "prompt_cache_key"],
        Passed.Body(members).EnumerateObject().Select(static member => member.Name));

    [Fact]
    public void An_unknown_member_is_noted()
    {
        var (_, context, _) = Passed.Convert("""{"wat":1,"temperature":1}""");
        Assert.Equal(["wat"], context!.Unknown);
    }

    [Fact]
    public void What_the_backend_knows_is_kept()
    {
        var body = Passed.Body("""
            {"instructions":"I","text":{"verbosity":"low","format":{"type":"json_object"}},"tool_choice":"none","parallel_tool_calls":false,"client_metadata":{"a":"b"},
            "service_tier":"priority","prompt_cache_key":"mine","reasoning":{"effort":"max","summary":"auto","context":"all_turns"},
            "include":["web_search_call.results","web_search_call.action.sources","message.output_text.logprobs","reasoning.encrypted_content"]}
            """);
        Is(body, "instructions", "\"I\"");
        Is(body, "text", """{"verbosity":"low","format":{"type":"json_object"}}""");
        Is(body, "tool_choice", "\"none\"");
        Is(body, "parallel_tool_calls", "false");
        Is(body, "client_metadata", """{"a":"b"}""");
        Is(body, "service_tier", "\"priority\"");
        Is(body, "prompt_cache_key", "\"mine\"");
        Is(body, "reasoning", """{"effort":"xhigh","summary":"auto","context":"all_turns"}""");
        Is(body, "include", """["reasoning.encrypted_content","web_search_call.results","web_search_call.action.sources"]""");
    }

    [Fact]
    public void Other_tiers_and_long_keys_change()
    {
        var body = Passed.Body($$"""{"service_tier":"flex","prompt_cache_key":"{{new string('k', 65)}}"}""");
        Assert.False(body.TryGetProperty("service_tier", out _));
        Assert.Matches("^[0-9a-f]{64}$", body.GetProperty("prompt_cache_key").GetString());
    }

    [Fact]
    public void A_summary_is_not_asked_of_a_model_that_has_none() => Is(
        Passed.Body("""{"reasoning":{"effort":"low","summary":"auto"}}""", profile: Converted.Profile with { Summaries = false }), "reasoning", """{"effort":"low"}""");

    [Fact]
    public void Items_lose_ids_and_statuses_and_keep_the_rest() => IsInput(
        """
        [{"type":"message","id":"msg_1","status":"completed","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"a","annotations":[]}]},
        {"type":"reasoning","id":"rs_1","status":"completed","content":null,"encrypted_content":"gAAAAABcdefghijklmnop"},
        {"type":"function_call","id":"fc_1","status":"completed","call_id":"A","name":"f","arguments":"{ }","namespace":"n"},
        {"type":"function_call_output","id":"fco_1","status":"completed","call_id":"A","output":[{"type":"input_text","text":"1"}]},
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}},
        {"type":"compaction","id":"cmp_1","encrypted_content":"x"}]
        """,
        """
        [{"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"a","annotations":[]}]},
        {"type":"reasoning","summary":[],"encrypted_content":"gAAAAABcdefghijklmnop"},
        {"type":"function_call","call_id":"A","name":"f","arguments":"{ }","namespace":"n"},
        {"type":"function_call_output","call_id":"A","output":[{"type":"input_text","text":"1"}]},
        {"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}},
        {"type":"compaction","encrypted_content":"x"}]
        """);

    [Fact]
    public void Reasoning_that_led_to_nothing_is_dropped() => IsInput(
        """
        [{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABcdefghijklmno1"},{"role":"user","content":"u"},
        {"type":"reasoning","summary":[],"encrypted_content":"gAAAAABcdefghijklmno2"},{"role":"developer","content":"d"},
        {"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABcdefghijklmno3"},
        {"type":"function_call_output","call_id":"A","output":"1"},{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABcdefghijklmno4"}]
        """,
        """
        [{"type":"message","role":"user","content":[{"type":"input_text","text":"u"}]},{"type":"message","role":"developer","content":[{"type":"input_text","text":"d"}]},
        {"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":"1"}]
        """);

    [Fact]
    public void An_image_without_its_data_is_dropped() => IsInput(
        """[{"type":"image_generation_call","id":"ig_1","status":"completed","result":"AAAA"},{"type":"image_generation_call","id":"ig_2","status":"completed","result":null},{"role":"user","content":"u"}]""",
        """[{"type":"image_generation_call","status":"completed","result":"AAAA"},{"type":"message","role":"user","content":[{"type":"input_text","text":"u"}]}]""");

    [Fact]
    public void Rejected_reasoning_is_left_out_and_the_rest_is_remembered()
    {
        const string items = """{"input":[{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABcdefghijklmnop"},{"role":"assistant","content":"a"}]}""";
        var hash = ReasoningSignature.HashOf("gAAAAABcdefghijklmnop"u8);
        Assert.Equal([hash], Passed.Convert(items).Context!.ReasoningHashes);
        Assert.Equal(1, Passed.Body(items, options: Converted.Options with { IsRejectedReasoning = rejected => rejected == hash }).GetProperty("input").GetArrayLength());
        Assert.Equal(1, Passed.Body(items, options: Converted.Options with { WithoutReasoning = true }).GetProperty("input").GetArrayLength());
    }

    [Fact]
    public void Calls_and_outputs_are_paired() => IsInput(
        """
        [{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"B","name":"p","input":"x"},
        {"type":"function_call_output","call_id":"A","output":"1"},{"type":"function_call_output","call_id":"A","output":"again"},{"type":"function_call_output","call_id":"Z","output":"z"}]
        """,
        """
        [{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"B","name":"p","input":"x"},
        {"type":"custom_tool_call_output","call_id":"B","output":"[No result was recorded for this tool call.]"},{"type":"function_call_output","call_id":"A","output":"1"},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"[Result of tool call Z, whose call is not part of this conversation]\nz"}]}]
        """);

    [Fact]
    public void Functions_are_flat_and_say_whether_they_are_strict()
    {
        var tools = Passed.Body("""
            {"tools":[{"type":"function","function":{"name":"nested","description":"D","parameters":{"type":"object","properties":{}}}},
            {"type":"function","name":"open","parameters":{"type":"object","properties":{"a":{"type":"string"}}}},
            {"type":"function","name":"closed","parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}},
            {"type":"function","name":"loose","strict":false,"parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}]}
            """).GetProperty("tools");
        Converted.Same(JsonElement.Parse("""{"type":"function","name":"nested","description":"D","parameters":{"type":"object","properties":{}},"strict":false}"""), tools[0]);
        Assert.Equal([false, false, true, false], tools.EnumerateArray().Select(static tool => tool.GetProperty("strict").GetBoolean()));
    }

    [Fact]
    public void Hosted_tools_the_backend_has_are_kept() => Is(
        Passed.Body("""{"tools":[{"type":"web_search_preview","search_context_size":"low"},{"type":"image_generation","output_format":"png"},{"type":"local_shell"},{"type":"tool_search"},{"type":"namespace","name":"n","description":"d","tools":[]},{"type":"custom","name":"p"}]}"""),
        "tools",
        """[{"type":"web_search","external_web_access":true,"search_context_size":"low"},{"type":"image_generation","output_format":"png"},{"type":"local_shell"},{"type":"tool_search"},{"type":"namespace","name":"n","description":"d","tools":[]},{"type":"custom","name":"p"}]""");

    [Theory]
    [InlineData("""{"type":"function","name":"f"}""", """{"type":"function","name":"f"}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"type":"function","name":"f"}""")]
    [InlineData("""{"type":"web_search_preview"}""", """{"type":"allowed_tools","mode":"required","tools":[{"type":"web_search"}]}""")]
    [InlineData("""{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}""", """{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}""")]
    public void The_choice(string choice, string sent) => Is(Passed.Body($$"""{"tool_choice":{{choice}}}"""), "tool_choice", sent);

    [Fact]
    public void A_long_name_is_shortened_everywhere()
    {
        var name = new string('n', 70);
        var shortened = ToolNames.Short(name);
        var (body, context, _) = Passed.Convert($$$"""
            {"tools":[{"type":"function","name":"{{{name}}}"}],"tool_choice":{"type":"function","name":"{{{name}}}"},"input":[{"type":"function_call","call_id":"A","name":"{{{name}}}","arguments":"{}"}]}
            """);
        Assert.Equal(shortened, body.GetProperty("tools")[0].GetProperty("name").GetString());
        Assert.Equal(shortened, body.GetProperty("tool_choice").GetProperty("name").GetString());
        Assert.Equal(shortened, body.GetProperty("input")[0].GetProperty("name").GetString());
        Assert.Equal(name, context!.ToolNames[shortened].Name);
    }

    [Fact]
    public void A_search_may_be_kept_to_stored_pages() =>
        Is(Passed.Body("""{"tools":[{"type":"web_search","external_web_access":false}]}"""), "tools", """[{"type":"web_search","external_web_access":false}]""");

    [Fact]
    public void A_long_call_id_is_shortened_for_call_and_output()
    {
        var id = new string('i', 80);
        var input = Passed.Input($$"""[{"type":"function_call","call_id":"{{id}}","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"{{id}}","output":"1"},{"type":"custom_tool_call","call_id":"{{id}}2","name":"p","input":"x"}]""");
        Assert.Equal([CallId.Of(id), CallId.Of(id), CallId.Of(id + "2"), CallId.Of(id + "2")], input.EnumerateArray().Select(static item => item.GetProperty("call_id").GetString()));
        Assert.All(input.EnumerateArray(), static item => Assert.InRange(item.GetProperty("call_id").GetString()!.Length, 1, 64));
    }

    [Fact]
    public void The_lite_lane_moves_instructions_and_tools_into_the_input()
    {
        var body = Passed.Body(
            """{"instructions":"I","tools":[{"type":"function","name":"f"}],"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:,","detail":"low"}]}]}""",
            profile: Converted.Profile with { Lite = true });
        Assert.False(body.TryGetProperty("instructions", out _));
        Assert.False(body.TryGetProperty("tools", out _));
        Assert.Equal("additional_tools", body.GetProperty("input")[0].GetProperty("type").GetString());
        Assert.Equal("developer", body.GetProperty("input")[1].GetProperty("role").GetString());
        Assert.False(body.GetProperty("input")[2].GetProperty("content")[0].TryGetProperty("detail", out _));
        Is(body, "reasoning", """{"context":"all_turns"}""");
        Assert.True(Passed.Body("""{"tools":[{"type":"web_search"}]}""", profile: Converted.Profile with { Lite = true }).TryGetProperty("tools", out _));
    }

    [Fact]
    public void The_codex_clis_request_changes_in_three_members_only()
    {
        var body = Passed.Body("""{"model":"m","stream":false,"store":true,"input":[{"type":"item_reference","id":"x"}],"temperature":1,"tools":[{"type":"mcp"}]}""", isCodex: true);
        Converted.Same(JsonElement.Parse("""{"model":"gpt-5.6","input":[{"type":"item_reference","id":"x"}],"stream":true,"store":false,"temperature":1,"tools":[{"type":"mcp"}]}"""), body);
        Assert.Equal(["model", "input", "store", "stream"], Passed.Body("{}", isCodex: true).EnumerateObject().Select(static member => member.Name));
    }

    [Fact]
    public void Even_the_codex_cli_leaves_out_what_was_refused()
    {
        var options = Converted.Options with { WithoutReasoning = true, Refused = new HashSet<string> { "temperature" } };
        var body = Passed.Body("""{"temperature":1,"input":[{"type":"reasoning","summary":[]},{"role":"user","content":"u"}]}""", isCodex: true, options: options);
        Converted.Same(JsonElement.Parse("""{"model":"gpt-5.6","input":[{"role":"user","content":"u"}],"store":false,"stream":true}"""), body);
    }

    private static void Is(JsonElement element, string member, string json) => Converted.Same(JsonElement.Parse(json), element.GetProperty(member));

    private static void IsInput(string items, string sent) => Converted.Same(JsonElement.Parse(sent), Passed.Input(items));

    private static JsonElement Envelope(ApiError error)
    {
        using var json = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(json)) OpenAiError.Write(writer, error);
        return JsonElement.Parse(json.Written);
    }
}
