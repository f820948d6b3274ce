using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>The conversation, row by row of its tables.</summary>
public sealed class ChatMessagesTests
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    [Fact]
    public void Leading_parts_and_messages_are_joined() => Assert.Equal("a\n\nb\n\nc", Chat.Body("""
        {"messages":[{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"developer","content":"c"},{"role":"user","content":"u"}]}
        """).GetProperty("instructions").GetString());

    [Fact]
    public void A_conversation_of_nothing_but_instructions_is_answered() =>
        Is("""[{"role":"system","content":"Say hi"}]""", """[{"type":"message","role":"developer","content":[{"type":"input_text","text":"Say hi"}]}]""");

    [Fact]
    public void Nothing_at_all_is_refused() =>
        Assert.Equal("messages: at least one message with content is required", Chat.Refusal("""{"messages":[{"role":"user","content":""}]}""").Message);

    [Fact]
    public void An_assistant_speaks_refuses_and_calls_in_this_order() => Is(
        """
        [{"role":"assistant","content":[{"type":"text","text":"t"},{"type":"refusal","refusal":"r"}],"tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"A","content":"1"}]
        """,
        """
        [{"type":"message","role":"assistant","content":[{"type":"output_text","text":"t"},{"type":"refusal","refusal":"r"}]},
        {"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":"1"}]
        """);

    [Fact]
    public void A_refusal_beside_the_content_is_a_part() => Is(
        """[{"role":"assistant","content":null,"refusal":"no"},{"role":"user","content":"u"}]""",
        """[{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"no"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"u"}]}]""");

    [Fact]
    public void Outputs_follow_their_calls_in_the_order_of_the_calls() => Is(
        """
        [{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"B","type":"custom","custom":{"name":"p","input":"x"}}]},
        {"role":"tool","tool_call_id":"B","content":"2"},{"role":"user","content":"u"},{"role":"tool","tool_call_id":"A","content":"1"}]
        """,
        """
        [{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"B","name":"p","input":"x"},
        {"type":"function_call_output","call_id":"A","output":"1"},{"type":"custom_tool_call_output","call_id":"B","output":"2"},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"u"}]}]
        """);

    [Fact]
    public void A_missing_result_is_made_up_an_orphan_is_text_and_a_second_one_is_dropped() => Is(
        """
        [{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"B","type":"function","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"A","content":"1"},{"role":"tool","tool_call_id":"A","content":"again"},{"role":"tool","tool_call_id":"Z","content":"z"}]
        """,
        """
        [{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call","call_id":"B","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"A","output":"1"},{"type":"function_call_output","call_id":"B","output":"[No result was recorded for this tool call.]"},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"[Result of tool call Z, whose call is not part of this conversation]\nz"}]}]
        """);

    [Fact]
    public void Functions_of_the_old_kind_pair_by_name()
    {
        var input = Input("""
            [{"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"},
            {"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"2"},{"role":"function","name":"g","content":"3"}]
            """);
        Assert.Equal(["1", "2"], input.EnumerateArray().Where(static i => i.GetProperty("type").ValueEquals("function_call_output")).Select(static i => i.GetProperty("output").GetString()));
        Assert.NotEqual(input[0].GetProperty("call_id").GetString(), input[2].GetProperty("call_id").GetString());
        Assert.StartsWith("[Result of tool call g", input[4].GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"x": 1}""", """{"x": 1}""")]
    [InlineData("", "{}")]
    [InlineData("plain", """{"input":"plain"}""")]
    [InlineData("[1]", """{"input":"[1]"}""")]
    public void Arguments_stay_as_they_are_where_they_are_an_object(string arguments, string sent)
    {
        var input = Input($$$"""[{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":{{{JsonValue.Create(arguments).ToJsonString()}}}}}]}]""");
        Assert.Equal(sent, input[0].GetProperty("arguments").GetString());
    }

    [Fact]
    public void An_id_the_backend_refuses_is_shortened_for_call_and_output()
    {
        var id = new string('i', 80);
        var input = Input($$$"""[{"role":"assistant","tool_calls":[{"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"{{{id}}}","content":"1"}]""");
        Assert.Equal(CallId.Of(id), input[0].GetProperty("call_id").GetString());
        Assert.Equal(CallId.Of(id), input[1].GetProperty("call_id").GetString());
        Assert.Equal("1", input[1].GetProperty("output").GetString());
    }

    [Fact]
    public void Images_keep_their_detail_in_the_normal_lane()
    {
        var messages = $$$"""[{"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,{{{Png}}}","detail":"low"}},{"type":"image_url","image_url":"https://a.example/b.png"}]}]""";
        Is(messages, $$"""[{"type":"message","role":"user","content":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"data:image/png;base64,{{Png}}","detail":"low"},{"type":"input_image","image_url":"https://a.example/b.png"}]}]""");
        var lite = Chat.Body($$"""{"messages":{{messages}}}""", Converted.Profile with { Lite = true }).GetProperty("input")[0].GetProperty("content");
        Assert.False(lite[1].TryGetProperty("detail", out _));
        Assert.Equal("[image: https://a.example/b.png]", lite[2].GetProperty("text").GetString());
    }

    [Fact]
    public void A_model_without_eyes_gets_a_note()
    {
        var body = Chat.Body($$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Png}}}"}}]}]}""", Converted.Profile with { Images = false });
        Assert.Equal("[image omitted: the model does not accept images]", body.GetProperty("input")[0].GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void An_image_in_a_tools_output_makes_it_a_list()
    {
        var output = Input($$$"""
            [{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"A","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Png}}}"}}]}]
            """)[1].GetProperty("output");
        Assert.Equal(["input_text", "input_image"], output.EnumerateArray().Select(static part => part.GetProperty("type").GetString()));
    }

    [Fact]
    public void Files_get_a_name_and_a_data_address() => Is(
        """[{"role":"user","content":[{"type":"file","file":{"file_data":"JVBERi0="}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]}]""",
        """
        [{"type":"message","role":"user","content":[{"type":"input_file","filename":"document-1.pdf","file_data":"data:application/pdf;base64,JVBERi0="},
        {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}]}]
        """);

    [Fact]
    public void A_file_in_a_tools_output_follows_in_the_next_user_message() => Is(
        """
        [{"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"A","content":[{"type":"file","file":{"file_data":"JVBERi0="}}]},{"role":"user","content":"u"}]
        """,
        """
        [{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":"[document \"document-1.pdf\" attached below]"},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"Attachment of tool call A:"},
        {"type":"input_file","filename":"document-1.pdf","file_data":"data:application/pdf;base64,JVBERi0="},{"type":"input_text","text":"u"}]}]
        """);

    [Fact]
    public void A_stored_file_is_refused() =>
        Assert.Equal("file_id is not supported", Chat.Refusal("""{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]}""").Message);

    [Fact]
    public void The_phase_of_an_assistants_text_is_inferred_where_the_model_wants_it()
    {
        var input = Chat.Body(
            """{"messages":[{"role":"assistant","content":"a","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"assistant","content":"b"}]}""",
            Converted.Profile with { Phases = true }).GetProperty("input");
        Assert.Equal("commentary", input[0].GetProperty("phase").GetString());
        Assert.Equal("final_answer", input[3].GetProperty("phase").GetString());
    }

    [Fact]
    public void Our_reasoning_comes_back_in_front_of_what_it_led_to()
    {
        var encrypted = "gAAAAABcdefghijklmnop"u8;
        using var signature = new PooledBuffer();
        Assert.True(ReasoningSignature.TryWriteSignature(signature, "rs_1"u8, "ba36a4ed", "gpt-5.6", [5, 3], encrypted));
        var mine = Encoding.ASCII.GetString(signature.Written);
        var messages = $$$"""
            [{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.summary","summary":"first\n\ntwo","id":"rs_1","index":0},
            {"type":"reasoning.encrypted","data":"{{{mine}}}","id":"rs_1","index":0},{"type":"reasoning.encrypted","data":"somebody else's","index":1}]},{"role":"user","content":"u"}]
            """;
        var (body, context, _) = Chat.Convert($$"""{"messages":{{messages}}}""");
        Converted.Same(
            JsonElement.Parse("""{"type":"reasoning","summary":[{"type":"summary_text","text":"first"},{"type":"summary_text","text":"two"}],"encrypted_content":"gAAAAABcdefghijklmnop"}"""),
            body.GetProperty("input")[0]);
        Assert.Equal([ReasoningSignature.HashOf(encrypted)], context!.ReasoningHashes);
        Assert.Equal(2, Chat.Body($$"""{"messages":{{messages}}}""", options: Converted.Options with { AccountMark = "another1" }).GetProperty("input").GetArrayLength());
        Assert.Equal(2, Chat.Body($$"""{"messages":{{messages}}}""", options: Converted.Options with { WithoutReasoning = true }).GetProperty("input").GetArrayLength());
    }

    private static JsonElement Input(string messages) => Chat.Body($$"""{"messages":{{messages}}}""").GetProperty("input");

    private static void Is(string messages, string input) => Converted.Same(JsonElement.Parse(input), Input(messages));
}
