using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>System text, the order of items, compaction and endings.</summary>
public sealed class ConversationTests
{
    private const string Own = "cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6W119.gAAAAABexample0001";

    [Theory]
    [InlineData("""null""", "")]
    [InlineData("""[]""", "")]
    [InlineData("\" \\n\\u00a0\"", "")]
    [InlineData("""[{"type":"text","text":"a","citations":null},{"type":"text","text":""},{"type":"text","text":"b"}]""", "a\n\nb")]
    [InlineData("\" \\n x-anthropic-billing-header: a=1;\\r\\n  Keep\"", "  Keep")]
    [InlineData("\"x-anthropic-billing-header: a=1; \\\"q\\\" \\\\n;\\nKeep\"", "Keep")]
    [InlineData("\"x-anthropic-billing-header: a=1\"", "")]
    [InlineData("\"See x-anthropic-billing-header: a\"", "See x-anthropic-billing-header: a")]
    [InlineData("\"gr\\u00f6\\u00dfe \\u003cb\\u003e \ud83d\ude00 \\/\"", "größe <b> 😀 /")]
    public void System_text_becomes_instructions(string system, string instructions) =>
        Assert.Equal(instructions, Converted.Of($$"""{"system":{{system}}}""").Text("/instructions"));

    [Fact]
    public void What_the_client_escaped_stays_escaped_and_what_it_did_not_stays_plain()
    {
        var converted = Converted.Of("""{"system":"\u00f6\/ö","messages":[{"role":"user","content":"\u003c<😀\u0000"}]}""");
        Assert.Contains("\"instructions\":\"\\u00f6\\/ö\"", converted.Bytes, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"\\u003c<😀\\u0000\"", converted.Bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_string_and_the_one_block_with_the_same_text_give_the_same_bytes()
    {
        var strings = Converted.Of("""{"system":"s","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"system","content":"c"},{"role":"user","content":"d"}]}""");
        var blocks = Converted.Of(
            """
            {"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[
              {"role":"user","content":[{"type":"text","text":"a"}]},
              {"role":"assistant","content":[{"cache_control":{"type":"ephemeral","ttl":"1h"},"text":"b","type":"text"}]},
              {"role":"system","content":[{"type":"text","text":"c"}]},
              {"role":"user","content":[{"type":"text","text":"d","cache_control":{"type":"ephemeral"}}]}]}
            """);
        Assert.Equal(strings.Bytes, blocks.Bytes);
    }

    [Fact]
    public void A_billing_line_in_the_middle_of_the_conversation_is_removed_too() =>
        Converted.Of("""{"messages":[{"role":"user","content":"a"},{"role":"system","content":"x-anthropic-billing-header: cch=1\nrule"}]}""")
            .Is("/input/1/content", """[{"type":"input_text","text":"rule"}]""");

    [Fact]
    public void A_system_message_of_several_blocks_is_one_developer_message()
    {
        var converted = Converted.Of("""{"messages":[{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":" "},{"type":"text","text":"b"}]},{"role":"user","content":"c"}]}""");
        converted.Is("/input/0", """{"type":"message","role":"developer","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]}""");
        Assert.True(converted.Context!.EndsWithUserMessage);
    }

    [Theory]
    [InlineData("never")]
    [InlineData("later")]
    public void Other_values_of_clear_at_keep_the_message(string clearAt) =>
        Assert.Equal(3, Converted.Of($$"""{"messages":[{"role":"user","content":"a"},{"role":"system","content":"x","clear_at":"{{clearAt}}"},{"role":"user","content":"c"}]}""").Input.GetArrayLength());

    [Fact]
    public void A_message_to_clear_stays_until_the_next_user_message() =>
        Assert.Equal(2, Converted.Of("""{"messages":[{"role":"user","content":"a"},{"role":"system","content":"x","clear_at":"next_user_message"}]}""").Input.GetArrayLength());

    [Fact]
    public void Null_and_missing_content_are_empty()
    {
        var converted = Converted.Of("""{"messages":[{"role":"user","content":null},{"role":"assistant"},{"role":"user","content":"a"}]}""");
        Assert.Equal(1, converted.Input.GetArrayLength());
    }

    [Fact]
    public void A_conversation_may_begin_with_the_assistant() =>
        Converted.Of("""{"messages":[{"role":"assistant","content":"hello"},{"role":"user","content":"a"}]}""").Is("/input/0/role", "\"assistant\"");

    [Fact]
    public void A_result_in_front_of_its_call_answers_nothing()
    {
        var converted = Converted.Of(
            """
            {"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"early"}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"late"}]}]}
            """);
        converted.Is("/input", """[{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":"late"}]""");
    }

    [Fact]
    public void An_orphaned_result_keeps_its_images_and_files()
    {
        var converted = Converted.Of(
            """
            {"messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"tool_result","tool_use_id":"Z.1","is_error":true,"content":[
              {"type":"text","text":"one"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"text","text":"two"},
              {"type":"document","title":"r.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}]}]}]}
            """);
        converted.Is("/input/0/content",
            """
            [{"type":"input_text","text":"see"},
             {"type":"input_text","text":"[Result of tool call Z.1, whose call is not part of this conversation]\n[tool error]\none\ntwo\n[document \"r.pdf\" attached below]"},
             {"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="},
             {"type":"input_text","text":"Attachment of tool call Z_1_36a8ffd0ea9ad9ba:"},
             {"type":"input_file","filename":"r.pdf","file_data":"data:application/pdf;base64,JVBERg=="}]
            """.Replace("Z_1_36a8ffd0ea9ad9ba", CallId.Of("Z.1"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"type":"text","text":"b"}""", "final_answer")]
    [InlineData("""{"type":"text","text":"b"},{"type":"tool_use","id":"A","name":"f","input":{}}""", "commentary")]
    [InlineData("""{"type":"text","text":"b"},{"type":"thinking","thinking":"x","signature":"E"}""", "commentary")]
    [InlineData("""{"type":"text","text":"b"},{"type":"thinking","thinking":"x","signature":"E"},{"type":"text","text":""}""", "commentary")]
    [InlineData("""{"type":"thinking","thinking":"x","signature":"E"},{"type":"text","text":"b"}""", "final_answer")]
    [InlineData("""{"type":"text","text":"b"},{"type":"server_tool_use","id":"s","name":"web_search","input":{}}""", "commentary")]
    public void The_phase_of_assistant_text_follows_from_what_comes_behind_it(string blocks, string phase)
    {
        var converted = Converted.OfAssistant(blocks, Converted.Profile with { Phases = true });
        converted.Is("/input/0", $$"""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"}],"phase":"{{phase}}"}""");
        Assert.False(Converted.OfAssistant(blocks).At("/input/0").TryGetProperty("phase", out _));
    }

    [Fact]
    public void Runs_on_both_sides_of_a_call_have_phases_of_their_own()
    {
        var converted = Converted.OfAssistant(
            """{"type":"text","text":"a"},{"type":"tool_use","id":"A","name":"f","input":{}},{"type":"text","text":"b"}""",
            Converted.Profile with { Phases = true });
        converted.Is("/input/0/phase", "\"commentary\"");
        converted.Is("/input/2/phase", "\"final_answer\"");
        converted.Is("/input/3/type", "\"function_call_output\"");
    }

    [Fact]
    public void Our_own_compaction_replaces_everything_before_it()
    {
        var converted = Converted.Of(
            """
            {"messages":[{"role":"user","content":"old"},{"role":"assistant","content":[{"type":"text","text":"gone"},
            {"type":"compaction","content":null,"encrypted_content":"cx1.gAAAAABcompacted1"},{"type":"text","text":"x"}]},{"role":"user","content":"new"}]}
            """);
        converted.Is("/input",
            """
            [{"type":"compaction","encrypted_content":"gAAAAABcompacted1"},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"x"}]},
             {"type":"message","role":"user","content":[{"type":"input_text","text":"new"}]}]
            """);
    }

    [Fact]
    public void Of_a_damaged_compaction_of_ours_the_summary_is_left() =>
        Converted.OfAssistant("""{"type":"compaction","content":"SUM","encrypted_content":"cx1.gAAAAAB damaged here"}""")
            .Is("/input/0", """{"type":"message","role":"user","content":[{"type":"input_text","text":"Summary of the conversation so far:\nSUM"}]}""");

    [Fact]
    public void A_compaction_that_holds_nothing_usable_is_ignored()
    {
        var converted = Converted.OfAssistant("""{"type":"compaction","content":null,"encrypted_content":"Eabc"},{"type":"text","text":"x"}""");
        converted.Is("/input/0/content", """[{"type":"output_text","text":"x"}]""");
        Assert.Equal(2, converted.Input.GetArrayLength());
    }

    [Fact]
    public void Thinking_that_was_compacted_away_does_not_count_among_the_turns_to_keep()
    {
        var turn = $$"""{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"{{Own}}"},{"type":"text","text":"b"}]},{"role":"user","content":"c"}""";
        var converted = Converted.Of(
            $$"""
            {"messages":[{{turn}},{{turn}},{{turn}},{"role":"assistant","content":[{"type":"compaction","content":"SUM"}]},{{turn}},{{turn}},{{turn}}],
            "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":2} }]} }
            """);
        Assert.Equal(
            ["message", "message", "message", "reasoning", "message", "message", "reasoning", "message", "message"],
            converted.Input.EnumerateArray().Select(static item => item.GetProperty("type").GetString()));
    }

    [Fact]
    public void What_stands_in_front_of_a_compaction_is_not_continued()
    {
        var converted = Converted.Of(
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"old"},{"type":"compaction","content":"SUM"},{"type":"text","text":"new"}]}]}""");
        Assert.Equal("new", converted.Context!.Prefill);
        var ended = Converted.Of("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"old"},{"type":"compaction","content":"SUM"}]}]}""");
        Assert.Null(ended.Context!.Prefill);
        Assert.Equal(1, ended.Input.GetArrayLength());
    }

    [Fact]
    public void A_result_whose_call_was_compacted_away_becomes_text()
    {
        var converted = Converted.Of(
            """
            {"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}},{"type":"compaction","content":"SUM"}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"r"}]}]}
            """);
        converted.Is("/input/1/content/0/text", "\"[Result of tool call A, whose call is not part of this conversation]\\nr\"");
    }

    [Fact]
    public void Old_thinking_is_cleared_as_far_as_the_client_asks()
    {
        var turn = $$"""{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"{{Own}}"},{"type":"text","text":"b"}]},{"role":"user","content":"c"}""";
        string Members(string edits) => $$"""{"messages":[{{turn}},{"role":"assistant","content":"x"},{"role":"user","content":"y"},{{turn}},{{turn}}],"context_management":{"edits":[{{edits}}]} }""";
        int Reasoning(string edits) => Converted.Of(Members(edits)).Input.EnumerateArray().Count(static item => item.GetProperty("type").GetString() == "reasoning");

        Assert.Equal(3, Reasoning(""));
        Assert.Equal(3, Reasoning("""{"type":"clear_thinking_20251015","keep":"all"}"""));
        Assert.Equal(3, Reasoning("""{"type":"clear_thinking_20251015"}"""));
        Assert.Equal(2, Reasoning("""{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":2}}"""));
        Assert.Equal(0, Reasoning("""{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":0}}"""));
        Assert.Equal(3, Reasoning("""{"type":"clear_tool_uses_20250919"},{"type":"compact_20260112"}"""));
        Assert.Equal(["clear_all_2030"], Converted.Of(Members("""{"type":"clear_all_2030"}""")).Context!.Unknown);
    }

    [Fact]
    public void A_prefill_is_trimmed_and_remembered()
    {
        var converted = Converted.Of("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"The answer\\n is"},{"type":"text","text":" \n "}]}]}""");
        converted.Is("/input/1/content", """[{"type":"output_text","text":"The answer\\n is"}]""");
        Assert.Equal("The answer\\n is", converted.Context!.Prefill);
        Assert.Equal("{", Converted.Of("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"{ \n"}]}""").Context!.Prefill);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":" "}""")]
    [InlineData("""{"role":"assistant","content":[{"type":"text","text":"x"},{"type":"tool_use","id":"A","name":"f","input":{}}]}""")]
    [InlineData("""{"role":"assistant","content":"x"},{"role":"system","content":"y"}""")]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":""}]}""")]
    public void Other_endings_are_no_prefill(string ending)
    {
        var converted = Converted.Of($$"""{"messages":[{"role":"user","content":"a"},{{ending}}]}""", options: Converted.Options with { EmulatePrefill = false });
        Assert.Null(converted.Error);
        Assert.Null(converted.Context!.Prefill);
    }

    [Fact]
    public void A_prefill_can_be_refused() =>
        Converted.Of("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"{"}]}""", options: Converted.Options with { EmulatePrefill = false })
            .IsRefused("This model does not support assistant message prefill. The conversation must end with a user message.");

    [Fact]
    public void White_space_counts_only_when_there_is_nothing_else()
    {
        Converted.Of("""{"messages":[{"role":"user","content":" \n"}]}""").Is("/input", """[{"type":"message","role":"user","content":[{"type":"input_text","text":" \n"}]}]""");
        Converted.Of("""{"messages":[{"role":"user","content":" "},{"role":"user","content":[{"type":"text","text":"\t"},{"type":"text","text":"a"}]}]}""")
            .Is("/input", """[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"}]}]""");
    }

    [Theory]
    [InlineData("""{"role":"user","content":"a"}""", true)]
    [InlineData("""{"role":"user","content":"a"},{"role":"system","content":"b"}""", true)]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"1"}]}""", false)]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":"1"},{"type":"text","text":"b"}]}""", true)]
    public void The_context_knows_whether_the_user_spoke_last(string messages, bool user) =>
        Assert.Equal(user, Converted.Of($$"""{"messages":[{{messages}}]}""").Context!.EndsWithUserMessage);
}
