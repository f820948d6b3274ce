using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>The edit <c>clear_tool_uses_20250919</c>.</summary>
public sealed class ToolClearingTests
{
    private const string Note = "[Old tool result cleared]";
    private const string Now = "\"trigger\":{\"type\":\"tool_uses\",\"value\":1}";
    private const string Own = "cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6W119.gAAAAABexample0001";

    private static readonly ConversionOptions On = Converted.Options with { ClearToolUses = true };

    [Fact]
    public void All_but_the_three_most_recent_results_are_cleared()
    {
        var converted = Clear(Uses(5), Now);

        Assert.Equal([Note, Note, Result(2), Result(3), Result(4)], Outputs(converted));
        Assert.Equal([Input(0), Input(1), Input(2), Input(3), Input(4)], Inputs(converted));
        Assert.Equal(2, converted.Context!.Cleared!.Value.Uses);
        Assert.True(converted.Context.ContextManagement);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 3)]
    [InlineData(4, 0)]
    [InlineData(9, 0)]
    public void The_client_says_how_many_stay(int keep, int cleared)
    {
        var converted = Clear(Uses(4), $"{Now},{Keep(keep)}");
        Assert.Equal(Enumerable.Range(0, 4).Select(i => i < cleared ? Note : Result(i)), Outputs(converted));
        Assert.Equal(cleared, converted.Context!.Cleared?.Uses ?? 0);
    }

    [Fact]
    public void Nothing_changes_unless_it_is_switched_on()
    {
        var edits = Edit($"{Now},{Keep(0)},\"clear_tool_inputs\":true");
        var off = Converted.Of(Members(Uses(5), edits));

        Assert.Equal(Converted.Of(Members(Uses(5), "")).Bytes, off.Bytes);
        Assert.Null(off.Context!.Cleared);
        // What it does not carry out it does not judge.
        Assert.Null(Converted.Of(Members(Uses(5), """{"type":"clear_tool_uses_20250919","keep":-1}""")).Error);
    }

    [Fact]
    public void The_trigger_is_100000_input_tokens_unless_the_client_names_another()
    {
        var (under, over) = (Uses(5, size: 19_000), Uses(5, size: 20_500));
        Assert.Equal(0, Cleared(under, "\"keep\":null"));
        Assert.Equal(2, Cleared(over, "\"keep\":null"));

        var size = Count(Plain(Uses(5)));
        Assert.Equal(2, Cleared(Uses(5), Trigger("input_tokens", size)));
        Assert.Equal(0, Cleared(Uses(5), Trigger("input_tokens", size + 1)));
        Assert.Equal(2, Cleared(Uses(5), Trigger("tool_uses", 5)));
        Assert.Equal(0, Cleared(Uses(5), Trigger("tool_uses", 6)));
    }

    [Theory]
    [InlineData("input_tokens", 100_000)]
    [InlineData("tool_uses", 10)]
    public void What_does_not_reach_the_trigger_goes_out_as_it_is(string unit, int value)
    {
        var converted = Clear(Uses(5), Trigger(unit, value));
        Assert.Equal(Plain(Uses(5)).Bytes, converted.Bytes);
        Assert.Null(converted.Context!.Cleared);
        // The count made for the decision need not be made again.
        Assert.Equal(unit == "input_tokens" ? Count(converted) : 0, converted.Context.InputEstimate);
    }

    [Fact]
    public void Excluded_tools_keep_their_results_and_count_among_the_recent_ones()
    {
        var converted = Clear(Uses(6), $"{Now},{Keep(2)},\"exclude_tools\":[\"t1\",\"t5\"]");
        Assert.Equal([Note, Result(1), Note, Note, Result(4), Result(5)], Outputs(converted));
    }

    [Theory]
    [InlineData("true", "{}", "{}")]
    [InlineData("false", null, null)]
    [InlineData("null", null, null)]
    [InlineData("[\"t1\",\"t2\"]", null, "{}")]
    public void Arguments_go_as_well_where_the_client_says_so(string inputs, string? first, string? second)
    {
        var converted = Clear(Uses(5), $$"""{{Now}},"clear_tool_inputs":{{inputs}}""");
        Assert.Equal([first ?? Input(0), second ?? Input(1), Input(2), Input(3), Input(4)], Inputs(converted));
    }

    [Fact]
    public void Too_little_is_not_worth_it()
    {
        var freed = Clear(Uses(5), Now).Context!.Cleared!.Value.InputTokens;
        Assert.Equal(2, Cleared(Uses(5), $"{Now},{AtLeast(freed)}"));
        var converted = Clear(Uses(5), $"{Now},{AtLeast(freed + 1)}");
        Assert.Equal(Plain(Uses(5)).Bytes, converted.Bytes);
        Assert.Null(converted.Context!.Cleared);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"clear_tool_inputs\":true")]
    public void What_is_said_to_be_cleared_is_what_the_count_is_less(string more)
    {
        var converted = Clear(Uses(6), Now + more);
        Assert.Equal(Count(Plain(Uses(6))) - Count(converted), converted.Context!.Cleared!.Value.InputTokens);
    }

    [Fact]
    public void A_result_shorter_than_the_note_frees_nothing()
    {
        var converted = Clear([Use(0, "ok"), Use(1, "ok")], $"{Now},{Keep(1)}");
        Assert.Equal([Note, "ok"], Outputs(converted));
        Assert.Equal(new ClearedToolUses(1, 0), converted.Context!.Cleared);
    }

    [Fact]
    public void Images_errors_and_files_go_with_the_result()
    {
        const string Png = """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}""";
        const string Pdf = """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}""";
        (string, string)[] uses =
        [
            (Call(0), $$"""{"type":"tool_result","tool_use_id":"c0","content":[{"type":"text","text":"look"},{{Png}}]}"""),
            (Call(1), """{"type":"tool_result","tool_use_id":"c1","is_error":true,"content":"broken"}"""),
            (Call(2), $$"""{"type":"tool_result","tool_use_id":"c2","content":[{{Pdf}}]}"""),
            (Call(3), $$"""{"type":"tool_result","tool_use_id":"c3","content":[{{Pdf}}]}"""),
        ];
        var converted = Clear(uses, $"{Now},{Keep(1)}");

        Assert.Equal([Note, Note, Note, "[document \"document-2.pdf\" attached below]"], Outputs(converted));
        Assert.DoesNotContain("input_image", converted.Bytes, StringComparison.Ordinal);
        // The file that stays has the number it always had.
        Assert.Equal(["document-2.pdf"], Strings(converted, "input_file", "filename"));
        Assert.Single(Strings(converted, "input_text", "text"), static text => text.StartsWith("Attachment of tool call", StringComparison.Ordinal));
        // The page of the cleared file, and the image.
        Assert.InRange(converted.Context!.Cleared!.Value.InputTokens, 2_000, Count(Plain(uses)) - 2_000);
    }

    [Fact]
    public void Only_results_are_cleared_and_every_call_keeps_its_output()
    {
        const string Search =
            """
            {"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},
            {"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"https://a.example/","title":"A page","encrypted_content":"E","page_age":null}]}
            """;
        var converted = Converted.Of(
            $$"""
            {"messages":[
              {"role":"assistant","content":[{{Search}},{{Call(0)}},{{Call(1)}},{{Call(2)}}]},
              {"role":"user","content":[{"type":"text","text":"text"},{"type":"tool_result","tool_use_id":"c2","content":"two"},{"type":"tool_result","tool_use_id":"c0","content":"zero"}]},
              {"role":"assistant","content":[{{Call(0)}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"c0","content":"again"},{"type":"tool_result","tool_use_id":"zz","content":"orphan"}]}],
             "context_management":{"edits":[{{Edit($"{Now},{Keep(1)}")}}]} }
            """, options: On);

        // The call without a result is no pair: the other two and the repeated id are three.
        Assert.Equal([Note, "[No result was recorded for this tool call.]", Note, "again"], Outputs(converted));
        Assert.Equal(2, converted.Context!.Cleared!.Value.Uses);
        Assert.Equal(Strings(converted, "function_call", "call_id"), Strings(converted, "function_call_output", "call_id"));
        Assert.Contains("A page", converted.Bytes, StringComparison.Ordinal);
        Assert.Contains("orphan", converted.Bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_compaction_stands_for_counts_no_more()
    {
        var converted = Converted.Of(
            $$"""
            {"messages":[{"role":"assistant","content":[{{Call(0)}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c0","content":"old"}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"gone","name":"t0","input":{} },{"type":"compaction","content":"SUM"},{{Call(1)}},{{Call(2)}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"one"},{"type":"tool_result","tool_use_id":"c2","content":"two"}]}],
             "context_management":{"edits":[{{Edit($"{Now},{Keep(1)}")}}]} }
            """, options: On);
        Assert.Equal([Note, "two"], Outputs(converted));
    }

    [Fact]
    public void Thinking_is_cleared_beside_it()
    {
        var thinking = $$"""{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"{{Own}}"},""";
        var members = Members(Uses(3),
            $$"""{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":1} },{{Edit($"{Now},{Keep(1)}")}}""")
            .Replace("""{"role":"assistant","content":[""", thinking, StringComparison.Ordinal);
        var converted = Converted.Of(members, options: On);

        Assert.Equal([Note, Note, Result(2)], Outputs(converted));
        var types = converted.Input.EnumerateArray().Select(static item => item.GetProperty("type").GetString());
        Assert.Equal(["message", "function_call", "function_call_output", "function_call", "function_call_output", "reasoning", "function_call", "function_call_output"], types);
        Assert.Empty(converted.Context!.Unknown);
    }

    [Fact]
    public void Between_two_steps_a_growing_conversation_begins_with_the_same_bytes()
    {
        var each = Clear(Uses(2), $"{Now},{Keep(1)}").Context!.Cleared!.Value.InputTokens;
        var edit = $"{Trigger("input_tokens", 300)},{Keep(2)},{AtLeast(each * 3)}";
        List<int> cleared = [];
        var rewritten = 0;
        var before = Clear(Uses(1), edit);
        for (var uses = 2; uses <= 20; uses++)
        {
            var converted = Clear(Uses(uses), edit);
            cleared.Add(converted.Context!.Cleared?.Uses ?? 0);
            if (!converted.InputBytes.StartsWith(before.InputBytes, StringComparison.Ordinal)) rewritten++;
            before = converted;
        }

        Assert.Equal(cleared.Order(), cleared);
        Assert.InRange(cleared[^1], 15, 18);
        // Once for each step of three or four, never for a single result.
        Assert.Equal(cleared.Distinct().Count(static count => count > 0), rewritten);
        Assert.InRange(rewritten, 4, 6);
    }

    [Fact]
    public void Whatever_the_edit_says_calls_keep_their_outputs_and_no_choice_is_taken_back()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var uses = Enumerable.Range(0, 12).Select(i => Use(random.Next(4), Result(i) + string.Concat(Enumerable.Repeat(" the", random.Next(80))))).ToArray();
            var edit = $"{Trigger("input_tokens", random.Next(100, 700))},{Keep(random.Next(4))},{AtLeast(random.Next(200))},\"clear_tool_inputs\":[\"t1\"],\"exclude_tools\":[\"t{random.Next(6)}\"]";
            string[] before = [];
            for (var length = 1; length <= uses.Length; length++)
            {
                var (plain, converted) = (Plain(uses[..length]), Clear(uses[..length], edit));
                string[] outputs = [.. Outputs(converted)];

                Assert.Equal(Strings(plain, "function_call", "call_id"), Strings(converted, "function_call", "call_id"));
                Assert.Equal(Strings(plain, "function_call", "call_id"), Strings(converted, "function_call_output", "call_id"));
                Assert.Equal(outputs.Count(static output => output == Note), converted.Context!.Cleared?.Uses ?? 0);
                Assert.All(before.Index(), was => Assert.True(was.Item != Note || outputs[was.Index] == Note, $"seed {seed}: {was.Index} came back"));
                before = outputs;
            }
        }
    }

    [Fact]
    public void Without_a_least_amount_one_more_result_goes_with_each_turn()
    {
        var edit = $"{Now},{Keep(2)}";
        for (var uses = 1; uses <= 8; uses++) Assert.Equal(Math.Max(0, uses - 2), Cleared(Uses(uses), edit));
    }

    [Fact]
    public void Counts_remembered_from_earlier_turns_change_nothing()
    {
        var counts = new TextCounts();
        var edit = Trigger("input_tokens", 500);
        var remembered = Converted.Of(Members(Uses(8, 400), Edit(edit)), options: On with { Counts = counts });
        var again = Converted.Of(Members(Uses(8, 400), Edit(edit)), options: On with { Counts = counts });
        var plain = Clear(Uses(8, 400), edit);
        Assert.Equal(plain.Bytes, remembered.Bytes);
        Assert.Equal((plain.Context!.Cleared, plain.Context.Cleared), (remembered.Context!.Cleared, again.Context!.Cleared));
    }

    [Theory]
    [InlineData("\"trigger\":5", "trigger: Input should be a valid dictionary")]
    [InlineData("\"trigger\":{\"value\":5}", "trigger.type: Field required")]
    [InlineData("\"trigger\":{\"type\":\"messages\",\"value\":5}", "trigger.type: Input should be 'input_tokens' or 'tool_uses'")]
    [InlineData("\"trigger\":{\"type\":7,\"value\":5}", "trigger.type: Input should be 'input_tokens' or 'tool_uses'")]
    [InlineData("\"trigger\":{\"type\":\"tool_uses\"}", "trigger.value: Field required")]
    [InlineData("\"trigger\":{\"type\":\"tool_uses\",\"value\":\"5\"}", "trigger.value: Input should be a valid integer")]
    [InlineData("\"trigger\":{\"type\":\"tool_uses\",\"value\":0.5}", "trigger.value: Input should be a valid integer")]
    [InlineData("\"trigger\":{\"type\":\"input_tokens\",\"value\":0}", "trigger.value: Input should be greater than or equal to 1")]
    [InlineData("\"keep\":\"all\"", "keep: Input should be a valid dictionary")]
    [InlineData("\"keep\":{\"type\":\"input_tokens\",\"value\":1}", "keep.type: Input should be 'tool_uses'")]
    [InlineData("\"keep\":{\"type\":\"tool_uses\",\"value\":-1}", "keep.value: Input should be greater than or equal to 0")]
    [InlineData("\"clear_at_least\":[]", "clear_at_least: Input should be a valid dictionary")]
    [InlineData("\"clear_at_least\":{\"type\":\"tool_uses\",\"value\":1}", "clear_at_least.type: Input should be 'input_tokens'")]
    [InlineData("\"clear_at_least\":{\"type\":\"input_tokens\",\"value\":-5}", "clear_at_least.value: Input should be greater than or equal to 0")]
    [InlineData("\"exclude_tools\":\"t1\"", "exclude_tools: Input should be a valid list")]
    [InlineData("\"exclude_tools\":[\"t1\",2]", "exclude_tools.1: Input should be a valid string")]
    [InlineData("\"clear_tool_inputs\":\"yes\"", "clear_tool_inputs: Input should be a valid boolean or list")]
    [InlineData("\"clear_tool_inputs\":[null]", "clear_tool_inputs.0: Input should be a valid string")]
    public void A_member_that_makes_no_sense_is_named(string members, string message)
    {
        Clear(Uses(1), members).IsRefused("context_management.edits.0." + message);
        Converted.Of(Members(Uses(1), $"5,{Edit(Now)},{Edit(members)}"), options: On).IsRefused("context_management.edits.2." + message);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{\"edits\":5}")]
    [InlineData("{\"edits\":[5,{}]}")]
    [InlineData("{}")]
    [InlineData("{\"edits\":[{\"type\":\"clear_tool_uses_20250919\",\"trigger\":{\"type\":\"input_tokens\",\"value\":9000000000000}}]}")]
    public void Other_forms_of_the_member_around_it_do_no_harm(string contextManagement) =>
        Assert.Null(Converted.Of($$"""{"context_management":{{contextManagement}}}""", options: On).Error);

    private static string Result(int i) => $"result {i}";

    private static string Input(int i) => $$"""{"path":"/src/{{i}}.txt"}""";

    private static string Call(int i) => $$"""{"type":"tool_use","id":"c{{i}}","name":"t{{i}}","input":{{Input(i)}}}""";

    private static (string Call, string Result) Use(int i, string result) => (Call(i), $$"""{"type":"tool_result","tool_use_id":"c{{i}}","content":"{{result}}"}""");

    /// <param name="size">So many words of a token each stand behind each result.</param>
    private static (string Call, string Result)[] Uses(int count, int size) =>
        [.. Enumerable.Range(0, count).Select(i => Use(i, Result(i) + string.Concat(Enumerable.Repeat(" the", size))))];

    private static (string Call, string Result)[] Uses(int count) => Uses(count, 40);

    private static string Members((string Call, string Result)[] uses, string edits) =>
        $$"""
        {"messages":[{"role":"user","content":"go"},{{string.Join(',', uses.Select(static use => $$"""{"role":"assistant","content":[{{use.Call}}]},{"role":"user","content":[{{use.Result}}]}"""))}}],
         "context_management":{"edits":[{{edits}}]} }
        """;

    private static string Edit(string members) => $$"""{"type":"clear_tool_uses_20250919",{{members}}}""";

    private static string Trigger(string unit, int value) => $$""" "trigger":{"type":"{{unit}}","value":{{value}} }""";

    private static string Keep(int uses) => $$""" "keep":{"type":"tool_uses","value":{{uses}} }""";

    private static string AtLeast(int tokens) => $$""" "clear_at_least":{"type":"input_tokens","value":{{tokens}} }""";

    private static Converted Clear((string Call, string Result)[] uses, string members) => Converted.Of(Members(uses, Edit(members)), options: On);

    private static Converted Plain((string Call, string Result)[] uses) => Converted.Of(Members(uses, ""));

    private static int Cleared((string Call, string Result)[] uses, string members) => Clear(uses, members).Context!.Cleared?.Uses ?? 0;

    private static int Count(Converted converted) => InputEstimate.Count(Encoding.UTF8.GetBytes(converted.Bytes), Converted.Profile.ImageTokenFactor);

    /// <summary>The outputs without the words behind them.</summary>
    private static IEnumerable<string> Outputs(Converted converted) =>
        Strings(converted, "function_call_output", "output").Select(static output => output.Replace(" the", "", StringComparison.Ordinal));

    private static IEnumerable<string> Inputs(Converted converted) => Strings(converted, "function_call", "arguments");

    /// <summary>A member of all items, and parts of messages, of a type.</summary>
    private static IEnumerable<string> Strings(Converted converted, string type, string member)
    {
        Assert.Null(converted.Error);
        return [.. converted.Input.EnumerateArray()
            .SelectMany(static item => item.TryGetProperty("content", out var content) ? content.EnumerateArray().Prepend(item) : [item])
            .Where(item => item.GetProperty("type").GetString() == type)
            .Select(item => item.GetProperty(member) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : item.GetProperty(member).GetRawText())];
    }
}
