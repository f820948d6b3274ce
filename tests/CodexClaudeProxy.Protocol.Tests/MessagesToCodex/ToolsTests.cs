using System.Text.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Tools, the choice among them, their names, and the web search.</summary>
public sealed class ToolsTests
{
    private const string Schema = """{"type":"object","properties":{}}""";

    private static string Function(string name, string more = "") => $$"""{"name":"{{name}}","input_schema":{{Schema}}{{more}}}""";

    private static string Names(Converted converted) => string.Join(',', converted.At("/tools").EnumerateArray().Select(static tool => tool.GetProperty("name").GetString()));

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
        Assert.Equal("f,g", Names(Converted.Of($$"""{"tools":[{{Function("f")}},{{Function("g")}},{{Function("f", ",\"cache_control\":{\"type\":\"ephemeral\"}")}}]}""")));

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
        Assert.Equal("f", Names(Converted.Of("""{"tools":[{"name":"f","type":"novelty_20300101","input_schema":{}}]}""")));

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

    [Theory]
    [InlineData("bash_20241022", "bash")]
    [InlineData("bash_20250124", "bash")]
    [InlineData("text_editor_20241022", "str_replace_editor")]
    [InlineData("text_editor_20250124", "str_replace_editor")]
    [InlineData("text_editor_20250429", "str_replace_based_edit_tool")]
    [InlineData("text_editor_20250728", "str_replace_based_edit_tool")]
    [InlineData("computer_20241022", "computer")]
    [InlineData("computer_20250124", "computer")]
    [InlineData("computer_20251124", "computer")]
    [InlineData("memory_20250818", "memory")]
    public void Tools_Anthropic_defines_get_their_name_and_a_schema(string type, string name)
    {
        var converted = Converted.Of($$"""{"tools":[{"type":"{{type}}","name":"{{name}}","display_width_px":1024,"display_height_px":768,"max_characters":900}]}""");
        Assert.Equal(name, converted.Text("/tools/0/name"));
        Assert.Equal("object", converted.Text("/tools/0/parameters/type"));
        Assert.NotEmpty(converted.Text("/tools/0/description"));
        converted.Is("/tools/0/strict", "false");
        if (name == "computer") Assert.Contains("Screen: 1024x768 px", converted.Text("/tools/0/description"), StringComparison.Ordinal);
        if (type == "text_editor_20250728") Assert.Contains("900", converted.Text("/tools/0/description"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash_20250124", "command:string restart:boolean")]
    [InlineData("text_editor_20241022", "command!:string path!:string file_text:string old_str:string new_str:string insert_line:integer view_range:2×integer")]
    [InlineData("text_editor_20250124", "command!:string path!:string file_text:string old_str:string new_str:string insert_line:integer view_range:2×integer")]
    [InlineData("text_editor_20250429", "command!:string path!:string file_text:string old_str:string new_str:string insert_line:integer view_range:2×integer insert_text:string")]
    [InlineData("text_editor_20250728", "command!:string path!:string file_text:string old_str:string new_str:string insert_line:integer view_range:2×integer insert_text:string")]
    [InlineData("computer_20241022", "action!:string coordinate:2×integer text:string")]
    [InlineData("computer_20250124", "action!:string coordinate:2×integer text:string start_coordinate:2×integer duration:number scroll_direction:string scroll_amount:integer")]
    [InlineData("computer_20251124", "action!:string coordinate:2×integer text:string start_coordinate:2×integer duration:number scroll_direction:string scroll_amount:integer")]
    [InlineData("memory_20250818", "command!:string path:string file_text:string old_str:string new_str:string insert_line:integer view_range:2×integer insert_text:string old_path:string new_path:string")]
    public void They_have_these_inputs(string type, string inputs) =>
        Assert.Equal(inputs, Inputs(Converted.Of($$"""{"tools":[{"type":"{{type}}","name":"x"}]}""").At("/tools/0/parameters")));

    /// <summary>The inputs of a function in short, the required ones with an exclamation mark.</summary>
    private static string Inputs(JsonElement parameters)
    {
        string[] required = parameters.TryGetProperty("required", out var names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];
        return string.Join(' ', parameters.GetProperty("properties").EnumerateObject().Select(input => $"{input.Name}{(required.Contains(input.Name) ? "!" : "")}:{Kind(input.Value)}"));
    }

    private static string Kind(JsonElement schema)
    {
        if (schema.TryGetProperty("anyOf", out var choices)) return string.Join('/', choices.EnumerateArray().Select(Kind));
        var type = schema.GetProperty("type");
        if (type.ValueKind == JsonValueKind.Array) return string.Join('|', type.EnumerateArray().Select(static one => one.GetString()));
        if (type.ValueEquals("array")) return (schema.TryGetProperty("minItems", out var count) ? $"{count}×" : "*") + Kind(schema.GetProperty("items"));
        return type.ValueEquals("object") ? schema.GetProperty("properties").GetProperty("type").GetProperty("enum")[0].GetString()! : type.GetString()!;
    }

    [Theory]
    [InlineData("text_editor_20250124", "/tools/0/parameters/properties/command/enum", """["view","create","str_replace","insert","undo_edit"]""")]
    [InlineData("text_editor_20250728", "/tools/0/parameters/properties/command/enum", """["view","create","str_replace","insert"]""")]
    [InlineData("text_editor_20250728", "/tools/0/parameters/required", """["command","path"]""")]
    [InlineData("memory_20250818", "/tools/0/parameters/properties/command/enum", """["view","create","str_replace","insert","delete","rename"]""")]
    [InlineData("memory_20250818", "/tools/0/parameters/required", """["command"]""")]
    [InlineData("computer_20241022", "/tools/0/parameters/properties/action/enum", """["key","type","mouse_move","left_click","left_click_drag","right_click","middle_click","double_click","screenshot","cursor_position"]""")]
    [InlineData("computer_20250124", "/tools/0/parameters/properties/action/enum", """["key","type","mouse_move","left_click","left_click_drag","right_click","middle_click","double_click","screenshot","cursor_position","left_mouse_down","left_mouse_up","scroll","hold_key","wait","triple_click"]""")]
    public void Their_inputs_are_exactly_what_the_client_understands(string type, string at, string value) =>
        Converted.Of($$"""{"tools":[{"type":"{{type}}","name":"x"}]}""").Is(at, value);

    [Fact]
    public void Zoom_is_offered_only_when_it_is_enabled()
    {
        var with = Converted.Of("""{"tools":[{"type":"computer_20251124","name":"computer","enable_zoom":true}]}""");
        Assert.Contains("zoom", with.At("/tools/0/parameters/properties/action/enum").GetRawText(), StringComparison.Ordinal);
        with.Is("/tools/0/parameters/properties/region/minItems", "4");
        var without = Converted.Of("""{"tools":[{"type":"computer_20251124","name":"computer"}]}""");
        Assert.DoesNotContain("zoom", without.Bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_toolset_becomes_one_function_for_each_enabled_member()
    {
        var converted = Converted.Of("""{"tools":[{"type":"computer_toolset_20260801","configs":{"zoom":{"enabled":false},"wait":null}}],"tool_choice":{"type":"tool","name":"left_click","toolset_name":"computer"}}""");
        Assert.Equal(
            "computer__key,computer__hold_key,computer__type,computer__cursor_position,computer__mouse_move,computer__left_mouse_down,computer__left_mouse_up," +
            "computer__left_click,computer__right_click,computer__middle_click,computer__double_click,computer__triple_click,computer__left_click_drag,computer__scroll,computer__wait,computer__screenshot",
            Names(converted));
        Assert.Equal(new ClientToolName("left_click", "computer"), converted.Context!.ToolNames["computer__left_click"]);
        converted.Is("/tool_choice", """{"type":"function","name":"computer__left_click"}""");
        Assert.Equal(
            """
            key text!:string repeat:integer
            hold_key text!:string duration!:number
            type text!:string
            cursor_position
            mouse_move coordinate!:2×integer
            left_mouse_down
            left_mouse_up
            left_click coordinate:2×integer text:string
            right_click coordinate:2×integer text:string
            middle_click coordinate:2×integer text:string
            double_click coordinate:2×integer text:string
            triple_click coordinate:2×integer text:string
            left_click_drag start_coordinate!:2×integer coordinate!:2×integer text:string
            scroll scroll_direction!:string scroll_amount!:integer coordinate:2×integer text:string
            wait duration!:number
            screenshot
            zoom region!:4×integer
            """,
            Members("computer"));
    }

    /// <summary>The members of a toolset with their inputs, one a line.</summary>
    private static string Members(string toolset) => string.Join('\n', Converted.Of($$"""{"tools":[{"type":"{{toolset}}_toolset_20260801"}]}""").At("/tools").EnumerateArray().Select(tool =>
        $"{tool.GetProperty("name").GetString()![(toolset.Length + 2)..]} {Inputs(tool.GetProperty("parameters"))}".TrimEnd()));

    [Fact]
    public void The_browser_has_31_members()
    {
        var converted = Converted.Of("""{"tools":[{"type":"browser_toolset_20260801"}]}""");
        Assert.Equal(31, converted.At("/tools").GetArrayLength());
        Assert.All(converted.At("/tools").EnumerateArray(), static tool => Assert.StartsWith("browser__", tool.GetProperty("name").GetString(), StringComparison.Ordinal));
        Assert.Equal(
            """
            navigate url!:string tab_id:string
            list_tabs tab_id:string
            new_tab
            switch_tab tab_id!:string
            close_tab tab_id!:string
            read_page depth:integer filter:string ref:string tab_id:string
            get_page_text tab_id:string
            read_console tab_id:string
            read_network tab_id:string
            find query!:string tab_id:string
            form_input target!:ref value!:string|number|boolean tab_id:string
            file_upload target!:ref paths:*string document_ids:*string tab_id:string
            scroll_to target!:ref tab_id:string
            screenshot tab_id:string
            zoom region!:4×integer tab_id:string
            left_click target!:ref/coordinate modifiers:string tab_id:string
            right_click target!:ref/coordinate modifiers:string tab_id:string
            middle_click target!:ref/coordinate modifiers:string tab_id:string
            double_click target!:ref/coordinate modifiers:string tab_id:string
            triple_click target!:ref/coordinate modifiers:string tab_id:string
            hover target!:ref/coordinate tab_id:string
            left_click_drag from!:coordinate target!:coordinate tab_id:string
            left_mouse_down target!:coordinate tab_id:string
            left_mouse_up target!:coordinate tab_id:string
            mouse_move target!:coordinate tab_id:string
            scroll target!:coordinate scroll_direction!:string scroll_amount:integer tab_id:string
            type text!:string tab_id:string
            key text!:string repeat:integer tab_id:string
            hold_key text!:string duration!:number tab_id:string
            wait duration!:number tab_id:string
            javascript_exec text!:string tab_id:string
            """,
            Members("browser"));
    }

    [Fact]
    public void Deferred_toolset_members_wait_for_a_reference()
    {
        var converted = Converted.Of(
            """
            {"tools":[{"type":"computer_toolset_20260801","configs":{"zoom":{"defer_loading":true},"wait":{"defer_loading":true}}}],
            "messages":[{"role":"user","content":[{"type":"tool_reference","tool_name":"computer__wait"},{"type":"text","text":"a"}]}]}
            """);
        Assert.Equal("computer__wait", Names(converted).Split(',')[^1]);
        Assert.DoesNotContain("computer__zoom", converted.Bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_toolset_member_that_was_called_is_loaded_and_no_function_of_its_name()
    {
        var converted = Converted.Of(
            """
            {"tools":[{"type":"computer_toolset_20260801","configs":{"zoom":{"defer_loading":true},"wait":{"defer_loading":true}}},{"name":"wait","defer_loading":true}],
            "messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"wait","toolset_name":"computer","input":{"duration":1}}]}]}
            """);
        var names = Names(converted).Split(',');
        Assert.Equal("computer__wait", names[^1]);
        Assert.DoesNotContain("wait", names);
        Assert.DoesNotContain("computer__zoom", names);
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
        Assert.Equal("f", Names(converted));
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
        Assert.Equal("a,b", Names(converted));
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
        Assert.Equal("plain,found,called,referenced,added,defined,chosen", Names(converted));
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
        Assert.Equal(names, Names(Converted.Of(
            $$"""{"tools":[{{Function("d", ",\"defer_loading\":true")}},{{Function("f")}}],"messages":[{"role":"user","content":"a"},{"role":"system","content":[{{string.Join(',', blocks)}}]}]}""")));
    }

    [Fact]
    public void The_tool_list_only_grows_at_its_end()
    {
        string Conversation(int references) => $$"""
            {"tools":[{{Function("z", ",\"defer_loading\":true")}},{{Function("a", ",\"defer_loading\":true")}},{{Function("f")}}],"messages":[
            {"role":"user","content":[{{string.Join(',', new[] { "a", "z" }.Take(references).Select(static name => $$"""{"type":"tool_reference","tool_name":"{{name}}"},"""))}}{"type":"text","text":"x"}]}]}
            """.Replace(",,", ",", StringComparison.Ordinal);
        Assert.Equal("f", Names(Converted.Of(Conversation(0))));
        Assert.Equal("f,a", Names(Converted.Of(Conversation(1))));
        Assert.Equal("f,a,z", Names(Converted.Of(Conversation(2))));
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
        Assert.Equal("f,g", Names(converted));
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
        Assert.Equal("g", Names(converted));
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
    [InlineData("web_search_20250305")]
    [InlineData("web_search_20260209")]
    [InlineData("web_search_20260318")]
    [InlineData("web_search_20300101")]
    public void Web_search_of_every_date_is_hosted(string type)
    {
        var converted = Converted.Of(
            $$$"""{"tools":[{"type":"{{{type}}}","name":"web_search","user_location":{"type":"approximate","city":"Berlin","country":"DE","region":null},"blocked_domains":["*.Bad.com","http://x.org/a?b","bad.com"],"response_inclusion":"x","allowed_callers":["code_execution_20260120"],"strict":true}]}""");
        converted.Is("/tools", """[{"type":"web_search","external_web_access":true,"filters":{"blocked_domains":["bad.com","x.org"]},"user_location":{"type":"approximate","country":"DE","city":"Berlin"}}]""");
        var facts = converted.Context!.WebSearch!;
        Assert.Equal(["bad.com", "x.org"], facts.BlockedDomains);
        Assert.False(facts.Forced);
        Assert.Null(facts.MaxUses);
        Assert.Equal("", converted.Standalone);
    }

    [Fact]
    public void A_hundred_domains_are_enough()
    {
        var domains = string.Join(',', Enumerable.Range(0, 150).Select(static n => $"\"d{n}.com\""));
        Assert.Equal(100, Converted.Of($$"""{"tools":[{"type":"web_search_20250305","name":"web_search","allowed_domains":[{{domains}}]}]}""").At("/tools/0/filters/allowed_domains").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"type":"any"}""", true)]
    [InlineData("""{"type":"tool","name":"web_search"}""", true)]
    [InlineData("""{"type":"auto"}""", false)]
    public void A_search_that_must_happen_can_stand_alone(string choice, bool forced)
    {
        var members = $$"""{"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}],"tool_choice":{{choice}},"messages":[{"role":"user","content":"news of today"}]}""";
        var converted = Converted.Of(members);
        Assert.Equal(forced, converted.Context!.WebSearch!.Forced);
        Assert.Equal(2, converted.Context.WebSearch.MaxUses);
        Assert.Equal(forced, converted.Standalone.Contains("\"q\":\"news of today\"", StringComparison.Ordinal));
        Assert.Equal("", Converted.Of(members, options: Converted.Options with { Search = SearchRoute.Hosted }).Standalone);
    }

    [Fact]
    public void A_standalone_search_is_told_the_last_exchange()
    {
        var converted = Converted.Of(
            """
            {"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"any"},"messages":[
            {"role":"user","content":"one"},{"role":"assistant","content":"two"},{"role":"user","content":"three"},{"role":"system","content":"s"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":""},{"type":"text","text":"four"}]},
            {"role":"user","content":[{"type":"text","text":"Perform a web search for the query: "},{"type":"text","text":"five"}]}]}
            """, hints: new ClientHints { SessionId = "s-1" });
        Assert.StartsWith(
            """
            {"id":"s-1","model":"gpt-5.6","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"three"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"four"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"Perform a web search for the query: \nfive"}]}],"commands":{"search_query":[{"q":"five"}]}
            """.Trim(), converted.Standalone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_tool_defined_in_the_conversation_can_stand_alone_too()
    {
        var converted = Converted.Of(
            """
            {"tool_choice":{"type":"any"},"messages":[
            {"role":"system","content":[{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"web_search_20250305","name":"web_search","blocked_domains":["a.com"]}}}]},
            {"role":"user","content":"news"}]}
            """);
        Assert.Contains("\"blocked_domains\":[\"a.com\"]", converted.Standalone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_without_a_query_stays_hosted()
    {
        var converted = Converted.Of("""{"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"Perform a web search for the query: "}]}""");
        Assert.Equal("", converted.Standalone);
        converted.Is("/tool_choice", "\"required\"");
    }

    [Fact]
    public void Refused_sources_are_not_asked_for_again() =>
        Converted.Of("""{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", options: Converted.Options with { Refused = new HashSet<string> { "include" } })
            .Is("/include", """["reasoning.encrypted_content"]""");

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
