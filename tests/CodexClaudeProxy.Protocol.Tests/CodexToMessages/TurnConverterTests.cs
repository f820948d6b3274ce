using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Rules of the stream conversion that the case table does not cover.</summary>
public sealed class TurnConverterTests
{
    /// <summary>Events of the second call name it only by its item's id.</summary>
    public static IEnumerable<byte[]?> TwoCallsUnderOneIndex => UpstreamScript.Raw(
        """{"type":"response.output_item.added","output_index":0,"item":{"id":"fc_a","type":"function_call","call_id":"call_a","name":"f","arguments":""}}""",
        """{"type":"response.output_item.added","output_index":0,"item":{"id":"fc_b","type":"function_call","call_id":"call_b","name":"g","arguments":""}}""",
        """{"type":"response.function_call_arguments.delta","output_index":0,"item_id":"fc_b","delta":"{\"b\":2}"}""",
        """{"type":"response.function_call_arguments.delta","output_index":0,"item_id":"fc_a","delta":"{\"a\":1}"}""",
        """{"type":"response.output_item.done","output_index":0,"item":{"id":"fc_a","type":"function_call","call_id":"call_a","name":"f","arguments":"{\"a\":1}"}}""",
        """{"type":"response.output_item.done","output_index":0,"item":{"id":"fc_b","type":"function_call","call_id":"call_b","name":"g","arguments":"{\"b\":2}"}}""",
        """{"type":"response.completed","response":{}}""");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_calls_under_one_index_are_both_kept(bool repeated)
    {
        var events = TwoCallsUnderOneIndex.ToList();
        // Some ends repeat the whole output, where the position says nothing of the index.
        if (repeated)
            events[^1] = Encoding.UTF8.GetBytes("""{"type":"response.completed","response":{"output":[{"type":"function_call","call_id":"call_a","name":"f","arguments":"{\"a\":1}"},{"type":"function_call","call_id":"call_b","name":"g","arguments":"{\"b\":2}"}]}}""");
        var message = SampleTurn.Message(SampleTurn.Context(), events).Message!.Value;
        Assert.Equal(["call_a f {\"a\":1}", "call_b g {\"b\":2}"], message.GetProperty("content").EnumerateArray()
            .Select(static block => $"{block.GetProperty("id").GetString()} {block.GetProperty("name").GetString()} {block.GetProperty("input").GetRawText()}"));
    }

