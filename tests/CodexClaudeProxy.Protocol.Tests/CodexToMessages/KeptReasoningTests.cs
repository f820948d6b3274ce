using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Tests.ChatCompletions;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>What an answer hands over to be remembered, and that the next request begins with what the model generated.</summary>
public sealed class KeptReasoningTests
{
    private const string Completed = """["completed",{"id":"resp_1"}]""";

    private static string Item(string kind, int index) => kind switch
    {
        "r" => $$"""["added",{{index}},{"type":"reasoning","id":"rs_{{index}}","encrypted_content":"gAAAAABsnapshot"}],["done",{{index}},{"type":"reasoning","id":"rs_{{index}}","summary":[],"encrypted_content":"{{Encrypted(index)}}"}]""",
        "m" => $$"""["text",{{index}},"word {{index}}"],["done",{{index}},{"type":"message","content":[{"type":"output_text","text":"word {{index}}"}]}]""",
        "w" => $$"""["done",{{index}},{"type":"web_search_call","id":"ws_{{index}}","status":"completed","action":{"type":"search","query":"q"} }]""",
        _ => $$"""["done",{{index}},{"type":"function_call","id":"fc_{{index}}","call_id":"c{{index}}","name":"f","arguments":"{}"}]""",
    };

    private static string Encrypted(int index) => $"gAAAAABexample{index:0000}";

    private static IEnumerable<byte[]?> Script(string items, string end = Completed) =>
        UpstreamScript.Expand(JsonElement.Parse(Encoding.UTF8.GetBytes($"[{string.Join(',', items.Select((kind, index) => Item(kind.ToString(), index)))},{end}]")));

    private static (Dictionary<string, IReadOnlyList<KeptReasoning>> Memory, TurnContext Context) Remember(bool serial = false)
    {
        Dictionary<string, IReadOnlyList<KeptReasoning>> memory = [];
        var context = SampleTurn.Context(ThinkingDisplay.Hidden, serial: serial);
        context.KeepReasoning = memory.Add;
        return (memory, context);
    }

    /// <summary>Each call and the numbers of its reasoning, with a comma after what came before words.</summary>
    private static string Told(Dictionary<string, IReadOnlyList<KeptReasoning>> memory) => string.Join("; ", memory.Select(static pair =>
        $"{pair.Key}: {string.Join(' ', pair.Value.Select(static kept => JsonElement.Parse(kept.Json.Span).GetProperty("encrypted_content").GetString()![^1] + (kept.BeforeWords ? "," : "")))}"));

    [Theory]
    [InlineData("rc", "c1: 0")]
    [InlineData("rrc", "c2: 0 1")]
    [InlineData("rccc", "c1: 0")]
    [InlineData("rcrc", "c1: 0; c3: 2")]
    [InlineData("rmc", "c2: 0,")]
    [InlineData("rmrc", "c3: 0, 2")]
    [InlineData("rwrmrc", "c5: 0, 2, 4")]
    [InlineData("rcm", "c1: 0")]
    [InlineData("rm", "")]
    [InlineData("cr", "")]
    [InlineData("mc", "")]
    public void Reasoning_belongs_to_the_first_call_behind_it(string items, string kept)
    {
        var (memory, context) = Remember();
        SampleTurn.Stream(context, Script(items));
        Assert.Equal(kept, Told(memory));
    }

    [Fact]
    public void It_is_kept_as_the_item_it_will_be_sent_as()
    {
        var (memory, context) = Remember();
        SampleTurn.Message(context, UpstreamScript.Expand(JsonElement.Parse("""
            [["done",0,{"type":"reasoning","id":"rs_1","status":"completed","content":[],"summary":[{"type":"summary_text","text":"a\nb"},{"type":"summary_text","text":"c"}],"encrypted_content":"gAAAAABexample0001"}],
            ["done",1,{"type":"function_call","call_id":"A","name":"f","arguments":"{}"}],["completed",{}]]
            """u8)));
        var kept = Assert.Single(memory["A"]);
        Assert.Equal(
            """{"type":"reasoning","summary":[{"type":"summary_text","text":"a\nb"},{"type":"summary_text","text":"c"}],"encrypted_content":"gAAAAABexample0001"}""",
            Encoding.UTF8.GetString(kept.Json.Span));
        Assert.Equal(ReasoningSignature.HashOf("gAAAAABexample0001"u8), kept.Hash);
    }

