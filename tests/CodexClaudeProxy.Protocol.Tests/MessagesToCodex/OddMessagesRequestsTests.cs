using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Tests.Json;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Whatever a client sends, it is carried or refused; it never breaks the program.</summary>
public sealed class OddMessagesRequestsTests
{
    private const string Request = """
        {"model":"claude-opus-5-5","max_tokens":100,"stream":true,"temperature":1,"top_p":1,"top_k":1,"stop_sequences":["a"],"metadata":{"user_id":"u_session_s"},"speed":"fast","service_tier":"auto",
        "thinking":{"type":"enabled","budget_tokens":2000,"display":"summarized"},"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
        "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":2}},{"type":"clear_tool_uses_20250919","trigger":{"type":"tool_uses","value":1},
        "keep":{"type":"tool_uses","value":0},"clear_at_least":{"type":"input_tokens","value":1},"exclude_tools":["x"],"clear_tool_inputs":["f"]}]},"betas":["b-2026-01-01"],"mcp_servers":[],"container":null,
        "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
        "tools":[{"name":"f","description":"d","strict":true,"eager_input_streaming":true,"input_examples":[{"a":"b"}],"input_schema":{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"$ref":"#/$defs/x"}]}},"required":["a"],"$defs":{"x":{"type":"null"}}}},
        {"type":"custom","name":"g","defer_loading":true,"input_schema":{"type":"array","items":{"type":"string"}}},{"type":"bash_20250124","name":"bash"},{"type":"computer_20250124","name":"computer","display_width_px":1,"display_height_px":1},
        {"type":"computer_toolset_20260801","configs":{"zoom":{"enabled":true,"defer_loading":true}}},{"type":"web_search_20250305","name":"web_search","max_uses":1,"allowed_domains":["a.com"],"user_location":{"type":"approximate","city":"B"}}],
        "messages":[{"role":"user","content":[{"type":"text","text":"t","citations":null},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"image","source":{"type":"url","url":"https://a.example/b.png"}},
        {"type":"document","title":"T","context":"c","citations":{"enabled":true},"source":{"type":"content","content":[{"type":"text","text":"t"},{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlh"}}]}},
        {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"}},
        {"type":"search_result","source":"https://a.example","title":"T","content":[{"type":"text","text":"t"}]}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"cx1.ba36a4ed.1.gAAAAABc"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"t"},
        {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a.example","title":"T","encrypted_content":"x","page_age":null}]},
        {"type":"tool_use","id":"A","name":"f","input":{"a":"b"}},{"type":"tool_use","id":"B","name":"click","toolset_name":"computer","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","is_error":true,"content":[{"type":"text","text":"t"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"tool_reference","tool_name":"g"}]},
        {"type":"tool_result","tool_use_id":"B","content":"x"},{"type":"text","text":"t"}]},
        {"role":"system","content":[{"type":"text","text":"t"},{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"h","input_schema":{"type":"object"}}}},{"type":"tool_removal","tool":{"type":"tool_reference","name":"g"}}],"output_config":{"effort":"low"}},
        {"role":"assistant","content":[{"type":"compaction","content":"c","encrypted_content":null},{"type":"mcp_tool_use","id":"M","name":"m","server_name":"s","input":{}},{"type":"mcp_tool_result","tool_use_id":"M","is_error":false,"content":[{"type":"text","text":"t"}]}]},
        {"role":"user","content":"t"}]}
        """;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void One_odd_value_is_carried_or_refused(bool lite, bool clearing)
    {
        var options = Converted.Options with { ClearToolUses = clearing };
        var converted = 0;
        foreach (var json in OddJson.Of(Request))
        {
            converted += OddJson.Carries(json, (sent, body) =>
            {
                if (!MessagesRequest.TryParse(sent, ClientHints.None, out var request, out var error)) return error;
                using (request) return ResponsesRequest.TryConvert(request!, Converted.Profile with { Lite = lite }, options, body, out _, out error) ? null : error;
            }) ? 1 : 0;
        }

        Assert.InRange(converted, 500, 10_000);
    }
}
