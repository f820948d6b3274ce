using System.Text.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Tools, the choice among them, and their names.</summary>
public sealed class ToolsTests
{
    private const string Schema = """{"type":"object","properties":{}}""";

    private static string Function(string name, string more = "") => $$"""{"name":"{{name}}","input_schema":{{Schema}}{{more}}}""";

    [Theory]
    [InlineData("""{"tools":{}}""", "tools: Input should be a valid list")]
    [InlineData("""{"tools":["f"]}""", "tools.0: Input should be a valid dictionary")]
    [InlineData("""{"tools":[{"name":"a"},{"input_schema":{}}]}""", "tools.1.name: Field required")]
    [InlineData("""{"tools":[{"name":""}]}""", "tools.0.name: Field required")]
    [InlineData("""{"tools":[{"name":"f","input_schema":[]}]}""", "tools.0.input_schema: Input should be a valid dictionary")]
    [InlineData("""{"tools":[{"name":"f","input_schema":false}]}""", "tools.0.input_schema: Input should be a valid dictionary")]
    [InlineData("""{"tools":[{"name":"bash"},{"type":"bash_20250124","name":"bash"}]}""", "tools: Tool names must be unique.")]
    [InlineData("""{"tools":[{"name":"f","description":"a"},{"name":"f","description":"b"}]}""", "tools: Tool names must be unique.")]
    [InlineData("""{"tools":[{"type":"mcp_toolset","mcp_server_name":"m"}]}""", "tools.0.type: 'mcp_toolset' is not supported by this server")]
    [InlineData("""{"tools":[{"name":"f"},{"type":"web_fetch_20250910","name":"web_fetch"}],"tool_choice":{"type":"tool","name":"web_fetch"}}""", "tools.1.type: 'web_fetch_20250910' is not supported by this server")]
    [InlineData("""{"tools":[{"type":"code_execution_20250825","name":"code_execution"}],"tool_choice":{"type":"any"}}""", "tool_choice: no tools were provided")]
    [InlineData("""{"tool_choice":{"type":"tool","name":"x"}}""", "tool_choice: no tools were provided")]
    [InlineData("""{"tools":[{"name":"f"}],"tool_choice":{"type":"tool"}}""", "tool_choice.name: Field required")]
    [InlineData("""{"tools":[{"name":"f"}],"tool_choice":{"type":"some"}}""", "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")]
    public void Tools_nobody_can_carry_are_refused(string members, string message) => Converted.Of(members).IsRefused(message);

    [Fact]
    public void A_name_may_have_128_characters_and_no_more()
    {
        Assert.Null(Converted.Of($$"""{"tools":[{"name":"{{new string('n', 128)}}"}]}""").Error);
        Converted.Of($$"""{"tools":[{"name":"{{new string('n', 129)}}"}]}""").IsRefused("tools.0.name: String should have at most 128 characters");
    }

    [Fact]
    public void Equal_definitions_of_one_name_are_one_tool() =>
        Assert.Equal("f,g", Converted.Of($$"""{"tools":[{{Function("f")}},{{Function("g")}},{{Function("f", ",\"cache_control\":{\"type\":\"ephemeral\"}")}}]}""").ToolNames);

    [Theory]
    [InlineData("""{"name":"f","type":null,"input_schema":{}}""")]
    [InlineData("""{"name":"f","type":"custom","input_schema":true}""")]
    [InlineData("""{"name":"f","type":"novelty_20300101","input_schema":null}""")]
    [InlineData("""{"name":"f","allowed_callers":["direct","code_execution_20260120"],"eager_input_streaming":true,"cache_control":{"type":"ephemeral"}}""")]
    [InlineData("""{"name":"f","description":null,"strict":false}""")]
    public void What_a_tool_says_beyond_the_essential_is_not_sent(string tool)
    {
        var converted = Converted.Of($$"""{"tools":[{{tool}}]}""");
        if (tool.Contains("novelty", StringComparison.Ordinal)) converted.Is("/tools", "[]");
        else converted.Is("/tools", """[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}]""");
    }

    [Fact]
    public void An_unknown_type_with_a_schema_is_a_custom_tool() =>
        Assert.Equal("f", Converted.Of("""{"tools":[{"name":"f","type":"novelty_20300101","input_schema":{}}]}""").ToolNames);

