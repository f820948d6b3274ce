using System.Text;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>The signature, what is restored from it, and the effort.</summary>
public sealed class ReasoningTests
{
    private const string Encrypted = "gAAAAABexample0001";

    private static string Sign(int[] lengths, string encrypted = Encrypted, string mark = "ba36a4ed", string model = "gpt-5.6", string item = "rs_1")
    {
        using var signature = new PooledBuffer();
        Assert.True(ReasoningSignature.TryWriteSignature(signature, Encoding.UTF8.GetBytes(item), mark, model, lengths, Encoding.UTF8.GetBytes(encrypted)));
        return Encoding.UTF8.GetString(signature.Written);
    }

    private static Converted Think(string thinking, string signature, ConversionOptions? options = null, ModelProfile? profile = null, string members = "") =>
        Converted.Of($$"""{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"{{thinking}}","signature":"{{signature}}"},{"type":"text","text":"b"}]},{"role":"user","content":"c"}]{{members}}}""", profile, options);

    private static bool Restores(Converted converted) => converted.Text("/input/0/type") == "reasoning";

    [Fact]
    public void A_signature_has_the_documented_form()
    {
        Assert.Equal("cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.gAAAAABexample0001", Sign([5, 3]));
        Assert.Equal("cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6W119.gAAAAABexample0001", Sign([]));
        Assert.Equal("ba36a4ed", ReasoningSignature.MarkOf("acct-1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gAAAA")]
    [InlineData("gAAAAABexample\\n0001")]
    [InlineData("gAAAAABexample.0001")]
    public void What_is_no_encrypted_content_gets_no_signature(string encrypted)
    {
        using var signature = new PooledBuffer();
        Assert.False(ReasoningSignature.TryWriteSignature(signature, "rs_1"u8, "ba36a4ed", "m", [], Encoding.UTF8.GetBytes(encrypted)));
        Assert.Equal(0, signature.Length);
    }

    [Fact]
    public void A_signature_ends_at_eight_mebibytes()
    {
        using var signature = new PooledBuffer();
        var encrypted = new byte[ReasoningSignature.LongestSignature];
        encrypted.AsSpan().Fill((byte)'A');
        Assert.False(ReasoningSignature.TryWriteSignature(signature, "rs_1"u8, "ba36a4ed", "m", [], encrypted));
        Assert.True(ReasoningSignature.TryWriteSignature(signature, "rs_1"u8, "ba36a4ed", "m", [], encrypted.AsSpan(200)));
    }

    [Theory]
    [InlineData("Hello\\n\\nBye", new[] { 5, 3 }, "Hello|Bye")]
    [InlineData("Hello", new[] { 5 }, "Hello")]
    [InlineData("Hello\\n\\nBye", new[] { 10 }, "Hello\\n\\nBye")]
    [InlineData("gr\\u00f6\u00dfe\\n\\n😀\\ud83d\\ude00x", new[] { 5, 5 }, "gr\\u00f6\u00dfe|😀\\ud83d\\ude00x")]
    [InlineData("😀\\n\\nb", new[] { 1, 3 }, "😀\\n\\nb")]
    [InlineData("Hello\\n\\nBye now", new[] { 5, 3 }, "Hello\\n\\nBye now")]
    [InlineData("Hello", new[] { 5, 3 }, "Hello")]
    [InlineData("x", new int[0], "x")]
    [InlineData("ab", new[] { -1, 1 }, "ab")]
    public void The_summary_is_cut_back_into_its_parts(string thinking, int[] lengths, string parts)
    {
        var converted = Think(thinking, Sign(lengths));
        var expected = string.Join(',', parts.Split('|').Select(static part => $$"""{"type":"summary_text","text":"{{part}}"}"""));
        Assert.Equal($$"""{"type":"reasoning","summary":[{{expected}}],"encrypted_content":"{{Encrypted}}"}""", converted.At("/input/0").GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("cx1.")]
    [InlineData("cx1.e30.gAAAAABexample0001")]
    [InlineData("cx1.!!!.gAAAAABexample0001")]
    [InlineData("cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119")]
    [InlineData("cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.short")]
    [InlineData("cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.gAAAAAB example0001")]
    [InlineData("cx2.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.gAAAAABexample0001")]
    [InlineData("cx1.eyJhIjoiYmEzNmE0ZWQiLCJzIjpbIngiXX0.gAAAAABexample0001")]
    [InlineData("cx1.eyJhIjoiYmEzNmE0ZWQiLCJzIjpb.gAAAAABexample0001")]
    [InlineData("gAAAAABshort")]
    [InlineData("RXlBQ0FB")]
    public void A_signature_that_cannot_be_used_is_dropped_without_a_word(string signature)
    {
        var converted = Think("x", signature);
        Assert.Equal(2, converted.Input.GetArrayLength());
        Assert.Empty(converted.Context!.ReasoningHashes);
    }

    [Fact]
    public void Unknown_members_and_another_order_in_a_signature_are_fine()
    {
        var meta = System.Buffers.Text.Base64Url.EncodeToString("""{"z":{"a":[1]},"s":[1],"a":"ba36a4ed"}"""u8);
        Assert.True(Restores(Think("x", $"cx1.{meta}.{Encrypted}")));
    }

    [Fact]
    public void A_signature_with_escaped_slashes_is_read() => Assert.True(Restores(Think("x", Sign([1], "gAAAAAB/example/0001").Replace("/", "\\/", StringComparison.Ordinal))));

    [Fact]
    public void Reasoning_of_another_model_of_the_account_is_kept() => Assert.True(Restores(Think("x", Sign([1], model: "gpt-5.5"))));

    [Fact]
    public void Rejected_reasoning_stays_away()
    {
        var hash = ReasoningSignature.HashOf(Encoding.ASCII.GetBytes(Encrypted));
        var kept = Think("x", Sign([1]));
        Assert.Equal([hash], kept.Context!.ReasoningHashes);
        Assert.Matches("^[0-9a-f]{16}$", hash);
        Assert.False(Restores(Think("x", Sign([1]), Converted.Options with { IsRejectedReasoning = rejected => rejected == hash })));
        Assert.False(Restores(Think("x", Encrypted, Converted.Options with { IsRejectedReasoning = rejected => rejected == hash })));
        Assert.False(Restores(Think("x", Sign([1]), Converted.Options with { WithoutReasoning = true })));
    }

    [Fact]
    public void A_model_that_does_not_reason_gets_no_reasoning()
    {
        var converted = Think("x", Sign([1]), profile: Converted.Profile with { Efforts = [] });
        Assert.False(Restores(converted));
        Assert.False(converted.Body.TryGetProperty("reasoning", out _));
    }

    [Fact]
    public void Several_reasoning_items_in_front_of_one_follower_stay_and_trailing_ones_go()
    {
        var converted = Converted.OfAssistant(
            $$"""
            {"type":"text","text":"t"},{"type":"thinking","thinking":"","signature":"{{Sign([], "gAAAAABexample0001")}}"},{"type":"redacted_thinking","data":"{{Sign([], "gAAAAABexample0002")}}"},
            {"type":"tool_use","id":"A","name":"f","input":{} },{"type":"thinking","thinking":"","signature":"{{Sign([], "gAAAAABexample0003")}}"},{"type":"text","text":""}
            """);
        Assert.Equal(
            ["message", "reasoning", "reasoning", "function_call", "function_call_output", "message"],
            converted.Input.EnumerateArray().Select(static item => item.GetProperty("type").GetString()));
        Assert.Equal(2, converted.Context!.ReasoningHashes.Count);
    }

    [Fact]
    public void Foreign_thinking_between_two_texts_does_not_part_them() =>
        Converted.OfAssistant("""{"type":"text","text":"a"},{"type":"thinking","thinking":"x","signature":"EqQ"},{"type":"text","text":"b"}""")
            .Is("/input/0/content", """[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]""");

    [Theory]
    [InlineData("""{}""", "medium")]
    [InlineData("""{"thinking":{"type":"adaptive"}}""", "medium")]
    [InlineData("""{"thinking":{"type":"between_tools"}}""", "medium")]
    [InlineData("""{"thinking":{"type":"enabled"}}""", "medium")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":1024}}""", "low")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":3999}}""", "low")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":4000}}""", "medium")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":10000}}""", "high")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":32000}}""", "xhigh")]
    [InlineData("""{"output_config":{"effort":null}}""", "medium")]
    [InlineData("""{"output_config":{"effort":"low"}}""", "low")]
    [InlineData("""{"thinking":{"type":"disabled"},"output_config":{"effort":"high"}}""", "low")]
    [InlineData("""{"output_config":{"effort":"low"},"messages":[{"role":"system","content":"a","output_config":{"effort":"xhigh"}},{"role":"system","content":"b","output_config":{"effort":"high"}},{"role":"user","content":"c"}]}""", "high")]
    [InlineData("""{"thinking":{"type":"disabled"},"messages":[{"role":"system","output_config":{"effort":"high"}},{"role":"user","content":"c"}]}""", "high")]
    public void The_effort(string members, string effort) => Assert.Equal(effort, Converted.Of(members).Text("/reasoning/effort"));

    [Theory]
    [InlineData("none")]
    [InlineData("minimal")]
    [InlineData("ultra")]
    [InlineData("HIGH")]
    public void Words_Anthropic_does_not_know_are_refused(string effort) =>
        Converted.Of($$$"""{"output_config":{"effort":"{{{effort}}}"}}""").IsRefused("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");

    [Fact]
    public void A_fixed_effort_wins_over_everything()
    {
        var options = Converted.Options with { FixedEffort = Effort.High };
        Assert.Equal("high", Converted.Of("""{"thinking":{"type":"disabled"},"output_config":{"effort":"low"}}""", options: options).Text("/reasoning/effort"));
        Assert.Equal("xhigh", Converted.Of("{}", options: Converted.Options with { FixedEffort = Effort.Ultra }).Text("/reasoning/effort"));
        Assert.Equal("low", Converted.Of("{}", options: Converted.Options with { FixedEffort = Effort.Minimal }).Text("/reasoning/effort"));
    }

    [Theory]
    [InlineData("""{"type":"adaptive"}""", ThinkingDisplay.Shown, true)]
    [InlineData("""{"type":"adaptive","display":"updates"}""", ThinkingDisplay.Shown, true)]
    [InlineData("""{"type":"between_tools","display":"summarized"}""", ThinkingDisplay.Shown, true)]
    [InlineData("""{"type":"enabled","budget_tokens":5000,"display":"omitted"}""", ThinkingDisplay.Omitted, false)]
    [InlineData("""{"type":"disabled"}""", ThinkingDisplay.Hidden, false)]
    [InlineData("null", ThinkingDisplay.Hidden, false)]
    public void A_summary_is_asked_for_only_when_somebody_reads_it(string thinking, ThinkingDisplay display, bool summary)
    {
        var members = $$"""{"thinking":{{thinking}}}""";
        var converted = Converted.Of(members);
        Assert.Equal(display, converted.Context!.Thinking);
        Assert.Equal(summary, converted.At("/reasoning").TryGetProperty("summary", out _));
        Assert.False(Converted.Of(members, Converted.Profile with { Summaries = false }).At("/reasoning").TryGetProperty("summary", out _));
        Assert.False(Converted.Of(members, options: Converted.Options with { Refused = new HashSet<string> { "reasoning.summary" } }).At("/reasoning").TryGetProperty("summary", out _));
    }
}