    [Theory]
    [InlineData("{\"type\":\"keepalive\"}")]
    [InlineData("{\"type\":\"response.queued\",\"response\":{}}")]
    [InlineData("{\"type\":\"response.in_progress\",\"response\":{\"id\":\"resp_1\"}}")]
    [InlineData("{\"type\":\"codex.response.metadata\"}")]
    [InlineData("{\"type\":\"codex.rate_limits\",\"rate_limits\":{}}")]
    [InlineData("{\"type\":\"response.somebody_new\",\"x\":1}")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    public void The_handshake_and_the_unknown_commit_to_nothing(string json)
    {
        using var run = new Run();
        run.Send(UpstreamScript.Created, Encoding.UTF8.GetBytes(json));
        Assert.False(run.Converter.HasBegun);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void Unknown_events_are_remembered_once()
    {
        using var run = new Run();
        run.Send("{\"type\":\"response.somebody_new\"}", "{\"type\":\"response.somebody_new\"}", "{\"type\":\"another.one\"}");
        Assert.Equal(["response.somebody_new", "another.one"], run.Converter.Unknown);
    }

    [Fact]
    public void An_error_event_is_explained_by_the_failure_behind_it()
    {
        using var run = new Run();
        run.Send(
            """{"type":"error","error":{"type":"service_unavailable_error","code":"server_is_overloaded","message":"first"}}""",
            """{"type":"response.failed","response":{"error":{"code":"server_is_overloaded","message":"second"}}}""");
        Assert.Equal((CodexFailureKind.Overloaded, "second"), (run.Converter.Failure!.Kind, run.Converter.Failure.Text));
    }

    [Fact]
    public void An_error_event_alone_is_the_failure_when_the_stream_ends()
    {
        using var run = new Run();
        run.Send("""{"type":"error","code":"rate_limit_exceeded","message":"flat"}""");
        Assert.True(run.Converter.HasErrorEvent);
        run.Converter.EndOfStream();
        Assert.Equal((CodexFailureKind.RateLimited, "flat"), (run.Converter.Failure!.Kind, run.Converter.Failure.Text));
    }

    [Fact]
    public void Items_are_found_by_id_when_the_index_is_missing()
    {
        var message = Fold(
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"fc_1","call_id":"A","name":"f"}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"fc_2","call_id":"B","name":"g"}}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_2","delta":"{\"b\":1}"}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"{\"a\":1}"}""",
            Completed);
        Assert.Equal("""[{"a":1},{"b":1}]""", Inputs(message));
    }

    [Fact]
    public void The_index_counts_when_the_id_changes_between_events()
    {
        var message = Fold(
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"msg_1"}}""",
            """{"type":"response.output_text.delta","output_index":0,"item_id":"msg_other","content_index":0,"delta":"Hi"}""",
            Completed);
        Assert.Equal("Hi", message["content"]![0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public void A_second_announcement_does_not_reset_the_arguments()
    {
        var message = Fold(
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f"}}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a\":"}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"1}"}""",
            Completed);
        Assert.Equal("""[{"a":1}]""", Inputs(message));
    }

    [Fact]
    public void Arguments_in_the_announcement_count_as_a_delta()
    {
        var message = Fold(
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":"}}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"1}"}""",
            Completed);
        Assert.Equal("""[{"a":1}]""", Inputs(message));
    }

    [Fact]
    public void A_call_without_an_id_gets_the_item_s()
    {
        var message = Fold("""{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"fc_7","name":"f","arguments":"{}"}}""", Completed);
        Assert.Equal("fc_7", message["content"]![0]!["id"]!.GetValue<string>());
    }

    [Fact]
    public void A_name_that_comes_late_opens_the_block_late()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":""}}""");
        Assert.DoesNotContain("content_block_start", run.Output, StringComparison.Ordinal);
        run.Send("""{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{}"}}""");
        Assert.Contains("\"name\":\"f\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_tool_s_text_becomes_an_input_member()
    {
        var message = Fold(
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"custom_tool_call","call_id":"A","name":"p"}}""",
            """{"type":"response.custom_tool_call_input.delta","output_index":0,"delta":"line \"1\"\n"}""",
            """{"type":"response.custom_tool_call_input.done","output_index":0,"input":"line \"1\"\nline 2"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"custom_tool_call","call_id":"A","name":"p","input":"line \"1\"\nline 2"}}""",
            Completed);
        Assert.Equal("line \"1\"\nline 2", message["content"]![0]!["input"]!["input"]!.GetValue<string>());
    }

    [Fact]
    public void Eager_streaming_passes_each_delta_on()
    {
        var context = SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["f"] = new() { EagerStreaming = true } });
        using var run = new Run(context);
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f"}}""");
        run.Send("""{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a\""}""");
        Assert.EndsWith("\"partial_json\":\"{\\\"a\\\"\"}}\n\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_is_held_even_when_it_is_eager()
    {
        var context = SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["Read"] = new() { EagerStreaming = true } });
        using var run = new Run(context);
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"Read"}}""");
        run.Send("""{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a\""}""");
        Assert.DoesNotContain("partial_json", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":null}""", "{}")]
    [InlineData("""{"n":null}""", """{"n":null}""")]
    [InlineData("""{"r":null}""", """{"r":null}""")]
    [InlineData("""{"any":null}""", """{"any":null}""")]
    [InlineData("""{"a":""}""", """{"a":""}""")]
    [InlineData("""{"a":"1"}""", """{"a":"1"}""")]
    [InlineData("""{"unknown":1}""", """{"unknown":1}""")]
    [InlineData("""{" a":1,"a":2}""", """{" a":1,"a":2}""")]
    public void Only_a_null_the_schema_forbids_is_removed(string arguments, string input)
    {
        var schema = JsonDocument.Parse("""
            {"type":"object","properties":{"a":{"type":"string"},"n":{"type":["string","null"]},"r":{"type":"string"},"any":{}},"required":["r"]}
            """).RootElement;
        var context = SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["f"] = new() { Schema = schema } });
        var item = new JsonObject { ["type"] = "function_call", ["call_id"] = "A", ["name"] = "f", ["arguments"] = arguments };
        var message = Fold(context, UpstreamScript.Event("response.output_item.done", ("output_index", 0), ("item", item)), Encoding.UTF8.GetBytes(Completed));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(input), message["content"]![0]!["input"]));
    }

    [Fact]
    public void A_wrapped_schema_is_unwrapped()
    {
        var context = SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["f"] = new() { Wrapped = true } });
        var message = Fold(context, """{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{\"value\":{\"x\":1}}"}}""", Completed);
        Assert.Equal("""[{"x":1}]""", Inputs(message));
    }

    [Fact]
    public void Repairs_are_reported_by_name()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{}garbage"}}""");
        Assert.Equal(["f: text after the object"], run.Converter.Repairs);
    }

    [Fact]
    public void Endless_white_space_is_cut_and_closed()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f"}}""");
        run.Send("""{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a\":[1,{\"b\":2"}""");
        var blank = new string(' ', 4096);
        for (var i = 0; i < 40 && !run.Converter.IsEnded; i++)
            run.Send($$"""{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{{blank}}"}""");
        Assert.True(run.Converter.EndedLocally);
        Assert.Equal("""[{"a":[1,{"b":2}]}]""", Inputs(MessageFolding.Fold(run.Events)));
        Assert.Equal("tool_use", run.Events[^2].Data.GetProperty("delta").GetProperty("stop_reason").GetString());
    }

    [Fact]
    public void A_forced_search_without_sources_takes_the_cited_pages()
    {
        var context = SampleTurn.Context(search: new WebSearchFacts { Forced = true, BlockedDomains = ["bad.com"] });
        var message = Fold(
            context,
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}}}""",
            """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"See A and B."}""",
            """{"type":"response.output_text.annotation.added","output_index":1,"annotation":{"type":"url_citation","url":"https://a.com/x","title":"A"}}""",
            """{"type":"response.output_text.annotation.added","output_index":1,"annotation":{"type":"url_citation","url":"https://www.bad.com/x","title":"B"}}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"type":"message"}}""",
            Completed);
        var content = message["content"]!.AsArray();
        Assert.Equal(["server_tool_use", "web_search_tool_result", "text"], content.Select(static b => b!["type"]!.GetValue<string>()));
        var hit = Assert.Single(content[1]!["content"]!.AsArray());
        Assert.Equal(("https://a.com/x", "A"), (hit!["url"]!.GetValue<string>(), hit["title"]!.GetValue<string>()));
        Assert.Equal("cx1.", hit["encrypted_content"]!.GetValue<string>()[..4]);
    }

    [Theory]
    [InlineData("{", "{\"a\":1}", "\"a\":1}")]
    [InlineData("Hello", "Hello world", " world")]
    [InlineData("Hello", "Help", "Help")]
    [InlineData("Hello", "Hel", "Hel")]
    [InlineData("Hello", "other", "other")]
    public void A_repeated_prefill_is_stripped(string prefill, string answer, string expected)
    {
        foreach (var size in new[] { 1, 3, 100 })
        {
            List<byte[]> events = [];
            foreach (var piece in answer.Chunk(size))
                events.Add(UpstreamScript.Event("response.output_text.delta", ("output_index", 0), ("content_index", 0), ("delta", new string(piece))));
            var message = Fold(SampleTurn.Context(prefill: prefill), [.. events, Encoding.UTF8.GetBytes(Completed)]);
            Assert.Equal(expected, message["content"]![0]!["text"]!.GetValue<string>());
        }
    }

    [Fact]
    public void A_stop_sequence_is_found_wherever_the_text_is_cut()
    {
        const string answer = "one two </block> three";
        for (var size = 1; size <= answer.Length; size++)
        {
            List<byte[]> events = [];
            foreach (var piece in answer.Chunk(size))
                events.Add(UpstreamScript.Event("response.output_text.delta", ("output_index", 0), ("content_index", 0), ("delta", new string(piece))));
            var message = Fold(SampleTurn.Context(stops: ["</block>"]), [.. events]);
            Assert.Equal("one two ", message["content"]![0]!["text"]!.GetValue<string>());
            Assert.Equal("</block>", message["stop_sequence"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Max_tokens_counts_exactly_however_the_text_is_cut()
    {
        var answer = string.Join(' ', Enumerable.Repeat("word", 200));
        foreach (var size in new[] { 1, 5, 50, 2000 })
        {
            List<byte[]> events = [];
            foreach (var piece in answer.Chunk(size))
                events.Add(UpstreamScript.Event("response.output_text.delta", ("output_index", 0), ("content_index", 0), ("delta", new string(piece))));
            var message = Fold(SampleTurn.Context(max: 100), [.. events]);
            Assert.Equal("max_tokens", message["stop_reason"]!.GetValue<string>());
            // Pieces that cut a word count more than they are: never fewer tokens than asked for would allow, never more.
            var words = message["content"]![0]!["text"]!.GetValue<string>().Split(' ').Length;
            Assert.InRange(words, size == 1 ? 20 : 66, 100);
        }
    }

    [Fact]
    public void Without_a_check_the_map_of_verdicts_is_empty()
    {
        var message = Fold(SampleTurn.Context(safeguards: true),
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{}"}}""", Completed);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""[{"type":"dangerous_tool_use","status":{"type":"available","tool_uses":{}}}]"""),
            message["safeguard_results"]));
    }

    [Fact]
    public void Context_management_is_answered_with_no_edits()
    {
        using var run = new Run(SampleTurn.Context(contextManagement: true));
        run.Send("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"x"}""", Completed);
        Assert.Equal("{\"applied_edits\":[]}", run.Events[^2].Data.GetProperty("context_management").GetRawText());
    }

    [Fact]
    public void A_silent_thought_becomes_an_open_block()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1"}}""");
        run.Converter.KeepAlive();
        run.Converter.KeepAlive();
        run.Send("""{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAAABexample0001"}}""");
        Assert.Equal(
            ["message_start", "ping", "content_block_start", "content_block_delta", "content_block_delta", "content_block_delta", "content_block_stop"],
            run.Events.Select(static e => e.Name));
        Assert.Equal("", run.Events[3].Data.GetProperty("delta").GetProperty("thinking").GetString());
    }

    [Fact]
    public void Without_an_open_block_a_sign_of_life_is_a_ping()
    {
        using var run = new Run(SampleTurn.Context(ThinkingDisplay.Hidden));
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1"}}""");
        run.Converter.KeepAlive();
        Assert.Equal("ping", run.Events[^1].Name);
    }

    [Fact]
    public void Another_attempt_goes_on_in_the_same_stream()
    {
        var context = SampleTurn.Context();
        var output = new ArrayBufferWriter<byte>();
        var sink = new MessageEventWriter(output);
        using (var first = new TurnConverter(context, sink, TimeProvider.System))
        {
            first.Handle(UpstreamScript.Created);
            first.Handle("""{"type":"response.output_item.added","output_index":0,"item":{"type":"message"}}"""u8);
            first.Handle("""{"type":"response.failed","response":{"error":{"code":"server_error"}}}"""u8);
            Assert.Equal((true, 0), (first.HasBegun, first.BlockCount));
        }

        using var second = new TurnConverter(context, sink, TimeProvider.System, begun: true);
        second.Handle("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"x"}"""u8);
        second.Handle(Encoding.UTF8.GetBytes(Completed));
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(2, text.Split("event: message_start").Length);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_sixteen_megabytes_of_waiting_items_is_a_failure()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f"}}""");
        var megabyte = new string('x', 1024 * 1024);
        for (var i = 0; i < 18 && !run.Converter.IsEnded; i++)
            run.Send($$"""{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"{{megabyte}}"}""");
        Assert.Equal(CodexFailureKind.ServerError, run.Converter.Failure!.Kind);
    }

    [Fact]
    public void Phases_are_noticed()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_item.added","output_index":0,"item":{"type":"message","phase":"commentary"}}""");
        Assert.True(run.Converter.SawPhase);
    }

    [Fact]
    public void The_socket_s_done_event_ends_a_turn_by_its_status()
    {
        using var run = new Run();
        run.Send("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"x"}""",
            """{"type":"response.done","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}""");
        Assert.Equal(StopReason.MaxTokens, run.Converter.Outcome!.Value.Reason);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_text_delta()
    {
        var output = new ArrayBufferWriter<byte>(4 * 1024 * 1024);
        using var converter = new TurnConverter(SampleTurn.Context(max: 32_000), new MessageEventWriter(output), TimeProvider.System);
        var delta = """{"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"some words ","logprobs":[],"obfuscation":"abcdefgh"}"""u8.ToArray();
        for (var i = 0; i < 200; i++) converter.Handle(delta);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++) converter.Handle(delta);
        // Buffers double now and then, on pooled arrays; an event by itself costs nothing.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    private const string Completed = """{"type":"response.completed","response":{"id":"resp_1"}}""";

    private static JsonObject Fold(params string[] events) => Fold(SampleTurn.Context(), events);

    private static JsonObject Fold(TurnContext context, params string[] events) => Fold(context, [.. events.Select(Encoding.UTF8.GetBytes)]);

    private static JsonObject Fold(TurnContext context, params byte[][] events) =>
        MessageFolding.Fold(SampleTurn.Stream(context, [UpstreamScript.Created, .. events]).Events);

    private static string Inputs(JsonObject message) =>
        "[" + string.Join(',', message["content"]!.AsArray().Select(static b => b!["input"]!.ToJsonString())) + "]";

    private sealed class Run : IDisposable
    {
        private readonly ArrayBufferWriter<byte> _output = new();

        public Run(TurnContext? context = null) => Converter = new TurnConverter(context ?? SampleTurn.Context(), new MessageEventWriter(_output), TimeProvider.System);

        public TurnConverter Converter { get; }

        public string Output => Encoding.UTF8.GetString(_output.WrittenSpan);

        public IReadOnlyList<(string Name, JsonElement Data)> Events => new SampleTurn.Streamed(_output.WrittenSpan.ToArray(), null).Events;

        public void Send(params string[] events) => Send([.. events.Select(Encoding.UTF8.GetBytes)]);

        public void Send(params byte[][] events)
        {
            foreach (var json in events) Converter.Handle(json);
        }

        public void Dispose() => Converter.Dispose();
    }
}
