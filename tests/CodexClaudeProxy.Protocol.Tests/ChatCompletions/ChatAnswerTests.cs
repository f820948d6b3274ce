using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>The answer, row by row of its tables.</summary>
public sealed class ChatAnswerTests
{
    private static readonly ChatForm WithDetails = new() { ReasoningDetails = true };

    [Fact]
    public void A_whole_answer()
    {
        byte[] created = UpstreamScript.Event("response.created", ("response", JsonNode.Parse("""{"id":"resp_0a1b","created_at":1764000000}""")));
        var events = Script("""[["text",0,"Hi"],["completed",{"usage":{"input_tokens":1224,"input_tokens_details":{"cached_tokens":1024},"output_tokens":57,"output_tokens_details":{"reasoning_tokens":32},"total_tokens":1281}}]]""").Skip(1);
        var (answer, _) = Chat.Complete(SampleTurn.Context(), events.Prepend(created));
        Converted.Same(
            JsonElement.Parse("""
                {"id":"chatcmpl-0a1b","object":"chat.completion","created":1764000000,"model":"claude-sonnet-4-5","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1224,"completion_tokens":57,"total_tokens":1281,"prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":32,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default"}
                """),
            answer);
    }

    [Fact]
    public void The_chunks_in_full()
    {
        byte[] created = UpstreamScript.Event("response.created", ("response", JsonNode.Parse("""{"id":"resp_0a1b","created_at":1764000000}""")));
        var events = Script("""[["text",0,"Hi"],["done",1,{"type":"function_call","call_id":"A","name":"f","arguments":""}],["completed",{"usage":{"input_tokens":1,"output_tokens":2}}]]""").Skip(1);
        const string head = """{"id":"chatcmpl-0a1b","object":"chat.completion.chunk","created":1764000000,"model":"claude-sonnet-4-5","choices":[""";
        const string rest = ""","logprobs":null,"finish_reason":null}],"usage":null}""";
        Assert.Equal(
            [
                head + """{"index":0,"delta":{"role":"assistant","content":"","refusal":null}""" + rest,
                head + """{"index":0,"delta":{"content":"Hi"}""" + rest,
                head + """{"index":0,"delta":{"tool_calls":[{"index":0,"id":"A","type":"function","function":{"name":"f","arguments":""}}]}""" + rest,
                head + """{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}""" + rest,
                head + """{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}""",
                head + """],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}""",
                "\"[DONE]\"",
            ],
            Chat.Stream(SampleTurn.Context(), events.Prepend(created), new ChatForm { IncludeUsage = true }).Select(static chunk => chunk.ToJsonString()));
    }

    [Fact]
    public void Messages_are_set_apart_and_parts_are_not() =>
        Assert.Equal("ab\n\nc", Message("""[["text",0,"a",0],["text",0,"b",1],["done",0,{"type":"message"}],["text",1,"c"],["completed",{}]]""").GetProperty("content").GetString());

    [Fact]
    public void Without_text_the_content_is_null()
    {
        var message = Message("""[["done",0,{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":1}"}],["completed",{}]]""");
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
        Converted.Same(JsonElement.Parse("""[{"id":"A","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]"""), message.GetProperty("tool_calls"));
    }

    [Fact]
    public void A_custom_call_keeps_its_text()
    {
        const string script = """[["added",0,{"type":"custom_tool_call","call_id":"A","name":"p"}],["done",0,{"type":"custom_tool_call","call_id":"A","name":"p","input":"not \"json\""}],["completed",{}]]""";
        Converted.Same(JsonElement.Parse("""[{"id":"A","type":"custom","custom":{"name":"p","input":"not \"json\""}}]"""), Message(script).GetProperty("tool_calls"));
        var chunks = Chat.Stream(SampleTurn.Context(), Script(script));
        Assert.Equal("""[{"index":0,"id":"A","type":"custom","custom":{"name":"p","input":""}}]""", Delta(chunks[1])["tool_calls"]!.ToJsonString());
        Assert.Equal("not \"json\"", Delta(chunks[2])["tool_calls"]![0]!["custom"]!["input"]!.GetValue<string>());
    }

