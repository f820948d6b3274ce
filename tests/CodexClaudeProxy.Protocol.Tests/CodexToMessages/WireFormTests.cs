using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>The exact JSON of every event and of the single message.</summary>
public sealed class WireFormTests
{
    private static readonly string[] Answer =
    [
        """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Plan"}""",
        """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAAABexample0001"}}""",
        """{"type":"response.output_item.done","output_index":1,"item":{"type":"web_search_call","id":"ws_a","status":"completed","action":{"type":"search","query":"q","sources":[{"url":"https://a.com/x","title":"A"}]}}}""",
        """{"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"<\"ä\u00e4>"}""",
        """{"type":"response.output_text.annotation.added","output_index":2,"content_index":0,"annotation":{"type":"url_citation","url":"https://a.com/x","title":"A"}}""",
        """{"type":"response.output_item.done","output_index":2,"item":{"type":"message"}}""",
        """{"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","call_id":"call_a","name":"Read","arguments":"{\"file\": 1.0}"}}""",
        """{"type":"response.completed","response":{"usage":{"input_tokens":1224,"input_tokens_details":{"cached_tokens":1024},"output_tokens":57,"output_tokens_details":{"reasoning_tokens":32}}}}""",
    ];

    private const string Signature = "cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzRdfQ.gAAAAABexample0001";
    private const string Marker = "cx1.bOBX7FY1FJFaoTYWx_cokR";

    [Fact]
    public void Every_event()
    {
        string[] expected =
        [
            """{"type":"message_start","message":{"id":"msg_0a1b","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"usage":{"input_tokens":250000,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0,"server_tool_use":null,"service_tier":"standard"}}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Plan"}}""",
            $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"{{{Signature}}}"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"srvtoolu_a","name":"web_search","input":{},"caller":{"type":"direct"}}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"q\"}"}}""",
            """{"type":"content_block_stop","index":1}""",
            $$$$"""{"type":"content_block_start","index":2,"content_block":{"type":"web_search_tool_result","tool_use_id":"srvtoolu_a","caller":{"type":"direct"},"content":[{"type":"web_search_result","url":"https://a.com/x","title":"A","page_age":null,"encrypted_content":"{{{{Marker}}}}"}]}}""",
            """{"type":"content_block_stop","index":2}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":"<\"ä\u00e4>"}}""",
            $$$$"""{"type":"content_block_delta","index":3,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://a.com/x","title":"A","cited_text":"","encrypted_index":"{{{{Marker}}}}"}}}""",
            """{"type":"content_block_stop","index":3}""",
            """{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"call_a","name":"Read","input":{},"caller":{"type":"direct"}}}""",
            """{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"file\": 1.0}"}}""",
            """{"type":"content_block_stop","index":4}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":null},"usage":{"input_tokens":200,"cache_creation_input_tokens":0,"cache_read_input_tokens":1024,"output_tokens":57,"output_tokens_details":{"thinking_tokens":32},"server_tool_use":{"web_search_requests":1,"web_fetch_requests":0}}}""",
            """{"type":"message_stop"}""",
        ];
        Assert.Equal(expected, Encoding.UTF8.GetString(SampleTurn.Stream(SampleTurn.Context(), UpstreamScript.Raw(Answer)).Bytes).Split('\n').Where(static line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(static line => line[6..]));
    }

    [Fact]
    public void The_message() => Assert.Equal(
        $$$"""{"id":"msg_0a1b","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"thinking","thinking":"Plan","signature":"{{{Signature}}}"},"""
        + """{"type":"server_tool_use","id":"srvtoolu_a","name":"web_search","input":{"query":"q"},"caller":{"type":"direct"}},"""
        + $$$"""{"type":"web_search_tool_result","tool_use_id":"srvtoolu_a","caller":{"type":"direct"},"content":[{"type":"web_search_result","url":"https://a.com/x","title":"A","page_age":null,"encrypted_content":"{{{Marker}}}"}]},"""
        + $$$"""{"type":"text","text":"<\"ä\u00e4>","citations":[{"type":"web_search_result_location","url":"https://a.com/x","title":"A","cited_text":"","encrypted_index":"{{{Marker}}}"}]},"""
        + """{"type":"tool_use","id":"call_a","name":"Read","input":{"file": 1.0},"caller":{"type":"direct"}}],"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":null,"diagnostics":null,"usage":{"input_tokens":200,"cache_creation_input_tokens":0,"cache_read_input_tokens":1024,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":57,"output_tokens_details":{"thinking_tokens":32},"server_tool_use":{"web_search_requests":1,"web_fetch_requests":0},"service_tier":"standard","inference_geo":null}}""",
        SampleTurn.Message(SampleTurn.Context(), UpstreamScript.Raw(Answer)).Message!.Value.GetRawText());

    /// <summary>Strict clients refuse null where the real API sends a list or nothing.</summary>
    [Fact]
    public void A_text_without_citations_has_no_such_member()
    {
        var block = SampleTurn.Message(SampleTurn.Context(), UpstreamScript.Expand(JsonElement.Parse("""[["text",0,"Hi"],["completed",{}]]"""))).Message!.Value.GetProperty("content")[0];
        Assert.Equal("""{"type":"text","text":"Hi"}""", block.GetRawText());
    }

    [Fact]
    public void An_error_after_the_beginning()
    {
        var (name, data) = SampleTurn.Stream(SampleTurn.Context(ThinkingDisplay.Hidden), UpstreamScript.Raw(Answer[3], """{"type":"response.failed","response":{"error":{"code":"server_is_overloaded","message":"busy"}}}""")).Events[^1];
        Assert.Equal(("error", """{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"""), (name, data.GetRawText()));
    }
}
