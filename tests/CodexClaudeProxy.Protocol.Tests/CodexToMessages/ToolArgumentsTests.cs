using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Which arguments are held and for how long, what is mended in them, and what is none of our business.</summary>
public sealed class ToolArgumentsTests
{
    private const string Completed = """{"type":"response.completed","response":{}}""";

    private static readonly ToolFacts Read = Facts("""{"properties":{"file_path":{"type":"string"},"pages":{"type":"string"},"offset":{"type":"integer"},"limit":{"type":"integer"}},"required":["file_path"]}""");

    [Theory]
    [InlineData("""{"file_path":"/a","pages":null}""", """{"file_path":"/a"}""")]
    [InlineData("""{"file_path":"/a","offset":null}""", """{"file_path":"/a"}""")]
    [InlineData("""{"file_path":"/a","offset":1000000}""", """{"file_path":"/a"}""")]
    [InlineData("""{"file_path":"/a","offset":999999,"pages":"1-2"}""", """{"file_path":"/a","offset":999999,"pages":"1-2"}""")]
    [InlineData("""{"file_path":""}""", """{"file_path":""}""")]
    public void Read_loses_what_the_client_refuses(string arguments, string input) => Assert.Equal(input, Input(Read, "Read", arguments));

    [Fact]
    public void A_tool_that_is_only_called_Read_keeps_everything() =>
        Assert.Equal("""{"pages":""}""", Input(Facts("""{"properties":{"pages":{"type":"string"}}}"""), "Read", """{"pages":""}"""));

