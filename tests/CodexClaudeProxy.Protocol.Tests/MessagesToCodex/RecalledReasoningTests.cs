using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Tests.ChatCompletions;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Reasoning that is remembered for a client goes where the model had it.</summary>
public sealed class RecalledReasoningTests
{
    private const string Call = """{"type":"tool_use","id":"A","name":"f","input":{}}""";
    private const string Another = """{"type":"tool_use","id":"B","name":"f","input":{}}""";
    private const string Text = """{"type":"text","text":"Let me see"}""";

    private static readonly Dictionary<string, KeptReasoning[]> Memory = new()
    {
        ["A"] = [Kept(1), Kept(2)],
        ["B"] = [Kept(3)],
        ["W"] = [Kept(4) with { BeforeWords = true }, Kept(5)],
    };

    public static KeptReasoning Kept(int number)
    {
        var encrypted = $"gAAAAABexample000{number}";
        return new KeptReasoning(
            Encoding.ASCII.GetBytes($$"""{"type":"reasoning","summary":[],"encrypted_content":"{{encrypted}}"}"""), ReasoningSignature.HashOf(Encoding.ASCII.GetBytes(encrypted)));
    }

    /// <summary>Options that remember, for whatever conversation.</summary>
    private static ConversionOptions Options => Converted.Options with { RecallReasoning = static (_, call) => Memory.GetValueOrDefault(call) ?? [] };

    /// <summary>The types of the items, reasoning with its number.</summary>
    private static string Order(JsonElement input) => string.Join(' ', input.EnumerateArray().Select(static item => item.GetProperty("type").GetString() switch
    {
        "reasoning" => "r" + item.GetProperty("encrypted_content").GetString()![^1],
        "message" => item.GetProperty("role").GetString()!,
        "function_call" => "call",
        "function_call_output" => "output",
        var other => other,
    }));

    [Theory]
    [InlineData(Call, "r1 r2 call output user")]
    [InlineData($"{Text},{Call}", "assistant r1 r2 call output user")]
    [InlineData($"{Call},{Another}", "r1 r2 call r3 call output output user")]
    [InlineData($"{Text},{Call},{Text},{Another},{Text}", "assistant r1 r2 call assistant r3 call assistant output output user")]
    [InlineData("""{"type":"tool_use","id":"unknown","name":"f","input":{}}""", "call output user")]
    [InlineData(Text, "assistant user")]
    public void It_stands_in_front_of_the_call_it_led_to(string blocks, string order) =>
        Assert.Equal(order, Order(Converted.OfAssistant(blocks, options: Options).Input));

    [Fact]
    public void What_came_before_words_stands_before_them()
    {
        const string call = """{"type":"tool_use","id":"W","name":"f","input":{}}""";
        Assert.Equal("r4 assistant r5 call output user", Order(Converted.OfAssistant($"{Text},{Text},{call}", options: Options).Input));
        Assert.Equal("r4 r5 call output user", Order(Converted.OfAssistant(call, options: Options).Input));
        Assert.Equal("r1 r2 call r4 assistant r5 call output output user", Order(Converted.OfAssistant($"{Call},{Text},{call}", options: Options).Input));
        const string search = """
            {"type":"server_tool_use","id":"srvtoolu_ws_1","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_ws_1","content":[]}
            """;
        Assert.Equal("r4 web_search_call assistant r5 call output user", Order(Converted.OfAssistant($"{search},{Text},{call}", options: Options).Input));
    }

    [Fact]
    public void The_reasoning_a_client_kept_itself_is_not_sent_twice()
    {
        const string thinking = """{"type":"thinking","thinking":"","signature":"cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.gAAAAABexample0009"}""";
        Assert.Equal("r9 assistant call r3 call output output user", Order(Converted.OfAssistant($"{thinking},{Text},{Call},{Another}", options: Options).Input));
    }

