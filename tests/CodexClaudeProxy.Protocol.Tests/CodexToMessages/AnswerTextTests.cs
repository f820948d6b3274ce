using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Text, thinking and what stands in them: nothing is lost, nothing comes twice, and nothing shows that must not.</summary>
public sealed class AnswerTextTests
{
    private const string Completed = """{"type":"response.completed","response":{}}""";

    [Theory]
    [InlineData("""{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hello"}""", "Hello")]
    [InlineData("""{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello"}}""", "Hello")]
    [InlineData("""{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"He"}""", "He")]
    [InlineData("""{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Other"}""", "He")]
    [InlineData("""{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"\u0048ello"}""", "Hello")]
    public void The_end_of_a_part_brings_what_was_missing(string end, string text) =>
        Assert.Equal([text], Texts(Answer(SampleTurn.Context(), Text("He"), end, end, Completed)));

    [Theory]
    [InlineData("""{"type":"response.reasoning_summary_text.done","output_index":0,"summary_index":0,"text":"Plan A"}""")]
    [InlineData("""{"type":"response.reasoning_summary_part.done","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"Plan A"}}""")]
    [InlineData("""{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Plan A"}],"encrypted_content":"gAAAAABexample0001"}}""")]
    public void The_end_of_a_summary_brings_what_was_missing(string end)
    {
        const string done = """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAAABexample0001"}}""";
        var block = Answer(SampleTurn.Context(), """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Plan"}""", end, done, Completed)["content"]![0]!;
        Assert.Equal("Plan A", block["thinking"]!.GetValue<string>());
        Assert.Equal("cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzZdfQ.gAAAAABexample0001", block["signature"]!.GetValue<string>());
    }

    [Fact]
    public void The_raw_thought_is_never_shown()
    {
        var message = Answer(
            SampleTurn.Context(),
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1"}}""",
            """{"type":"response.content_part.added","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":""}}""",
            """{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"secret"}""",
            """{"type":"response.reasoning_text.done","output_index":0,"content_index":0,"text":"secret"}""",
            """{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"secret"}}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","content":[{"type":"reasoning_text","text":"secret"}],"encrypted_content":"gAAAAABexample0001"}}""",
            """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Hi"}""",
            Completed);
        Assert.DoesNotContain("secret", message.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["thinking", "text"], message["content"]!.AsArray().Select(static block => block!["type"]!.GetValue<string>()));
    }

    [Fact]
    public void An_image_becomes_a_note()
    {
        var message = Answer(SampleTurn.Context(), """{"type":"response.output_item.done","output_index":0,"item":{"type":"image_generation_call","id":"ig_1","result":"AAAA"}}""", Completed);
        Assert.Equal(["[image generated; not representable in this API]"], Texts(message));
    }

    [Fact]
    public void A_page_is_cited_once_in_a_block_and_by_its_url_only()
    {
        var message = Answer(
            SampleTurn.Context(), Text("ab"), Cites("https://a.example"), Cites("https://a.example"), Cites("https://b.example"),
            """{"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"file_citation","file_id":"f"}}""",
            Text("cd", part: 1), Cites("https://c.example", part: 1),
            $$$"""
            {"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"ab","annotations":[{{{Citation("https://a.example")}}}]},
            {"type":"output_text","text":"cd","annotations":[{{{Citation("https://c.example")}}}]}]}}
            """,
            Completed);
        Assert.Equal(["https://a.example,https://b.example", "https://c.example"], message["content"]!.AsArray().Select(Pages));
    }

    [Fact]
    public void A_citation_waits_for_text_that_is_held_back()
    {
        // The text is shorter than the sequence looked for, so no block is open yet.
        var message = Answer(SampleTurn.Context(stops: ["</block>"]), Text("See A"), Cites("https://a.example"), Done("message"), Completed);
        Assert.Equal("https://a.example", Pages(message["content"]![0]));
    }

