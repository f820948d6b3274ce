using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.Responses;

/// <summary>The relayed answer.</summary>
public sealed class ResponseRelayTests
{
    private static readonly RelayForm Streamed = new(Stream: true, IsCodex: false);
    private static readonly RelayForm Whole = new(Stream: false, IsCodex: false);
    private static readonly RelayForm Codex = new(Stream: true, IsCodex: true);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "upstream-sse");

    public static IEnumerable<TheoryDataRow<string>> Recordings => Directory.EnumerateFiles(Folder, "*.sse").Order(StringComparer.Ordinal)
        .Select(static file => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(file)));

    [Theory]
    [MemberData(nameof(Recordings))]
    public void The_codex_cli_gets_every_event_of_a_recording(string name)
    {
        var frames = Frames(name);
        var (stream, _, relay) = Passed.Relay(frames, Codex);
        var events = Passed.Events(stream);
        // What comes before the first content is held back, so that a failure can still be a status.
        if (relay.Failure is not null && !relay.HasBegun) return;
        // The turn is over with its terminal event; nobody waits for what a backend may still say.
        if (relay.Failure is null) Assert.Equal(frames.FindIndex(static frame => TypeOf(frame) is "response.completed" or "response.incomplete") + 1, events.Count);
        Assert.Equal(frames.Select(TypeOf).OfType<string>().Take(events.Count), events.Select(static e => e.Name));
        for (var i = 0; i < events.Count; i++)
        {
            if (!events[i].Data.TryGetProperty("response", out _)) Converted.Same(JsonElement.Parse(frames[i]), events[i].Data);
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void The_single_object_is_the_last_event_of_the_stream(string name)
    {
        var (stream, _, relay) = Passed.Relay(Frames(name), Streamed);
        var (document, error, _) = Passed.Relay(Frames(name), Whole);
        if (relay.Failure is not null)
        {
            Assert.NotNull(error);
            Assert.Empty(document);
            return;
        }

        Converted.Same(Passed.Events(stream)[^1].Data.GetProperty("response"), JsonElement.Parse(document));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_finished_response_holds_all_that_is_finished(string name)
    {
        var frames = Frames(name);
        var (document, error, _) = Passed.Relay(frames, Whole);
        if (error is not null) return;
        var response = JsonElement.Parse(document);
        var done = frames.Select(static frame => JsonElement.Parse(frame)).Where(static e => e.GetProperty("type").ValueEquals("response.output_item.done"))
            .OrderBy(static e => e.GetProperty("output_index").GetInt32()).Select(static e => e.GetProperty("item").GetRawText());
        Assert.Equal(done, response.GetProperty("output").EnumerateArray().Select(static item => item.GetRawText()));
        Assert.Equal("response", response.GetProperty("object").GetString());
        Assert.Contains(response.GetProperty("status").GetString(), (string[])["completed", "incomplete"]);
        Assert.Equal("claude-sonnet-4-5", response.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_calls_under_one_index_are_both_kept(bool stream)
    {
        var (text, _, _) = Passed.Relay(TurnConverterTests.TwoCallsUnderOneIndex, stream ? Streamed : Whole);
        var response = stream ? Passed.Events(text)[^1].Data.GetProperty("response") : JsonElement.Parse(text);
        Assert.Equal(["call_a", "call_b"], response.GetProperty("output").EnumerateArray().Select(static item => item.GetProperty("call_id").GetString()));
    }

    [Fact]
    public void Side_events_are_for_the_codex_cli_alone()
    {
        var events = Passed.Events(Passed.Relay(Frames("metadata-and-rate-limits"), Streamed).Text);
        Assert.DoesNotContain(events, static e => e.Name.StartsWith("codex.", StringComparison.Ordinal));
        Assert.DoesNotContain(Passed.Events(Passed.Relay(Frames("keepalives"), Streamed).Text), static e => e.Name == "keepalive");
        Assert.Contains(Passed.Events(Passed.Relay(Frames("metadata-and-rate-limits"), Codex).Text), static e => e.Name.StartsWith("codex.", StringComparison.Ordinal));
        Assert.NotNull(Passed.Relay(Frames("metadata-and-rate-limits"), Streamed).Relay.RateLimits);
    }

    [Fact]
    public void The_clients_names_come_back()
    {
        var context = SampleTurn.Context(names: new Dictionary<string, ClientToolName> { ["short"] = new("a \"long\" name") });
        var script = Script("""[["added",0,{"type":"function_call","call_id":"A","name":"short"}],["done",0,{"type":"function_call","call_id":"A","name":"short","arguments":"{}"}],["completed",{"output":[]}]]""").ToList();
        var events = Passed.Events(Passed.Relay(script, Streamed, context).Text);
        Assert.Equal("a \"long\" name", events[1].Data.GetProperty("item").GetProperty("name").GetString());
        Assert.Equal("a \"long\" name", events[2].Data.GetProperty("item").GetProperty("name").GetString());
        Converted.Same(events[2].Data.GetProperty("item"), events[3].Data.GetProperty("response").GetProperty("output")[0]);
        var ended = Passed.Relay(["""{"type":"response.function_call_arguments.done","output_index":0,"name":"short","arguments":"{\"name\":\"short\"}"}"""u8.ToArray()], Streamed, context);
        Assert.Equal(("a \"long\" name", """{"name":"short"}"""), (Passed.Events(ended.Text)[0].Data.GetProperty("name").GetString(), Passed.Events(ended.Text)[0].Data.GetProperty("arguments").GetString()));
    }

    [Fact]
    public void An_event_in_several_lines_stays_one_frame()
    {
        var events = Passed.Events(Passed.Relay(["{\"type\":\"response.output_text.delta\",\n\"output_index\":0,\"content_index\":0,\"delta\":\"a b\"}"u8.ToArray()], Streamed).Text);
        Assert.Equal("a b", events[0].Data.GetProperty("delta").GetString());
    }

    [Fact]
    public void A_failure_before_any_content_is_left_to_the_caller()
    {
        var (text, error, relay) = Passed.Relay(Script("""[["failed",{"code":"rate_limit_exceeded","message":"slow"}]]"""), Streamed);
        Assert.Equal((429, false, false), (error!.Status, relay.HasBegun, relay.HasToldFailure));
        Assert.DoesNotContain("response.failed", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_after_content_is_told_in_the_backends_words()
    {
        var (text, error, relay) = Passed.Relay(Script("""[["text",0,"Hi"],["failed",{"code":"server_error","message":"boom"}]]"""), Streamed);
        Assert.NotNull(error);
        Assert.True(relay.HasToldFailure);
        Assert.Equal("boom", Passed.Events(text)[^1].Data.GetProperty("response").GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public void A_stream_without_its_end_is_a_failure_not_told_yet()
    {
        var (_, error, relay) = Passed.Relay(Script("""[["text",0,"Hi"],["eof"]]"""), Streamed);
        Assert.Equal((502, false), (error!.Status, relay.HasToldFailure));
        using var output = new PooledBuffer();
        ResponsesError.Write(output, error, 7);
        var data = Passed.Events(Encoding.UTF8.GetString(output.Written))[0].Data;
        // As documented, and as SDKs look for it.
        const string message = "Upstream stream ended before the response was complete";
        Assert.Equal(
            $$$"""{"type":"error","sequence_number":7,"code":"server_error","message":"{{{message}}}","param":null,"error":{"message":"{{{message}}}","type":"server_error","param":null,"code":"server_error"}}""",
            data.GetRawText());
    }

    [Theory]
    [InlineData("""{"type":"response.in_progress","sequence_number":1,"response":{}}""", 2)]
    [InlineData("""{"type":"response.output_text.delta","sequence_number":41,"item_id":"m","output_index":0,"content_index":0,"delta":"a"}""", 42)]
    [InlineData("""{"type":"something.new","sequence_number":5}""", 6)]
    [InlineData("""{"type":"codex.rate_limits"}""", 1)]
    public void An_event_of_ours_is_numbered_behind_the_last_of_the_backend(string last, long next) =>
        Assert.Equal(next, Passed.Relay([Encoding.UTF8.GetBytes("""{"type":"response.created","sequence_number":0,"response":{}}"""), Encoding.UTF8.GetBytes(last)], Streamed).Relay.NextSequenceNumber);

    [Fact]
    public void Without_any_number_it_is_the_first() => Assert.Equal(0, Passed.Relay([], Streamed).Relay.NextSequenceNumber);

    [Theory]
    [InlineData("""[["text",0,"a"],["completed",{}]]""", StopReason.EndTurn)]
    [InlineData("""[["done",0,{"type":"function_call","call_id":"A","name":"f","arguments":"{}"}],["completed",{}]]""", StopReason.ToolUse)]
    [InlineData("""[["text",0,"a"],["incomplete",{"incomplete_details":{"reason":"max_output_tokens"}}]]""", StopReason.MaxTokens)]
    public void The_outcome_is_known_for_the_record(string script, StopReason reason) => Assert.Equal(reason, Passed.Relay(Script(script), Streamed).Relay.Outcome!.Value.Reason);

    [Fact]
    public void The_usage_is_known_for_the_record()
    {
        var usage = Passed.Relay(Script("""[["text",0,"a"],["completed",{"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":2}}]]"""), Whole).Relay.Outcome!.Value.Usage;
        Assert.Equal((6, 4, 2), (usage.FreshInput, usage.CacheRead, usage.Output));
    }

    [Fact]
    public void A_delta_is_relayed_without_allocating()
    {
        var delta = UpstreamScript.Event("response.output_text.delta", ("output_index", JsonValue.Create(0)), ("content_index", JsonValue.Create(0)), ("delta", JsonValue.Create("some words")));
        using var output = new PooledBuffer();
        using var relay = new ResponseRelay(SampleTurn.Context(), output, Streamed, TimeProvider.System);
        for (var i = 0; i < 100; i++) relay.Handle(delta);
        output.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) relay.Handle(delta);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100, Passed.Events(Encoding.UTF8.GetString(output.Written)).Count);
    }

    private static List<byte[]> Frames(string name) => [.. SampleTurn.Frames(File.ReadAllBytes(Path.Combine(Folder, name + ".sse"))).OfType<byte[]>().Where(static frame => TypeOf(frame) is not null)];

    private static string? TypeOf(byte[] frame)
    {
        try
        {
            return JsonElement.Parse(frame).GetProperty("type").GetString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<byte[]?> Script(string script) => UpstreamScript.Expand(JsonElement.Parse(script));
}