    [Fact]
    public void What_was_sent_can_be_rejected_and_stays_away_then()
    {
        string[] hashes = [.. Memory["A"].Select(static kept => kept.Hash)];
        Assert.Equal(hashes, Converted.OfAssistant(Call, options: Options).Context!.ReasoningHashes);

        var converted = Converted.OfAssistant(Call, options: Options with { IsRejectedReasoning = hash => hash == hashes[0] });
        Assert.Equal("r2 call output user", Order(converted.Input));
        Assert.Equal([hashes[1]], converted.Context!.ReasoningHashes);
        Assert.Equal("call output user", Order(Converted.OfAssistant(Call, options: Options with { WithoutReasoning = true }).Input));
    }

    [Fact]
    public void A_turn_without_reasoning_gets_none()
    {
        Assert.Equal("call output user", Order(Converted.OfAssistant(Call, Converted.Profile with { Efforts = [] }, Options).Input));
        var none = Options with { FixedEffort = Effort.None };
        Assert.Equal("call output user", Order(Converted.OfAssistant(Call, Converted.Profile with { Efforts = [Effort.None, Effort.Low] }, none).Input));
    }

    [Fact]
    public void The_conversation_is_asked_for_by_the_name_it_has_in_the_context()
    {
        List<string> asked = [];
        var options = Converted.Options with { RecallReasoning = (conversation, call) => { asked.Add($"{conversation} {call}"); return []; } };
        var converted = Converted.From(
            Converted.Request($$"""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{{Call}}]},{"role":"user","content":"b"}]}"""),
            options: options, hints: new ClientHints { SessionId = "session-1" });
        Assert.Equal(["session-1 A"], asked);
        Assert.Equal("session-1", converted.Context!.ConversationId);
    }

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"thinking":{"type":"disabled"}}""", true)]
    [InlineData("""{"thinking":{"type":"adaptive"}}""", false)]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":5000,"display":"omitted"}}""", false)]
    public void Only_a_client_that_sees_no_thinking_loses_its_reasoning(string members, bool loses) =>
        Assert.Equal(loses, Converted.Of(members).Context!.LosesReasoning);

    private static string Chatting(string assistant) =>
        $$"""{"messages":[{"role":"user","content":"a"},{"role":"assistant",{{assistant}}},{"role":"tool","tool_call_id":"A","content":"1"},{"role":"tool","tool_call_id":"B","content":"2"},{"role":"tool","tool_call_id":"W","content":"3"}]}""";

    private static string Calls(params string[] ids) =>
        $"\"tool_calls\":[{string.Join(',', ids.Select(static id => $$"""{"id":"{{id}}","type":"function","function":{"name":"f","arguments":"{}"} }"""))}]";

    [Fact]
    public void Chat_clients_get_it_in_the_same_places()
    {
        Assert.Equal("user r1 r2 call r3 call output output user", Order(Sent(Chatting(Calls("A", "B")))));
        Assert.Equal("user r4 assistant r5 call r1 r2 call output output user", Order(Sent(Chatting("\"content\":\"Let me see\"," + Calls("W", "A")))));
        Assert.Equal("user r4 r5 call output user user", Order(Sent(Chatting(Calls("W")))));
        Assert.Equal("user assistant r1 r2 call r4 r5 call output output user", Order(Sent(Chatting("\"content\":\"Let me see\"," + Calls("A", "W")))));

        static JsonElement Sent(string members) => Chat.Body(members, options: Options).GetProperty("input");
    }

    [Fact]
    public void A_chat_client_that_keeps_reasoning_details_gets_nothing_beside_them()
    {
        var kept = Chatting("\"reasoning_details\":[]," + Calls("A"));
        Assert.DoesNotContain("r1", Order(Chat.Body(kept, options: Options).GetProperty("input")), StringComparison.Ordinal);
        Assert.False(Chat.Convert(kept).Context!.LosesReasoning);
        Assert.True(Chat.Convert("""{"reasoning":{"effort":"low"}}""").Context!.LosesReasoning);
        Assert.True(Chat.Convert("{}").Context!.LosesReasoning);
    }
}
