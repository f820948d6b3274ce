using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Kilo;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.Kilo;

/// <summary>An Anthropic request as the gateway gets it.</summary>
public sealed class KiloRequestTests
{
    private static readonly ModelProfile Profile = new() { Slug = "minimax/minimax-m2.5:free", Efforts = [], Summaries = false };

    private const string Bash = """{"name":"bash","description":"Runs","input_schema":{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}}""";

    [Fact]
    public void A_plain_question_is_streamed_with_usage()
    {
        JsonObject body = Convert("""{"model":"haiku","max_tokens":50,"temperature":0.5,"top_p":1,"top_k":3,"system":"Be brief.","messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal(
            """{"model":"minimax/minimax-m2.5:free","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],"max_tokens":50,"temperature":0.5,"top_p":1,"stream":true,"stream_options":{"include_usage":true}}""",
            body.ToJsonString());
    }

    [Fact]
    public void Calls_and_their_results_are_told_in_chat_words()
    {
        JsonArray messages = Messages($$$$"""
            {"model":"haiku","max_tokens":50,"tools":[{{{{Bash}}}}],"messages":[
              {"role":"user","content":"Go"},
              {"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"bash","input":{"command":"ls"}},{"type":"tool_use","id":"toolu_2","name":"bash","input":{"command":"pwd"}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"a.txt"},{"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":[{"type":"text","text":"denied"}]},{"type":"text","text":"And now?"}]}]}
            """);

        Assert.Equal(["user", "assistant", "tool", "tool", "user"], messages.Select(message => message!["role"]!.GetValue<string>()));
        Assert.Equal("Looking.", messages[1]!["content"]!.GetValue<string>());
        JsonArray calls = messages[1]!["tool_calls"]!.AsArray();
        Assert.Equal("""{"name":"bash","arguments":"{\"command\":\"ls\"}"}""", Relaxed(calls[0]!["function"]!));
        Assert.Equal(calls.Select(call => call!["id"]!.GetValue<string>()), messages.Skip(2).Take(2).Select(message => message!["tool_call_id"]!.GetValue<string>()));
        Assert.Equal("a.txt", messages[2]!["content"]!.GetValue<string>());
        Assert.Equal("[tool error]\ndenied", messages[3]!["content"]!.GetValue<string>());
    }

    [Fact]
    public void A_call_without_words_has_no_content()
    {
        JsonArray messages = Messages($$$$"""
            {"model":"haiku","max_tokens":50,"tools":[{{{{Bash}}}}],"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"bash","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}]}
            """);

        Assert.True(messages[1]!.AsObject().ContainsKey("content"));
        Assert.Null(messages[1]!["content"]);
        Assert.Equal("tool", messages[2]!["role"]!.GetValue<string>());
    }

    [Fact]
    public void Pictures_go_along_also_those_of_a_tool()
    {
        const string png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        string image = $$$$"""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{{png}}}}"}}""";
        JsonArray messages = Messages($$$$"""
            {"model":"haiku","max_tokens":50,"tools":[{{{{Bash}}}}],"messages":[{"role":"user","content":[{"type":"text","text":"See"},{{{{image}}}}]},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"bash","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"shot"},{{{{image}}}}]},{"type":"text","text":"Well?"}]}]}
            """);

        Assert.Equal($$$$"""[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{png}}}}"}}]""", Relaxed(messages[0]!["content"]!));
        Assert.Equal("shot", messages[2]!["content"]!.GetValue<string>());
        Assert.Equal("image_url", messages[3]!["content"]![1]!["type"]!.GetValue<string>());
        Assert.Equal("Well?", messages[4]!["content"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"type":"auto"}""", "\"auto\"", null)]
    [InlineData("""{"type":"any"}""", "\"required\"", null)]
    [InlineData("""{"type":"none"}""", "\"none\"", null)]
    [InlineData("""{"type":"tool","name":"bash"}""", """{"type":"function","function":{"name":"bash"}}""", null)]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""", "\"auto\"", "false")]
    public void The_choice_of_a_tool_is_carried(string choice, string expected, string? parallel)
    {
        JsonObject body = Convert($$$$"""{"model":"haiku","max_tokens":50,"tools":[{{{{Bash}}}}],"tool_choice":{{{{choice}}}},"messages":[{"role":"user","content":"Go"}]}""");

        Assert.Equal((expected, parallel), (Relaxed(body["tool_choice"]!), body["parallel_tool_calls"]?.ToJsonString()));
        Assert.Equal(["type", "function"], body["tools"]![0]!.AsObject().Select(member => member.Key));
        Assert.Equal(["name", "description", "parameters"], body["tools"]![0]!["function"]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void Instructions_later_on_become_the_users_words()
    {
        JsonArray messages = Messages("""{"model":"haiku","max_tokens":50,"system":"A","messages":[{"role":"user","content":"Hi"},{"role":"system","content":"B"},{"role":"user","content":"Go"}]}""");

        Assert.Equal(["system", "user", "user", "user"], messages.Select(message => message!["role"]!.GetValue<string>()));
        Assert.Equal("<system>\nB\n</system>", messages[2]!["content"]!.GetValue<string>());
    }

    [Fact]
    public void What_only_the_other_backend_understands_stays_out()
    {
        JsonObject body = Convert("""
            {"model":"haiku","max_tokens":50,"thinking":{"type":"enabled","budget_tokens":2000},"stop_sequences":["END"],"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{},"additionalProperties":false}}},
             "messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"x"},{"type":"text","text":"Yes"}]},{"role":"user","content":"Go"}]}
            """);

        Assert.Equal(["model", "messages", "response_format", "max_tokens", "stream", "stream_options"], body.Select(member => member.Key));
        Assert.Equal("json_schema", body["response_format"]!["type"]!.GetValue<string>());
        Assert.Equal("response", body["response_format"]!["json_schema"]!["name"]!.GetValue<string>());
        Assert.Equal("Yes", body["messages"]![1]!["content"]!.GetValue<string>());
    }

    private static JsonArray Messages(string request) => Convert(request)["messages"]!.AsArray();

    private static JsonObject Convert(string request)
    {
        byte[] received = Encoding.UTF8.GetBytes(request);
        Assert.True(MessagesRequest.TryParse(received, ClientHints.None, out MessagesRequest? parsed, out _));
        var codex = new ArrayBufferWriter<byte>();
        Assert.True(ResponsesRequest.TryConvert(parsed!, Profile, new ConversionOptions { SearchHistoryAsText = true, Lite = false }, codex, out TurnContext? context, out _));
        var body = new ArrayBufferWriter<byte>();
        KiloRequest.Write(codex.WrittenMemory, received, context!, body);
        parsed!.Dispose();
        return JsonNode.Parse(body.WrittenSpan)!.AsObject();
    }

    private static string Relaxed(JsonNode node) => node.ToJsonString(new JsonSerializerOptions
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    });
}