    [Fact]
    public void The_answer_side_learns_what_the_tools_are()
    {
        var facts = Converted.Of("""{"tools":[{"name":"a","input_schema":{"type":"string"}},{"name":"b","eager_input_streaming":true},{"type":"computer_toolset_20260801"}]}""").Context!.Tools;
        Assert.True(facts["a"].Wrapped);
        Assert.Equal("""{"type":"string"}""", facts["a"].Schema.GetRawText());
        Assert.False(facts["a"].EagerStreaming);
        Assert.True(facts["b"].EagerStreaming);
        Assert.Equal(JsonValueKind.Undefined, facts["b"].Schema.ValueKind);
        Assert.True(facts.ContainsKey("computer__left_click"));
    }

    [Fact]
    public void Examples_are_limited()
    {
        string Description(string examples) => Converted.Of($$"""{"tools":[{"name":"f","input_examples":[{{examples}}]}]}""").Text("/tools/0/description");
        Assert.Equal("Example inputs:\n{\"a\":1}\n2\n3\n4\n5", Description("{ \"a\": 1 },2,3,4,5,6"));
        Assert.Equal("Example inputs:\n\"short\"", Description($"\"short\",\"{new string('x', 2_000)}\",\"y\""));
        Assert.False(Converted.Of("""{"tools":[{"name":"f","input_examples":[]}]}""").At("/tools/0").TryGetProperty("description", out _));
    }

    [Fact]
    public void A_tool_of_the_request_is_not_defined_anew_by_the_conversation()
    {
        var converted = Converted.Of(
            $$$"""
            {"tools":[{{{Function("f")}}}],"messages":[{"role":"user","content":"a"},{"role":"system","content":[
            {"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"f","description":"another","input_schema":{} } } }]}]}
            """);
        converted.Is("/tools", $$"""[{"type":"function","name":"f","parameters":{{Schema}},"strict":false}]""");
    }

    [Theory]
    [InlineData("web_fetch_20250910", "web_fetch")]
    [InlineData("code_execution_20250825", "code_execution")]
    [InlineData("advisor_20260301", "advisor")]
    [InlineData("novelty_20300101", "novelty")]
    public void A_server_tool_that_cannot_be_carried_is_dropped_and_announced_or_refused(string type, string name)
    {
        var members = $$"""{"tools":[{"name":"f"},{"type":"{{type}}","name":"{{name}}"}]}""";
        var converted = Converted.Of(members);
        Assert.Equal("f", converted.ToolNames);
        Assert.Equal([name], converted.Context!.DroppedTools);
        Converted.Of(members, options: Converted.Options with { StrictServerTools = true }).IsRefused($"tools.1.type: '{type}' is not supported by this server");
    }

