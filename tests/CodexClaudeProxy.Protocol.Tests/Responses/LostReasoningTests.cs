using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.Responses;

/// <summary>Clients of the Responses API that send calls back without the reasoning in front of them.</summary>
public sealed class LostReasoningTests
{
    private static readonly Dictionary<string, KeptReasoning[]> Memory = new()
    {
        ["A"] = [RecalledReasoningTests.Kept(1), RecalledReasoningTests.Kept(2)],
        ["B"] = [RecalledReasoningTests.Kept(3)],
        ["W"] = [RecalledReasoningTests.Kept(4) with { BeforeWords = true }, RecalledReasoningTests.Kept(5)],
    };

    private static ConversionOptions Options => Converted.Options with { RecallReasoning = static (_, call) => Memory.GetValueOrDefault(call) ?? [] };

    /// <summary>Each word an item: u(ser), m(essage of the assistant), s(earch), 9 own reasoning, - reasoning nobody can read, A call, a its output.</summary>
    private static string Items(string words) => $"[{string.Join(',', words.Select(static word => word switch
    {
        'u' => """{"role":"user","content":"Go on"}""",
        'm' => """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me see"}]}""",
        's' => """{"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}""",
        '9' => """{"type":"reasoning","id":"rs_9","summary":[],"encrypted_content":"gAAAAABexample0009"}""",
        '-' => """{"type":"reasoning","id":"rs_0","summary":[]}""",
        'c' => """{"type":"custom_tool_call","call_id":"A","name":"f","input":""}""",
        'o' => """{"type":"custom_tool_call_output","call_id":"A","output":"1"}""",
        _ when char.IsUpper(word) => $$"""{"type":"function_call","id":"fc_{{word}}","call_id":"{{word}}","name":"f","arguments":"{}"}""",
        _ => $$"""{"type":"function_call_output","call_id":"{{char.ToUpperInvariant(word)}}","output":"1"}""",
    }))}]";

    /// <summary>The items as they were sent, in the words of <see cref="Items"/>; reasoning by its number.</summary>
    private static string Sent(string words, ConversionOptions? options = null) =>
        string.Concat(Passed.Body($$"""{"input":{{Items(words)}}}""", options: options ?? Options).GetProperty("input").EnumerateArray().Select(static item => item.GetProperty("type").GetString() switch
        {
            "reasoning" => item.GetProperty("encrypted_content").GetString()![^1..],
            "message" => item.GetProperty("role").ValueEquals("user"u8) ? "u" : "m",
            "web_search_call" => "s",
            "custom_tool_call" => "c",
            "custom_tool_call_output" => "o",
            "function_call" => item.GetProperty("call_id").GetString(),
            _ => item.GetProperty("call_id").GetString()!.ToLowerInvariant(),
        }));

    [Theory]
    [InlineData("uAa", "u12Aa")]
    [InlineData("umAa", "um12Aa")]
    [InlineData("uABab", "u12A3Bab")]
    [InlineData("uAaBb", "u12Aa3Bb")]
    [InlineData("umWw", "u4m5Ww")]
    [InlineData("uWw", "u45Ww")]
    [InlineData("usmWwm", "u4sm5Wwm")]
    [InlineData("uAmWawu", "u12A4m5Wawu")]
    [InlineData("uco", "u12co")]
    [InlineData("uXxu", "uXxu")]
    [InlineData("um", "um")]
    public void It_stands_where_the_model_had_it(string items, string sent) => Assert.Equal(sent, Sent(items));

    [Theory]
    [InlineData("u9Aa", "u9Aa")]
    [InlineData("u9mABab", "u9mABab")]
    // Of one answer all calls, in whatever order the client puts its items.
    [InlineData("uA9Bab", "uA9Bab")]
    [InlineData("u9AaBb", "u9Aa3Bb")]
    // What cannot be read is no reasoning.
    [InlineData("u-Aa", "u12Aa")]
    public void Where_the_client_sends_its_own_it_gets_nothing_beside_it(string items, string sent) => Assert.Equal(sent, Sent(items));

    [Fact]
    public void Every_turn_begins_with_the_bytes_of_the_one_before()
    {
        var before = "";
        foreach (var words in (string[])["u", "umWw", "umWwABab", "umWwABabm", "umWwABabmu"])
        {
            var input = Passed.Body($$"""{"input":{{Items(words)}}}""", options: Options).GetProperty("input").GetRawText()[1..^1];
            Assert.StartsWith(before, input, StringComparison.Ordinal);
            before = input;
        }
    }

    [Fact]
    public void What_was_sent_can_be_rejected_and_stays_away_then()
    {
        string[] hashes = [.. Memory["A"].Select(static kept => kept.Hash)];
        Assert.Equal(hashes, Passed.Convert($$"""{"input":{{Items("uAa")}}}""", options: Options).Context!.ReasoningHashes);
        Assert.Equal("u2Aa", Sent("uAa", Options with { IsRejectedReasoning = hash => hash == hashes[0] }));
        Assert.Equal("uAa", Sent("uAa", Options with { WithoutReasoning = true }));
    }

    [Fact]
    public void The_codex_cli_gets_none() =>
        Assert.DoesNotContain("reasoning", Passed.Body($$"""{"input":{{Items("uAa")}}}""", isCodex: true, options: Options).GetProperty("input").GetRawText(), StringComparison.Ordinal);

    [Fact]
    public void The_conversation_is_asked_for_by_the_name_it_has_in_the_context()
    {
        List<string> asked = [];
        var options = Converted.Options with { RecallReasoning = (conversation, call) => { asked.Add($"{conversation} {call}"); return []; } };
        var context = Passed.Convert($$"""{"prompt_cache_key":"k","input":{{Items("uAa")}}}""", options: options).Context!;
        Assert.Equal(["k A"], asked);
        Assert.Equal("k", context.ConversationId);
    }

    [Theory]
    [InlineData("u", true)]
    [InlineData("uAa", true)]
    [InlineData("u-Aa", true)]
    [InlineData("u9Aa", false)]
    public void A_client_that_sends_reasoning_loses_none(string items, bool loses) =>
        Assert.Equal(loses, Passed.Convert($$"""{"input":{{Items(items)}}}""").Context!.LosesReasoning);

    [Fact]
    public void Nor_does_one_that_names_earlier_answers()
    {
        var options = Converted.Options with { RecallConversation = static _ => [], RecallItem = static _ => null };
        Assert.False(Passed.Convert("""{"previous_response_id":"resp_1"}""", options: options).Context!.LosesReasoning);
        Assert.False(Passed.Convert("""{"input":[{"role":"user","content":"Hi"},{"type":"item_reference","id":"rs_1"}]}""", options: options).Context!.LosesReasoning);
        Assert.False(Passed.Convert("{}", isCodex: true).Context!.LosesReasoning);
    }

    private static string Item(string kind, int index) => $$"""["done",{{index}},{{kind switch
    {
        "r" => $$"""{"type":"reasoning","id":"rs_{{index}}","summary":[],"encrypted_content":"gAAAAABexample000{{index}}"}""",
        "m" => """{"type":"message","content":[{"type":"output_text","text":"word"}]}""",
        "w" => """{"type":"web_search_call","id":"ws","status":"completed","action":{"type":"search","query":"q"}}""",
        "x" => $$"""{"type":"custom_tool_call","id":"ctc","call_id":"c{{index}}","name":"f","input":""}""",
        _ => $$"""{"type":"function_call","id":"fc","call_id":"c{{index}}","name":"f","arguments":"{}"}""",
    }}}]""";

    [Theory]
    [InlineData("rc", "c1: 0")]
    [InlineData("rrx", "c2: 0 1")]
    [InlineData("rcc", "c1: 0")]
    [InlineData("rcrc", "c1: 0; c3: 2")]
    [InlineData("rmrc", "c3: 0, 2")]
    [InlineData("rwrc", "c3: 0, 2")]
    [InlineData("rm", "")]
    [InlineData("rc", "", """["failed",{"code":"server_error","message":"x"}]""")]
    [InlineData("rc", "", """["eof"]""")]
    public void An_answer_hands_over_what_stood_in_front_of_its_calls(string items, string kept, string end = """["completed",{"id":"resp_1"}]""")
    {
        foreach (var stream in (bool[])[true, false])
        {
            List<string> told = [];
            var context = Turn.Context();
            context.KeepReasoning = (call, reasoning) =>
                told.Add($"{call}: {string.Join(' ', reasoning.Select(static one => JsonElement.Parse(one.Json.Span).GetProperty("encrypted_content").GetString()![^1] + (one.BeforeWords ? "," : "")))}");
            var script = JsonElement.Parse(Encoding.UTF8.GetBytes($"[{string.Join(',', items.Select((kind, index) => Item(kind.ToString(), index)))},{end}]"));
            Passed.Relay(UpstreamScript.Expand(script), new RelayForm(stream, IsCodex: false), context);
            Assert.Equal(kept, string.Join("; ", told));
        }
    }
}