    [Fact]
    public void A_call_that_ends_twice_is_told_once()
    {
        const string script = """
            [["done",0,{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":1}"}],["done",0,{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":1}"}],["completed",{}]]
            """;
        Assert.Equal("""{"a":1}""", Message(script).GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal(5, Chat.Stream(SampleTurn.Context(), Script(script)).Count);
    }

    [Fact]
    public void A_function_of_the_old_kind_is_called_in_the_old_way()
    {
        var form = new ChatForm { LegacyFunctions = true };
        var script = Script("""[["done",0,{"type":"function_call","call_id":"A","name":"f","arguments":"{}"}],["done",1,{"type":"function_call","call_id":"B","name":"g","arguments":"{}"}],["completed",{}]]""").ToList();
        var (answer, _) = Chat.Complete(SampleTurn.Context(serial: true), script, form);
        Converted.Same(JsonElement.Parse("""{"name":"f","arguments":"{}"}"""), answer.GetProperty("choices")[0].GetProperty("message").GetProperty("function_call"));
        Assert.Equal("function_call", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        var chunks = Chat.Stream(SampleTurn.Context(serial: true), script, form);
        Assert.Equal(["""{"function_call":{"name":"f","arguments":""}}""", """{"function_call":{"arguments":"{}"}}"""], chunks[1..3].Select(static c => Delta(c).ToJsonString()));
    }

    [Theory]
    [InlineData("""[["text",0,"a"],["completed",{}]]""", "stop")]
    [InlineData("""[["text",0,"a"],["incomplete",{"incomplete_details":{"reason":"max_output_tokens"}}]]""", "length")]
    [InlineData("""[["text",0,"a"],["incomplete",{"incomplete_details":{"reason":"content_filter"}}]]""", "content_filter")]
    [InlineData("""[["refusal",0,"no"],["incomplete",{"incomplete_details":{"reason":"content_filter"}}]]""", "content_filter")]
    [InlineData("""[["failed",{"code":"cyber_policy","message":"no"}]]""", "content_filter")]
    [InlineData("""[["refusal",0,"no"],["completed",{}]]""", "stop")]
    [InlineData("""[["text",0,"a"],["done",1,{"type":"function_call","call_id":"A","name":"f","arguments":"{}"}],["completed",{}]]""", "tool_calls")]
    [InlineData("""[["completed",{}]]""", "stop")]
    public void The_finish_reason(string script, string reason)
    {
        var (answer, _) = Chat.Complete(SampleTurn.Context(), Script(script));
        Assert.Equal(reason, answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public void Our_own_stop_and_limit_have_their_reasons()
    {
        var script = Script("""[["text",0,"one two END three"],["completed",{}]]""").ToList();
        var (stopped, _) = Chat.Complete(SampleTurn.Context(stops: ["END"]), script);
        Assert.Equal(("one two ", "stop"), (Text(stopped), Reason(stopped)));
        var (cut, _) = Chat.Complete(SampleTurn.Context(max: 2), script);
        Assert.Equal(("one two", "length"), (Text(cut), Reason(cut)));

        static string? Text(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        static string? Reason(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString();
    }

    [Fact]
    public void An_open_call_is_finished_when_the_text_beside_it_is_stopped()
    {
        var chunks = Chat.Stream(SampleTurn.Context(stops: ["END"]), Script("""
            [["added",1,{"type":"function_call","call_id":"A","name":"f"}],["text",0,"a END b"],["added",2,{"type":"function_call","call_id":"B","name":"g"}],
            ["done",1,{"type":"function_call","call_id":"A","name":"f","arguments":"{\"x\":1}"}],["completed",{}]]
            """));
        Assert.Contains(chunks, static chunk => chunk.ToJsonString().Contains("{\\u0022x\\u0022:1}", StringComparison.Ordinal));
        Assert.DoesNotContain(chunks, static chunk => chunk.ToJsonString().Contains("\"B\"", StringComparison.Ordinal));
        Assert.Equal("[DONE]", chunks[^1].GetValue<string>());
    }

    [Fact]
    public void A_refusal_stands_in_its_own_field()
    {
        var message = Message("""[["refusal",0,"no"],["completed",{}]]""");
        Assert.Equal("no", message.GetProperty("refusal").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
        Assert.Equal("no", Delta(Chat.Stream(SampleTurn.Context(), Script("""[["refusal",0,"no"],["completed",{}]]"""))[1])["refusal"]!.GetValue<string>());
    }

    [Fact]
    public void Citations_count_from_the_start_of_the_message()
    {
        const string script = """
            [["text",0,"ab"],["ann",0,{"type":"url_citation","url":"https://a.example","title":"A","start_index":0,"end_index":1}],["done",0,{"type":"message"}],
            ["text",1,"cd"],["ann",1,{"type":"url_citation","url":"https://a.example","title":"A","start_index":1,"end_index":2}],["completed",{}]]
            """;
        const string annotations = """
            [{"type":"url_citation","url_citation":{"url":"https://a.example","title":"A","start_index":0,"end_index":1}},
            {"type":"url_citation","url_citation":{"url":"https://a.example","title":"A","start_index":5,"end_index":6}}]
            """;
        Converted.Same(JsonElement.Parse(annotations), Message(script).GetProperty("annotations"));
        var chunks = Chat.Stream(SampleTurn.Context(), Script(script));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(annotations), Delta(chunks[^3])["annotations"]));
    }

    [Fact]
    public void A_citation_that_is_told_three_times_is_listed_once()
    {
        const string annotation = """{"type":"url_citation","url":"https://a.example","title":"A","start_index":0,"end_index":1}""";
        var script = UpstreamScript.Raw(
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"ab"}""",
            $$"""{"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{{annotation}}}""",
            $$$"""{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"output_text","text":"ab","annotations":[{{{annotation}}}]}}""",
            """{"type":"response.output_text.delta","output_index":0,"content_index":1,"delta":"cd"}""",
            $$$"""{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"ab","annotations":[{{{annotation}}}]},{"type":"output_text","text":"cd","annotations":[{{{annotation}}}]}]}}""",
            """{"type":"response.completed","response":{}}""");
        var (answer, _) = Chat.Complete(SampleTurn.Context(), script);
        Assert.Equal([(0, 1), (2, 3)], answer.GetProperty("choices")[0].GetProperty("message").GetProperty("annotations").EnumerateArray().Select(static one =>
            (one.GetProperty("url_citation").GetProperty("start_index").GetInt32(), one.GetProperty("url_citation").GetProperty("end_index").GetInt32())));
    }

    [Fact]
    public void A_sign_of_life_is_a_comment()
    {
        using var output = new PooledBuffer();
        using var writer = new ChatChunkWriter(output, new ChatForm());
        writer.KeepAlive(-1, BlockKind.None);
        Assert.Equal(": keep-alive\n\n", System.Text.Encoding.UTF8.GetString(output.Written));
    }

    [Fact]
    public void Reasoning_is_told_and_can_be_given_back()
    {
        const string script = """
            [["added",0,{"type":"reasoning","id":"rs_1"}],["sum",0,0,"one"],["sum",0,1,"two"],["done",0,{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAAABcdefghijklmnop"}],
            ["sum",1,0,"three"],["text",2,"x"],["completed",{}]]
            """;
        var message = Message(script, WithDetails);
        Assert.Equal("one\n\ntwo\n\nthree", message.GetProperty("reasoning_content").GetString());
        var details = message.GetProperty("reasoning_details");
        Converted.Same(JsonElement.Parse("""{"type":"reasoning.summary","summary":"one\n\ntwo","id":"rs_1","index":0,"format":"openai-responses-v1"}"""), details[0]);
        Assert.Equal("reasoning.encrypted", details[1].GetProperty("type").GetString());
        Assert.StartsWith("cx1.", details[1].GetProperty("data").GetString(), StringComparison.Ordinal);
        Assert.False(Message(script).TryGetProperty("reasoning_details", out _));
    }

    [Fact]
    public void Hidden_reasoning_leaves_no_trace()
    {
        var (answer, _) = Chat.Complete(SampleTurn.Context(ThinkingDisplay.Hidden), Script("""[["sum",0,0,"one"],["done",0,{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAAABcdefghijklmnop"}],["text",1,"x"],["completed",{}]]"""), WithDetails);
        Assert.Equal(["role", "content", "refusal", "annotations"], answer.GetProperty("choices")[0].GetProperty("message").EnumerateObject().Select(static m => m.Name));
    }

    [Fact]
    public void A_generated_image_is_a_data_address()
    {
        const string script = """[["done",0,{"type":"image_generation_call","id":"ig_1","result":"AAAA"}],["completed",{}]]""";
        const string images = """[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]""";
        Converted.Same(JsonElement.Parse(images), Message(script).GetProperty("images"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(images), Delta(Chat.Stream(SampleTurn.Context(), Script(script))[1])["images"]));
    }

    [Fact]
    public void Written_cache_tokens_are_told_where_there_are_any()
    {
        var (answer, _) = Chat.Complete(SampleTurn.Context(), Script("""[["text",0,"a"],["completed",{"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":3},"output_tokens":1}}]]"""));
        var usage = answer.GetProperty("usage");
        Assert.Equal(10, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(3, usage.GetProperty("prompt_tokens_details").GetProperty("cache_write_tokens").GetInt32());
    }

    [Fact]
    public void Without_the_wish_no_chunk_speaks_of_usage() =>
        Assert.All(Chat.Stream(SampleTurn.Context(), Script("""[["text",0,"a"],["completed",{"usage":{"input_tokens":1,"output_tokens":1}}]]""")).SkipLast(1), static chunk => Assert.False(chunk.AsObject().ContainsKey("usage")));

    [Fact]
    public void A_chunk_is_written_without_allocating()
    {
        using var output = new PooledBuffer();
        using var writer = new ChatChunkWriter(output, new ChatForm());
        writer.Begin(new TurnStart("resp_1", "gpt-5.6", 1, Fast: false));
        writer.OpenTool(0, new ToolStart { Id = "call_1"u8, Name = "f"u8 });
        WriteSome();
        output.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteSome();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void WriteSome()
        {
            for (var i = 0; i < 100; i++)
            {
                writer.Text(1, "some words"u8);
                writer.ToolInput(0, "{"u8);
            }
        }
    }

    private static IEnumerable<byte[]?> Script(string script) => UpstreamScript.Expand(JsonElement.Parse(script));

    private static JsonObject Delta(JsonNode chunk) => chunk["choices"]![0]!["delta"]!.AsObject();

    private static JsonElement Message(string script, ChatForm? form = null)
    {
        var (answer, error) = Chat.Complete(SampleTurn.Context(), Script(script), form);
        Assert.Null(error);
        return answer.GetProperty("choices")[0].GetProperty("message");
    }
}