    [Theory]
    [InlineData("""["failed",{"code":"server_error","message":"x"}]""")]
    [InlineData("""["eof"]""")]
    public void An_answer_that_broke_leaves_nothing(string end)
    {
        var (memory, context) = Remember();
        // The text behind the call makes an end without a word a failure.
        SampleTurn.Stream(context, Script("rc", """["text",2,"x"],""" + end));
        Assert.Empty(memory);
    }

    [Fact]
    public void Nothing_is_kept_for_a_call_the_client_did_not_get()
    {
        var (memory, context) = Remember(serial: true);
        SampleTurn.Stream(context, Script("rcrc"));
        Assert.Equal("c1: 0", Told(memory));
    }

    [Fact]
    public void It_is_handed_over_before_the_client_can_know_that_the_answer_is_whole()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var context = SampleTurn.Context(ThinkingDisplay.Hidden);
        var told = "";
        context.KeepReasoning = (_, _) => told = Encoding.UTF8.GetString(output.WrittenSpan);
        using var converter = new TurnConverter(context, new Messages.MessageEventWriter(output), TimeProvider.System);
        foreach (var json in Script("rc")) converter.Handle(json);
        Assert.Contains("content_block_start", told, StringComparison.Ordinal);
        Assert.DoesNotContain("message_delta", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_that_could_not_be_sent_back_is_not_kept()
    {
        Assert.Null(ReasoningItems.Keep(CodexItem.Parse("""{"type":"reasoning","summary":[]}"""u8)));
        Assert.Null(ReasoningItems.Keep(CodexItem.Parse("""{"type":"reasoning","encrypted_content":"short"}"""u8)));
        Assert.Null(ReasoningItems.Keep(CodexItem.Parse(Encoding.ASCII.GetBytes($$"""{"type":"reasoning","encrypted_content":"{{new string('A', ReasoningSignature.LongestSignature + 1)}}"}"""))));
    }

    /// <summary>Each stretch: reasoning, perhaps a message, reasoning again, a call.</summary>
    private static readonly Gen<string> Answers = Gen.OneOf("c", "rc", "rrc", "rmc", "mc", "mrc", "rmrc", "rrmrrc").Array[1, 4].Select(static stretches => string.Concat(stretches));

    [Fact]
    public void The_next_request_begins_with_what_the_model_generated() =>
        Answers.Sample(static items =>
        {
            var (memory, context) = Remember();
            var (message, _) = SampleTurn.Message(context, Script(items));
            var options = Converted.Options with { RecallReasoning = (_, call) => memory.GetValueOrDefault(call) ?? [] };
            var converted = Converted.Of($$"""{"messages":[{"role":"assistant","content":{{message!.Value.GetProperty("content").GetRawText()}}},{"role":"user","content":"c"}]}""", options: options);
            Assert.Equal(items, Generated(converted.Input));
            Assert.Equal(items.Index().Where(static item => item.Item == 'r').Select(static item => Encrypted(item.Index)), Contents(converted.Input));
        });

    [Fact]
    public void In_chat_too_as_far_as_its_one_text_allows() =>
        Gen.Select(Gen.OneOf("c", "rc", "rmc", "mrc", "rmrc"), Gen.OneOf("c", "rc", "rrc").Array[0, 3]).Sample(static (first, others) =>
        {
            var items = first + string.Concat(others);
            var (memory, context) = Remember();
            var (completion, _) = Chat.Complete(context, Script(items));
            var options = Converted.Options with { RecallReasoning = (_, call) => memory.GetValueOrDefault(call) ?? [] };
            var answer = completion.GetProperty("choices")[0].GetProperty("message").GetRawText();
            var input = Chat.Body($$"""{"messages":[{"role":"user","content":"a"},{{answer}}]}""", options: options).GetProperty("input");
            Assert.Equal(items, Generated(input));
        });

    private static string Generated(JsonElement input) => string.Concat(input.EnumerateArray().Select(static item => item.GetProperty("type").GetString() switch
    {
        "reasoning" => "r",
        "message" when item.GetProperty("role").ValueEquals("assistant"u8) => "m",
        "function_call" => "c",
        _ => "",
    }));

    private static IEnumerable<string> Contents(JsonElement input) =>
        input.EnumerateArray().Where(static item => item.TryGetProperty("encrypted_content", out _)).Select(static item => item.GetProperty("encrypted_content").GetString()!);
}
