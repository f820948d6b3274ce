using System.Text.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Tools that Anthropic defines and the client carries out: their names, inputs and toolsets.</summary>
public sealed class ClientToolsTests
{
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
            converted.ToolNames);
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
        Assert.Equal("computer__wait", converted.ToolNames.Split(',')[^1]);
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
        var names = converted.ToolNames.Split(',');
        Assert.Equal("computer__wait", names[^1]);
        Assert.DoesNotContain("wait", names);
        Assert.DoesNotContain("computer__zoom", names);
    }
}