    [Fact]
    public void A_citation_without_text_belongs_to_no_other_block()
    {
        var message = Answer(SampleTurn.Context(), Cites("https://a.example"), Done("message"), """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"x"}""", Completed);
        Assert.Equal("", Pages(message["content"]![0]));
    }

    [Theory]
    [InlineData("ab", "b,ab", "ab", "")]
    [InlineData("x😀END", "END", "END", "x😀")]
    [InlineData("x😀y", "END", null, "x😀y")]
    public void Of_two_sequences_that_end_together_the_longer_counts_and_no_character_is_halved(string answer, string stops, string? hit, string text)
    {
        foreach (var size in new[] { 1, 2, 3, 100 })
        {
            var message = Answer(SampleTurn.Context(stops: stops.Split(',')), [.. answer.Chunk(size).Select(static piece => Text(Escaped(piece))), Done("message"), Completed]);
            Assert.Equal(text, string.Concat(Texts(message)));
            Assert.Equal(hit, message["stop_sequence"]?.GetValue<string>());
            var streamed = SampleTurn.Stream(SampleTurn.Context(stops: stops.Split(',')), UpstreamScript.Raw([.. answer.Chunk(size).Select(static piece => Text(Escaped(piece))), Done("message"), Completed]));
            Assert.Equal(text, string.Concat(Texts(MessageFolding.Fold(streamed.Events))));
        }
    }

    [Fact]
    public void Each_block_of_text_is_searched_by_itself() =>
        Assert.Equal(["aEN", "D"], Texts(Answer(SampleTurn.Context(stops: ["END"]), Text("aEN"), Text("D", part: 1), Done("message"), Completed)));

    [Fact]
    public void Thinking_and_calls_are_not_searched()
    {
        var message = Answer(
            SampleTurn.Context(stops: ["END"]),
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"END"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAAABexample0001"}}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":\"END\"}"}}""",
            Completed);
        Assert.Equal("tool_use", message["stop_reason"]!.GetValue<string>());
    }

    [Fact]
    public void A_sequence_inside_a_prefill_that_was_held_is_found()
    {
        var message = Answer(SampleTurn.Context(stops: ["lo"], prefill: "Hello world"), Text("Hello"), Done("message"), Completed);
        Assert.Equal(["Hel"], Texts(message));
        Assert.Equal("lo", message["stop_sequence"]!.GetValue<string>());
    }

    private static string Text(string escaped, int part = 0) => $$"""{"type":"response.output_text.delta","output_index":0,"content_index":{{part}},"delta":"{{escaped}}"}""";

    private static string Citation(string url) => $$"""{"type":"url_citation","url":"{{url}}","title":"T","start_index":0,"end_index":1}""";

    private static string Cites(string url, int part = 0) => $$"""{"type":"response.output_text.annotation.added","output_index":0,"content_index":{{part}},"annotation":{{Citation(url)}}}""";

    private static string Done(string type) => $$$"""{"type":"response.output_item.done","output_index":0,"item":{"type":"{{{type}}}"}}""";

    private static string Escaped(char[] piece) => string.Concat(piece.Select(static c => char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString()));

    private static string Pages(JsonNode? block) => block!["citations"] is JsonArray citations ? string.Join(',', citations.Select(static one => one!["url"]!.GetValue<string>())) : "";

    private static IEnumerable<string> Texts(JsonObject message) => message["content"]!.AsArray().Select(static block => block!["text"]!.GetValue<string>());

    private static JsonObject Answer(TurnContext context, params string[] events)
    {
        var (message, error) = SampleTurn.Message(context, UpstreamScript.Raw(events));
        Assert.Null(error);
        MessageFolding.AssertFoldsInto(SampleTurn.Stream(context, UpstreamScript.Raw(events)).Events, message!.Value, "stream and message");
        return JsonNode.Parse(message.Value.GetRawText())!.AsObject();
    }
}