    [Theory]
    [InlineData("tool_search_tool_bm25_20251119")]
    [InlineData("tool_search_tool_regex")]
    public void With_a_search_on_the_server_all_deferred_tools_are_sent(string type)
    {
        var converted = Converted.Of(
            $$"""{"tools":[{"type":"{{type}}","name":"tool_search"},{{Function("a", ",\"defer_loading\":true")}},{{Function("b")}}]}""",
            options: Converted.Options with { StrictServerTools = true });
        Assert.Equal("a,b", converted.ToolNames);
        Assert.DoesNotContain("defer_loading", converted.Bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void Deferred_tools_are_loaded_by_everything_that_names_them()
    {
        string[] deferred = ["called", "referenced", "found", "added", "removed", "chosen", "unused"];
        var converted = Converted.Of(
            $$"""
            {"tools":[{{Function("plain")}},{{string.Join(',', deferred.Select(static name => Function(name, ",\"defer_loading\":true")))}},{{Function("withdrawn")}}],
            "tool_choice":{"type":"tool","name":"chosen"},
            "messages":[{"role":"user","content":"a"},
              {"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"tool_search_tool_bm25","input":{} },
                {"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference","tool_name":"found"}]} },
                {"type":"tool_use","id":"A","name":"called","input":{} }]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":[{"type":"tool_reference","tool_name":"referenced"},{"type":"tool_reference","tool_name":"nowhere"}]}]},
              {"role":"system","content":[
                {"type":"tool_addition","tool":{"type":"tool_reference","name":"added"} },
                {"type":"tool_addition","tool":{"type":"tool_reference","name":"removed"} },
                {"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"defined","input_schema":{} } } },
                {"type":"tool_removal","tool":{"type":"tool_reference","name":"removed"} },
                {"type":"tool_removal","tool":{"type":"tool_reference","name":"withdrawn"} }]}]}
            """);
        Assert.Equal("plain,found,called,referenced,added,defined,chosen", converted.ToolNames);
    }

    [Theory]
    [InlineData("", "f")]
    [InlineData("+d", "f,d")]
    [InlineData("+d +n", "f,d,n")]
    [InlineData("+n +d", "f,n,d")]
    [InlineData("+d -d", "f")]
    [InlineData("+n -n", "f")]
    [InlineData("+d +n -d +d", "f,n,d")]
    [InlineData("-f", "")]
    [InlineData("-f +f", "f")]
    public void The_conversation_adds_and_removes_tools(string changes, string names)
    {
        var blocks = changes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static change => change == "+n"
            ? """{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"n","input_schema":{}}}}"""
            : $$"""{"type":"{{(change[0] == '+' ? "tool_addition" : "tool_removal")}}","tool":{"type":"tool_reference","name":"{{change[1..]}}"} }""");
        Assert.Equal(names, Converted.Of(
            $$"""{"tools":[{{Function("d", ",\"defer_loading\":true")}},{{Function("f")}}],"messages":[{"role":"user","content":"a"},{"role":"system","content":[{{string.Join(',', blocks)}}]}]}""").ToolNames);
    }

    [Fact]
    public void The_tool_list_only_grows_at_its_end()
    {
        string Conversation(int references) => $$"""
            {"tools":[{{Function("z", ",\"defer_loading\":true")}},{{Function("a", ",\"defer_loading\":true")}},{{Function("f")}}],"messages":[
            {"role":"user","content":[{{string.Join(',', new[] { "a", "z" }.Take(references).Select(static name => $$"""{"type":"tool_reference","tool_name":"{{name}}"},"""))}}{"type":"text","text":"x"}]}]}
            """.Replace(",,", ",", StringComparison.Ordinal);
        Assert.Equal("f", Converted.Of(Conversation(0)).ToolNames);
        Assert.Equal("f,a", Converted.Of(Conversation(1)).ToolNames);
        Assert.Equal("f,a,z", Converted.Of(Conversation(2)).ToolNames);
    }

    [Theory]
    [InlineData("""{"type":"auto"}""", "\"auto\"", true, false)]
    [InlineData("\"auto\"", "\"auto\"", true, false)]
    [InlineData("\"any\"", "\"required\"", true, false)]
    [InlineData("\"required\"", "\"required\"", true, false)]
    [InlineData("\"none\"", "\"none\"", true, false)]
    [InlineData("""{"type":"any"}""", "\"required\"", true, false)]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""", "\"auto\"", false, true)]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":false}""", "\"auto\"", true, false)]
    [InlineData("""{"type":"tool","name":"f"}""", """{"type":"function","name":"f"}""", true, false)]
    [InlineData("""{"type":"tool","name":"f","disable_parallel_tool_use":true}""", """{"type":"function","name":"f"}""", false, true)]
    public void The_choice_of_tools(string choice, string sent, bool parallel, bool serial)
    {
        var converted = Converted.Of($$"""{"tools":[{{Function("f")}},{{Function("g")}}],"tool_choice":{{choice}}}""");
        converted.Is("/tool_choice", sent);
        Assert.Equal(parallel, converted.At("/parallel_tool_calls").GetBoolean());
        Assert.Equal(serial, converted.Context!.Serial);
        Assert.Equal("f,g", converted.ToolNames);
    }

    [Fact]
    public void A_model_without_parallel_calls_is_not_asked_for_them() =>
        Converted.Of("{}", Converted.Profile with { Parallel = false }).Is("/parallel_tool_calls", "false");

    [Fact]
    public void A_refused_object_form_becomes_the_only_tool_of_the_list()
    {
        var converted = Converted.Of(
            $$"""{"tools":[{{Function("f")}},{{Function("g")}}],"tool_choice":{"type":"tool","name":"g"} }""",
            options: Converted.Options with { Refused = new HashSet<string> { "tool_choice" } });
        converted.Is("/tool_choice", "\"required\"");
        Assert.Equal("g", converted.ToolNames);
    }

    [Theory]
    [InlineData("plain-Name_1", "plain-Name_1")]
    [InlineData("mcp__größe", "mcp__gr__e_45d02f6d")]
    [InlineData("größe", "gr__e_d353a267")]
    public void A_name_the_backend_would_refuse_gets_a_short_form(string name, string expected) => Assert.Equal(expected, ToolNames.Short(name));

    [Fact]
    public void Names_that_differ_find_their_way_back_from_tools_and_history()
    {
        var converted = Converted.Of($$"""{"tools":[{{Function("my.tool")}},{{Function("ok")}}],"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"old.tool","input":{} }]},{"role":"user","content":"x"}]}""");
        Assert.Equal(
            new Dictionary<string, ClientToolName> { [ToolNames.Short("my.tool")] = new("my.tool"), [ToolNames.Short("old.tool")] = new("old.tool") },
            converted.Context!.ToolNames);
    }

    [Fact]
    public void A_name_that_looks_like_the_short_form_of_another_keeps_its_own()
    {
        var taken = ToolNames.Short("my.tool");
        foreach (var order in new[] { new[] { "my.tool", taken }, [taken, "my.tool"] })
        {
            var names = new ToolNames();
            foreach (var name in order) names.Add(name);
            Assert.Equal(taken, names.Upstream(taken));
            Assert.Equal(ToolNames.Short("my.tool", digits: 16), names.Upstream("my.tool"));
            Assert.Equal(new ClientToolName("my.tool"), names.Differing[names.Upstream("my.tool")]);
            Assert.Single(names.Differing);
        }
    }

    [Fact]
    public void Two_names_with_one_short_form_both_get_the_longer_one()
    {
        const string One = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn11656", Other = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn19633";
        Assert.Equal(ToolNames.Short(One), ToolNames.Short(Other));
        foreach (var order in new[] { new[] { One, Other }, [Other, One] })
        {
            var names = new ToolNames();
            foreach (var name in order) names.Add(name);
            Assert.Equal(One[..47] + "_862781268a03f853", names.Upstream(One));
            Assert.Equal(Other[..47] + "_86278126d04a5206", names.Upstream(Other));
            foreach (var name in order) Assert.Equal(new ClientToolName(name), names.Differing[names.Upstream(name)]);
        }
    }

    [Theory]
    [InlineData("""{"tools":[{"name":"f"}]}""", true)]
    [InlineData("""{"tools":[{"name":"f"}],"tool_choice":{"type":"any"}}""", false)]
    [InlineData("""{"tools":[{"name":"f"}],"tool_choice":{"type":"tool","name":"f"}}""", false)]
    [InlineData("""{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", false)]
    [InlineData("""{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}""", false)]
    public void A_lite_model_uses_the_full_lane_where_the_lite_one_lacks_something(string members, bool lite)
    {
        var profile = Converted.Profile with { Lite = true };
        Assert.Equal(lite, Converted.Of(members, profile).Context!.Lite);
        Assert.True(Converted.Of(members, profile, Converted.Options with { Lite = true }).Context!.Lite);
        Assert.False(Converted.Of(members, profile, Converted.Options with { Lite = false }).Context!.Lite);
    }

    [Fact]
    public void In_the_lite_lane_a_forced_function_is_the_only_one_and_a_hosted_search_is_left_out()
    {
        var lite = Converted.Options with { Lite = true };
        var forced = Converted.Of($$"""{"tools":[{{Function("f")}},{{Function("g")}}],"tool_choice":{"type":"tool","name":"g"} }""", options: lite);
        forced.Is("/input/0/tools", """[{"type":"function","name":"g","parameters":{"type":"object","properties":{}},"strict":false}]""");
        var search = Converted.Of("""{"tools":[{"name":"f"},{"type":"web_search_20250305","name":"web_search","max_uses":3}]}""", options: lite);
        Assert.DoesNotContain("web searches", search.Bytes, StringComparison.Ordinal);
        Assert.Equal(1, search.At("/input/0/tools").GetArrayLength());
        Assert.Null(search.Context!.WebSearch);
        search.Is("/include", """["reasoning.encrypted_content"]""");
        var none = Converted.Of("""{"tools":[{"name":"f"}],"tool_choice":{"type":"none"}}""", options: lite);
        none.Is("/input/0/role", "\"user\"");
    }

    [Fact]
    public void The_lite_lane_needs_neither_tools_nor_instructions() =>
        Converted.Of("{}", Converted.Profile with { Lite = true }).Is("/input", """[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}]""");
}