    [Fact]
    public void Without_a_schema_nothing_is_mended() => Assert.Equal("""{"a":null,"b ":1}""", Input(null, "f", """{"a":null,"b ":1}"""));

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":tru}")]
    public void What_is_no_object_is_no_call(string arguments)
    {
        var (message, error) = SampleTurn.Message(SampleTurn.Context(), UpstreamScript.Raw(Called("f", arguments), Completed));
        Assert.Null(message);
        Assert.Equal((502, "The model produced invalid tool arguments"), (error!.Status, error.Message));
    }

    [Theory]
    [InlineData("Read", false)]
    [InlineData("f", true)]
    public void Only_some_are_held_beyond_eight_kibibytes(string tool, bool streams)
    {
        var first = "{\\\"file_path\\\":\\\"" + new string('a', 9000);
        var events = SampleTurn.Stream(SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["Read"] = Read }),
            UpstreamScript.Raw(Announced(tool), Delta(first), Delta("\\\"}"), Done(tool), Completed)).Events;
        Assert.Equal(streams ? 2 : 1, events.Count(static e => e.Name == "content_block_delta"));
        Assert.Equal(9000, MessageFolding.Fold(events)["content"]![0]!["input"]!["file_path"]!.GetValue<string>().Length);
    }

    [Fact]
    public void A_wrapped_input_is_held_beyond_eight_kibibytes()
    {
        var events = SampleTurn.Stream(SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["f"] = new() { Wrapped = true } }),
            UpstreamScript.Raw(Announced("f"), Delta("{\\\"value\\\":{\\\"a\\\":\\\"" + new string('a', 9000)), Delta("\\\"}}"), Done("f"), Completed)).Events;
        Assert.Equal(9000, MessageFolding.Fold(events)["content"]![0]!["input"]!["a"]!.GetValue<string>().Length);
    }

    [Theory]
    [InlineData("{\\\"b\\\":[1,\\\"x", true)]
    [InlineData("{\\\"c\\\":1,\\\"d\\\":1", false)]
    public void Endless_white_space_is_cut_where_the_rest_is_a_call(string beginning, bool isCall)
    {
        foreach (var streams in new[] { false, true })
        {
            var facts = Facts("""{"properties":{"b":{}},"required":["b"]}""") with { EagerStreaming = streams };
            List<string> events = [Announced("f"), Delta(beginning)];
            for (var i = 0; i < 20; i++) events.Add(Delta(new string(' ', 4096)));
            var streamed = SampleTurn.Stream(SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["f"] = facts }), UpstreamScript.Raw([.. events])).Events;
            Assert.Equal(isCall ? "message_stop" : "error", streamed[^1].Name);
            // What has been streamed cannot be taken back: the white space inside the text stays.
            if (isCall) Assert.Equal("x", MessageFolding.Fold(streamed)["content"]![0]!["input"]!["b"]![1]!.GetValue<string>().TrimEnd());
        }
    }

    [Fact]
    public void Arguments_that_contradict_what_was_streamed_are_not_repeated()
    {
        var context = SampleTurn.Context(tools: new Dictionary<string, ToolFacts> { ["f"] = new() { EagerStreaming = true } });
        var events = SampleTurn.Stream(context, UpstreamScript.Raw(
            Announced("f"), Delta("{\\\"a\\\":1}"), """{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{\"b\":2}"}""", Done("f"), Completed)).Events;
        Assert.Equal("""{"a":1}""", MessageFolding.Fold(events)["content"]![0]!["input"]!.ToJsonString());
    }

    [Fact]
    public void Waiting_arguments_count_towards_the_sixteen_megabytes()
    {
        using var sink = new CodexClaudeProxy.Protocol.Messages.MessageBuilder();
        using var converter = new TurnConverter(SampleTurn.Context(), sink, TimeProvider.System);
        foreach (var one in UpstreamScript.Raw(Announced("f"), Announced("g", 1))) converter.Handle(one);
        var megabyte = System.Text.Encoding.UTF8.GetBytes(Delta(new string('x', 1024 * 1024), 1));
        for (var i = 0; i < 18 && !converter.IsEnded; i++) converter.Handle(megabyte);
        Assert.Equal(CodexFailureKind.ServerError, converter.Failure!.Kind);
    }

    public static TheoryData<string> Schemas =>
    [
        """{"type":"object","description":"Long.","properties":{"a":{"type":"string","description":"Long."},"b":{"type":["integer","null"]},"c":{"enum":[1,null]},"d":{"type":"string","nullable":true}},"required":["d"]}""",
        """{"properties":{"a":{"$ref":"#/$defs/x"},"b":true,"c":{"type":"object","properties":{"e":{"type":"string"}}},"d":{"type":"null"}}}""",
        """{"properties":{"a":{},"a":{"type":"string"},"file_path":{"type":"string"},"pages":{"type":"string"}},"required":"a"}""",
        """{"properties":[],"required":["a"]}""",
        """{"required":["a","b"]}""",
        "[]",
        "true",
    ];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void What_is_mended_is_the_same_when_the_request_is_gone(string schema)
    {
        foreach (string tool in (string[])["f", "Read"])
        {
            foreach (string arguments in (string[])["""{"a":null,"b":null,"c":null,"d":null}""", """{"a ":1,"pages":"","offset":null,"file_path":"/a"}""", """{"d":1} and more"""])
                Assert.Equal(Input(Facts(schema), tool, arguments), Input(Facts(schema), tool, arguments, isRequestGone: true));
        }
    }

    private static ToolFacts Facts(string schema) => new() { Schema = JsonElement.Parse(schema) };

    private static string Announced(string tool, int index = 0) =>
        $$$"""{"type":"response.output_item.added","output_index":{{{index}}},"item":{"type":"function_call","call_id":"A{{{index}}}","name":"{{{tool}}}"}}""";

    private static string Delta(string escaped, int index = 0) => $$"""{"type":"response.function_call_arguments.delta","output_index":{{index}},"delta":"{{escaped}}"}""";

    private static string Done(string tool) => $$$"""{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"A0","name":"{{{tool}}}"}}""";

    private static string Called(string tool, string arguments)
    {
        var item = new JsonObject { ["type"] = "function_call", ["call_id"] = "A", ["name"] = tool, ["arguments"] = arguments };
        return System.Text.Encoding.UTF8.GetString(UpstreamScript.Event("response.output_item.done", ("output_index", 0), ("item", item)));
    }

    private static string Input(ToolFacts? facts, string tool, string arguments, bool isRequestGone = false)
    {
        var tools = facts is null ? null : new Dictionary<string, ToolFacts> { ["other"] = new(), [tool] = facts };
        var context = SampleTurn.Context(tools: tools);
        if (isRequestGone) context.LeaveRequest();
        var (message, error) = SampleTurn.Message(context, UpstreamScript.Raw(Called(tool, arguments), Completed));
        Assert.Null(error);
        return message!.Value.GetProperty("content")[0].GetProperty("input").GetRawText();
    }
}
