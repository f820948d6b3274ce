using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>The request conversion, row by row of its table.</summary>
public sealed class ChatRequestTests
{
    private static readonly ModelProfile Verbose = Converted.Profile with { Verbosity = true, DefaultVerbosity = "low" };

    [Fact]
    public void The_smallest_request_has_the_whole_envelope()
    {
        var body = Chat.Body("{}");
        Assert.Equal(
            ["model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "store", "stream", "include", "prompt_cache_key"],
            body.EnumerateObject().Select(static member => member.Name));
        Is(body, "store", "false");
        Is(body, "stream", "true");
        Is(body, "include", """["reasoning.encrypted_content"]""");
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"messages":null}""", "messages", "missing_required_parameter")]
    [InlineData("""{"messages":"Hi"}""", "messages", "invalid_type")]
    [InlineData("""{"model":null}""", "model", "missing_required_parameter")]
    [InlineData("""{"max_tokens":0}""", "max_tokens", "integer_below_min_value")]
    [InlineData("""{"max_completion_tokens":"9"}""", "max_completion_tokens", "invalid_type")]
    [InlineData("""{"stop":[1]}""", "stop", "invalid_type")]
    [InlineData("""{"logprobs":true}""", "logprobs", null)]
    [InlineData("""{"top_logprobs":2}""", "top_logprobs", null)]
    [InlineData("""{"modalities":["text","audio"]}""", "modalities", null)]
    [InlineData("""{"audio":{"voice":"x","format":"wav"}}""", "audio", null)]
    [InlineData("""{"reasoning_effort":"huge"}""", "reasoning_effort", "invalid_value")]
    [InlineData("""{"reasoning_effort":"ultra"}""", "reasoning_effort", "invalid_value")]
    [InlineData("""{"tool_choice":"any"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"tools":[{"type":"retrieval"}]}""", "tools[0].type", "invalid_value")]
    [InlineData("""{"tools":[{"type":"function","function":{}}]}""", "tools[0].function.name", "missing_required_parameter")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].function.name", "missing_required_parameter")]
    [InlineData("""{"response_format":{"type":"xml"}}""", "response_format.type", "invalid_value")]
    [InlineData("""{"messages":[{"role":"robot","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"video"}]}]}""", "messages[0].content[0].type", "invalid_value")]
    public void A_faulty_request_names_the_parameter(string members, string param, string? code)
    {
        var error = Chat.Refusal(members);
        Assert.Equal((400, param, code), (error.Status, error.Param, error.Code));
    }

    [Fact]
    public void The_words_of_a_wrong_role_are_the_originals() => Assert.Equal(
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
        Chat.Refusal("""{"messages":[{"role":"robot","content":"x"}]}""").Message);

    [Theory]
    [InlineData("""{"n":1,"logprobs":false,"top_logprobs":0,"modalities":["text"],"stop":null,"max_tokens":null,"audio":null,"tools":null,"tool_choice":null,"response_format":null}""")]
    [InlineData("""{"stream_options":{"include_usage":true,"include_obfuscation":false}}""")]
    public void Harmless_values_pass(string members) => Chat.Body(members);

    [Fact]
    public void Everything_without_a_meaning_upstream_stays_here()
    {
        var body = Chat.Body("""
            {"temperature":1,"top_p":1,"presence_penalty":1,"frequency_penalty":1,"seed":1,"logit_bias":{},"prediction":{},"user":"u","safety_identifier":"s",
            "metadata":{"a":"b"},"moderation":{},"prompt_cache_options":{},"prompt_cache_retention":"24h","max_tokens":5,"stop":"x","stream_options":{},"wat":1}
            """);
        Assert.Equal(11, body.EnumerateObject().Count());
    }

    [Fact]
    public void An_unknown_member_is_noted_once()
    {
        var (_, context, _) = Chat.Convert("""{"wat":1,"temperature":1}""");
        Assert.Equal(["wat"], context!.Unknown);
    }

    [Theory]
    [InlineData("""{"max_tokens":7}""", 7)]
    [InlineData("""{"max_tokens":7,"max_completion_tokens":9}""", 9)]
    [InlineData("{}", null)]
    public void The_token_limit_is_ours_to_keep(string members, int? limit) => Assert.Equal(limit, Chat.Convert(members).Context!.MaxTokens);

    [Theory]
    [InlineData("""{"stop":"END"}""", "END")]
    [InlineData("""{"stop":["a","","b"]}""", "a,b")]
    [InlineData("""{"stop":""}""", "")]
    public void Stop_sequences_are_ours_to_keep(string members, string stops) =>
        Assert.Equal(stops, string.Join(',', Chat.Convert(members).Context!.StopSequences));

    [Theory]
    [InlineData("""{"reasoning_effort":"high"}""", "high")]
    [InlineData("""{"reasoning_effort":"none"}""", "low")]
    [InlineData("""{"reasoning_effort":"max"}""", "xhigh")]
    [InlineData("{}", "medium")]
    [InlineData("""{"reasoning":{"effort":"low"}}""", "low")]
    [InlineData("""{"reasoning":{"max_tokens":40000}}""", "xhigh")]
    [InlineData("""{"reasoning":{"max_tokens":2000}}""", "low")]
    [InlineData("""{"reasoning":{"enabled":false}}""", "low")]
    public void The_effort_is_clamped(string members, string effort) =>
        Assert.Equal(effort, Chat.Body(members).GetProperty("reasoning").GetProperty("effort").GetString());

    [Theory]
    [InlineData("""{"reasoning":{"effort":"low"}}""", true)]
    [InlineData("""{"include_reasoning":true}""", true)]
    [InlineData("""{"messages":[{"role":"assistant","content":"a","reasoning_details":[]},{"role":"user","content":"b"}]}""", true)]
    [InlineData("""{"reasoning":{"effort":"low","exclude":true}}""", false)]
    [InlineData("""{"reasoning":{"enabled":false}}""", false)]
    [InlineData("""{"reasoning_effort":"high"}""", false)]
    public void A_summary_is_asked_for_where_the_client_can_show_it(string members, bool asked)
    {
        var (body, context, _) = Chat.Convert(members);
        Assert.Equal(asked, body.GetProperty("reasoning").TryGetProperty("summary", out _));
        Assert.Equal(asked ? ThinkingDisplay.Shown : ThinkingDisplay.Hidden, context!.Thinking);
    }

    [Theory]
    [InlineData("""{"verbosity":"high"}""", "high")]
    [InlineData("""{"verbosity":"shrill"}""", "low")]
    [InlineData("{}", "low")]
    public void The_verbosity_goes_to_models_that_know_it(string members, string verbosity)
    {
        Assert.Equal(verbosity, Chat.Body(members, Verbose).GetProperty("text").GetProperty("verbosity").GetString());
        Assert.False(Chat.Body(members).TryGetProperty("text", out _));
    }

    [Fact]
    public void Plain_text_is_no_format() => Assert.False(Chat.Body("""{"response_format":{"type":"text"}}""").TryGetProperty("text", out _));

    [Theory]
    [InlineData("give me jSoN")]
    [InlineData("a JSON list")]
    public void The_word_is_not_repeated_for_json_objects(string text) =>
        Is(Chat.Body($$"""{"response_format":{"type":"json_object"},"messages":[{"role":"user","content":"{{text}}"}]}"""), "instructions", "\"\"");

    [Fact]
    public void A_schema_format_keeps_its_description_and_the_wish_for_strictness()
    {
        var format = Chat.Body("""
            {"response_format":{"type":"json_schema","json_schema":{"name":"n","description":"D","strict":true,"schema":{"$schema":"x","type":"object","properties":{"a":{"type":"string"}}}}}}
            """).GetProperty("text").GetProperty("format");
        Is(format, "description", "\"D\"");
        Is(format, "strict", "true");
        Is(format, "schema", """{"type":"object","properties":{"a":{"type":"string"}}}""");
    }

    [Fact]
    public void A_schema_format_is_not_strict_unless_asked() =>
        Is(Chat.Body("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}""").GetProperty("text").GetProperty("format"), "strict", "false");

    [Fact]
    public void A_strict_tool_stays_strict_where_the_schema_allows_it()
    {
        var tools = Chat.Body("""
            {"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},
            {"type":"function","function":{"name":"g","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"string"}}}}},
            {"type":"function","function":{"name":"h"}}]}
            """).GetProperty("tools");
        Assert.Equal([true, false, false], tools.EnumerateArray().Select(static tool => tool.GetProperty("strict").GetBoolean()));
        Is(tools[2], "parameters", """{"type":"object","properties":{}}""");
    }

    [Fact]
    public void A_custom_tool_without_format_takes_text() =>
        Is(Chat.Body("""{"tools":[{"type":"custom","custom":{"name":"p","description":"D"}}]}"""), "tools", """[{"type":"custom","name":"p","description":"D","format":{"type":"text"}}]""");

    [Fact]
    public void A_long_tool_name_is_shortened_everywhere()
    {
        var name = new string('n', 70);
        var shortened = ToolNames.Short(name);
        var (body, context, _) = Chat.Convert($$$"""
            {"tools":[{"type":"function","function":{"name":"{{{name}}}"}}],"tool_choice":{"type":"function","function":{"name":"{{{name}}}"}},
            "messages":[{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"{{{name}}}","arguments":""}}]}]}
            """);
        Assert.Equal(shortened, body.GetProperty("tools")[0].GetProperty("name").GetString());
        Assert.Equal(shortened, body.GetProperty("tool_choice").GetProperty("name").GetString());
        Assert.Equal(shortened, body.GetProperty("input")[0].GetProperty("name").GetString());
        Assert.Equal(name, context!.ToolNames[shortened].Name);
    }

    [Theory]
    [InlineData("""{"tool_choice":"none"}""", "\"none\"")]
    [InlineData("""{"tool_choice":"required"}""", "\"required\"")]
    [InlineData("""{"tool_choice":{"type":"custom","custom":{"name":"p"}}}""", """{"type":"custom","name":"p"}""")]
    [InlineData("""{"tool_choice":{"type":"function","name":"f"}}""", """{"type":"function","name":"f"}""")]
    [InlineData("""{"function_call":"none"}""", "\"none\"")]
    [InlineData("""{"function_call":"auto"}""", "\"auto\"")]
    [InlineData("""{"function_call":{"name":"f"}}""", """{"type":"function","name":"f"}""")]
    public void The_choice_in_either_dialect(string members, string choice) => Is(Chat.Body(members), "tool_choice", choice);

    [Theory]
    [InlineData("{}", true, true)]
    [InlineData("{}", false, false)]
    [InlineData("""{"parallel_tool_calls":false}""", true, false)]
    [InlineData("""{"parallel_tool_calls":true}""", true, true)]
    [InlineData("""{"parallel_tool_calls":true}""", false, true)]
    [InlineData("""{"functions":[{"name":"f"}]}""", true, false)]
    public void Parallel_calls(string members, bool profile, bool parallel) =>
        Assert.Equal(parallel, Chat.Body(members, Converted.Profile with { Parallel = profile }).GetProperty("parallel_tool_calls").GetBoolean());

    [Fact]
    public void Web_search_becomes_the_hosted_tool()
    {
        var body = Chat.Body("""{"web_search_options":{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"country":"DE","city":"Ulm"}}}}""");
        Is(body, "tools", """[{"type":"web_search","external_web_access":true,"search_context_size":"low","user_location":{"type":"approximate","country":"DE","city":"Ulm"}}]""");
        Is(body, "include", """["reasoning.encrypted_content","web_search_call.action.sources"]""");
    }

    [Theory]
    [InlineData("priority", true)]
    [InlineData("fast", true)]
    [InlineData("flex", false)]
    [InlineData("auto", false)]
    [InlineData("default", false)]
    public void Only_the_priority_tier_is_sent(string tier, bool sent)
    {
        Assert.Equal(sent, Chat.Body($$"""{"service_tier":"{{tier}}"}""").TryGetProperty("service_tier", out var value) && value.ValueEquals("priority"));
        Assert.False(Chat.Body($$"""{"service_tier":"{{tier}}"}""", Converted.Profile with { PriorityTier = false }).TryGetProperty("service_tier", out _));
    }

    [Theory]
    [InlineData(true, "flex")]
    [InlineData(false, null)]
    public void The_flex_tier_is_sent_to_a_model_that_has_it(bool listed, string? sent)
    {
        var body = Chat.Body("""{"service_tier":"flex"}""", Converted.Profile with { FlexTier = listed });
        Assert.Equal(sent, body.TryGetProperty("service_tier", out var tier) ? tier.GetString() : null);
    }

    [Fact]
    public void The_cache_key_is_the_clients_or_made_from_the_beginning()
    {
        Is(Chat.Body("""{"prompt_cache_key":"mine"}"""), "prompt_cache_key", "\"mine\"");
        var hashed = Chat.Body($$"""{"prompt_cache_key":"{{new string('k', 65)}}"}""").GetProperty("prompt_cache_key").GetString()!;
        Assert.Matches("^[0-9a-f]{64}$", hashed);
        var first = Chat.Body("{}").GetProperty("prompt_cache_key").GetString();
        var longer = Chat.Body("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"a"},{"role":"user","content":"b"}]}""");
        Is(longer, "prompt_cache_key", $"\"{first}\"");
        Assert.NotEqual(first, Chat.Body("""{"messages":[{"role":"user","content":"Ho"}]}""").GetProperty("prompt_cache_key").GetString());
    }

    [Fact]
    public void The_lite_lane_moves_instructions_and_tools_into_the_input()
    {
        var body = Chat.Body(
            """{"messages":[{"role":"system","content":"S"},{"role":"user","content":"u"}],"tools":[{"type":"function","function":{"name":"f"}}]}""",
            Converted.Profile with { Lite = true });
        Assert.False(body.TryGetProperty("instructions", out _));
        Assert.False(body.TryGetProperty("tools", out _));
        Assert.Equal("additional_tools", body.GetProperty("input")[0].GetProperty("type").GetString());
        Assert.Equal("S", body.GetProperty("input")[1].GetProperty("content")[0].GetProperty("text").GetString());
        Is(body, "parallel_tool_calls", "false");
        Is(body.GetProperty("reasoning"), "context", "\"all_turns\"");
    }

    [Fact]
    public void A_refused_member_is_left_out()
    {
        var options = Converted.Options with { Refused = new HashSet<string> { "instructions", "parallel_tool_calls", "prompt_cache_key", "service_tier" } };
        var body = Chat.Body("""{"messages":[{"role":"system","content":"S"},{"role":"user","content":"u"}],"service_tier":"priority"}""", options: options);
        Is(body, "instructions", "\"\"");
        Assert.Equal("developer", body.GetProperty("input")[0].GetProperty("role").GetString());
        foreach (var name in new[] { "parallel_tool_calls", "prompt_cache_key", "service_tier" }) Assert.False(body.TryGetProperty(name, out _), name);
    }

    private static void Is(JsonElement element, string member, string json) => Converted.Same(JsonElement.Parse(json), element.GetProperty(member));
}
