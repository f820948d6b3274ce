using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Tests.Json;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.Responses;

/// <summary>Whatever a client sends, it is passed on or refused; it never breaks the program.</summary>
public sealed class OddResponsesRequestsTests
{
    private const string Request = """
        {"model":"gpt-5.6","stream":true,"store":true,"instructions":"I","max_output_tokens":5,"metadata":{"a":"b"},"include":["web_search_call.results"],"service_tier":"priority","prompt_cache_key":"k",
        "reasoning":{"effort":"low","summary":"auto","generate_summary":"auto"},"text":{"verbosity":"low","format":{"type":"json_object"}},"parallel_tool_calls":true,"client_metadata":{"a":"b"},"background":false,
        "tools":[{"type":"function","name":"f","strict":true,"description":"d","parameters":{"type":"object","properties":{"a":{"type":"string"}}}},{"type":"function","function":{"name":"n","parameters":{}}},
        {"type":"custom","name":"p","format":{"type":"text"}},{"type":"web_search_preview","search_context_size":"low"},{"type":"namespace","name":"s","tools":[]}],
        "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]},
        "input":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"https://a.example/b.png","detail":"low"}]},
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"gAAAAABcdefghijklmnop"},
        {"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"t"}]},
        {"type":"function_call","id":"fc_1","call_id":"A","name":"f","arguments":"{}","status":"completed"},{"type":"function_call_output","call_id":"A","output":[{"type":"input_text","text":"1"}]},
        {"type":"custom_tool_call","call_id":"B","name":"p","input":"x"},{"type":"custom_tool_call_output","call_id":"Z","output":[{"type":"input_text","text":"1"}]},
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}}]}
        """;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void One_odd_value_is_passed_on_or_refused(bool lite, bool isCodex)
    {
        var converted = 0;
        foreach (var json in OddJson.Of(Request)) converted += Carries(json, Converted.Profile with { Lite = lite }, isCodex) ? 1 : 0;
        Assert.InRange(converted, 500, 10_000);
    }

    private static bool Carries(string json, ModelProfile profile, bool isCodex) => OddJson.Carries(json, (sent, body) =>
    {
        if (!PassThroughRequest.TryParse(sent, isCodex, null, out var request, out var error)) return error;
        using (request) return PassThrough.TryConvert(request!, profile, Converted.Options, body, out _, out error) ? null : error;
    });
}
