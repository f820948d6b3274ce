using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Tests.Json;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>Whatever a client sends, it is carried or refused; it never breaks the program.</summary>
public sealed class OddChatRequestsTests
{
    private const string Request = """
        {"model":"gpt-5.6","stream":true,"stream_options":{"include_usage":true},"n":1,"stop":["a"],"max_tokens":5,"max_completion_tokens":5,"logprobs":false,"top_logprobs":0,"seed":1,"store":true,
        "metadata":{"a":"b"},"modalities":["text"],"reasoning_effort":"low","reasoning":{"effort":"low","max_tokens":1,"exclude":true,"enabled":true},"include_reasoning":true,"verbosity":"low",
        "service_tier":"priority","prompt_cache_key":"k","parallel_tool_calls":true,"prediction":{"type":"content","content":"x"},
        "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
        "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}},
        {"type":"custom","custom":{"name":"p","description":"d","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: X"}}}}],
        "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}},
        "functions":[{"name":"g","parameters":{}}],"function_call":{"name":"g"},
        "web_search_options":{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"country":"DE"}}},
        "messages":[{"role":"system","content":[{"type":"text","text":"s"}]},
        {"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"https://a.example/b.png","detail":"low"}},{"type":"file","file":{"filename":"a.pdf","file_data":"JVBERi0="}}]},
        {"role":"assistant","content":[{"type":"text","text":"t"}],"refusal":"r","reasoning_details":[{"type":"reasoning.encrypted","data":"x","index":0},{"type":"reasoning.summary","summary":"s","index":0}],
        "tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"B","type":"custom","custom":{"name":"p","input":"x"}}]},
        {"role":"tool","tool_call_id":"A","content":[{"type":"text","text":"1"}]},{"role":"tool","tool_call_id":"B","content":"2"},
        {"role":"assistant","content":null,"function_call":{"name":"g","arguments":"{}"}},{"role":"function","name":"g","content":"3"}]}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_odd_value_is_carried_or_refused(bool lite)
    {
        var converted = 0;
        foreach (var json in OddJson.Of(Request)) converted += Carries(json, Converted.Profile with { Lite = lite }) ? 1 : 0;
        Assert.InRange(converted, 500, 10_000);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    public void What_is_no_object_is_refused(string json) => Assert.False(Carries(json, Converted.Profile));

    private static bool Carries(string json, ModelProfile profile) => OddJson.Carries(json, (sent, body) =>
    {
        if (!ChatRequest.TryParse(sent, out var request, out var error)) return error;
        using (request) return ChatConversion.TryConvert(request!, profile, Converted.Options, body, out _, out error) ? null : error;
    });
}
