using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Whatever stands where in a request: it is converted or refused, and a body is always valid JSON.</summary>
public sealed class HostileRequestsTests
{
    private const string Everything =
        """
        {"model":"gpt-5.6[1m]","max_tokens":100,"stream":true,"system":[{"type":"text","text":"x-anthropic-billing-header: a\nS"}],
         "thinking":{"type":"adaptive","display":"updates"},"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
         "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":1}}]},"metadata":{"user_id":"{\"session_id\":\"s\"}"},
         "stop_sequences":["x"],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},"betas":["a"],"speed":"fast",
         "tools":[{"name":"f","description":"D","strict":true,"input_examples":[{"a":1}],"input_schema":{"anyOf":[{"properties":{"a":{"type":"array","items":[true]}},"required":["a"]},{"$ref":"#/$defs/b"}],"$defs":{"b":{"nullable":true,"type":"string"}}}},
           {"type":"bash_20250124","name":"bash"},{"type":"computer_20251124","name":"computer","display_width_px":1,"display_height_px":2,"enable_zoom":true},
           {"type":"browser_toolset_20260801","configs":{"zoom":{"enabled":false,"defer_loading":true}}},{"type":"tool_search_tool_bm25","name":"s"},
           {"type":"web_search_20250305","name":"web_search","max_uses":2,"allowed_domains":["a.com"],"user_location":{"type":"approximate","city":"B"}},{"name":"late","defer_loading":true}],
         "messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},
             {"type":"image","source":{"type":"url","url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"document","title":"T","context":"C","source":{"type":"content","content":[{"type":"text","text":"x"}]}},
             {"type":"document","source":{"type":"base64","media_type":"text/plain","data":"YQ=="}},{"type":"search_result","title":"T","source":"S","content":[{"type":"text","text":"x"}]}]},
           {"role":"assistant","content":[{"type":"thinking","thinking":"Hello\n\nBye","signature":"cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.gAAAAABexample0001"},
             {"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"u","title":"t","encrypted_content":"cx1.z"}]},
             {"type":"server_tool_use","id":"c","name":"code_execution","input":{"code":"x"}},{"type":"code_execution_tool_result","tool_use_id":"c","content":{"stdout":"o","stderr":"e","return_code":0}},
             {"type":"mcp_tool_use","id":"m","server_name":"s","name":"n","input":{}},{"type":"mcp_tool_result","tool_use_id":"m","content":[{"type":"text","text":"x"}]},
             {"type":"compaction","content":"SUM","encrypted_content":null,"tool_changes":[]},{"type":"tool_use","id":"A","name":"f","toolset_name":null,"input":{"a":1}}]},
           {"role":"system","content":[{"type":"text","text":"r"},{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"g","input_schema":{}}}}],"clear_at":"never","output_config":{"effort":"low"}},
           {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","is_error":true,"content":[{"type":"text","text":"x"},{"type":"tool_reference","tool_name":"late"},{"type":"document","title":"r","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}]},
             {"type":"tool_result","tool_use_id":"Z","content":"orphan"},{"type":"hologram","x":[1]}]}]}
        """;

    private static readonly Gen<string> Junk = Gen.OneOf(
        "null", "true", "false", "0", "-1", "1e999", "\"\"", "\" \"", "\"HALF\"", "\"type\"", "[]", "{}", "[[]]", "[null]", "[{}]", "{\"type\":\"text\"}", "{\"type\":null}",
        "{\"type\":\"tool_use\"}", "[{\"type\":\"tool_result\"}]", "\"auto\"", "\"http://x\"", "\"data:,\"", "\"cx1.a.b\"");

    [Fact]
    public void The_request_these_tests_spoil_is_sound() => Assert.Null(Converted.From(Everything).Error);

    [Fact]
    public void Anything_anywhere_is_converted_or_refused_but_never_a_crash() =>
        Gen.Select(Gen.Int[0, int.MaxValue].Array[1, 4], Junk.Array[4]).Sample(static (places, junk) =>
        {
            var root = JsonNode.Parse(Everything)!;
            for (var i = 0; i < places.Length; i++) Spoil(root, places[i], junk[i]);
            // Half a surrogate pair: more than the writer of the test would let through.
            Check(root.ToJsonString().Replace("HALF", "\\ud83d", StringComparison.Ordinal));
        }, iter: 2_000);

    [Fact]
    public void A_cut_body_is_refused() =>
        Gen.Int[0, Everything.Length - 1].Sample(static length => Assert.Equal(400, Converted.From(Everything[..length]).Error!.Status));

    private static void Check(string request)
    {
        if (!MessagesRequest.TryParse(Encoding.UTF8.GetBytes(request), ClientHints.None, out var parsed, out var error))
        {
            Assert.Equal(400, error!.Status);
            return;
        }

        using (parsed)
        using (var body = new PooledBuffer())
        using (var standalone = new PooledBuffer())
        {
            foreach (var lite in (bool?[])[null, true])
            {
                var options = Converted.Options with { Lite = lite };
                body.Clear();
                if (!ResponsesRequest.TryConvert(parsed!, Converted.Profile, options, body, out var context, out error))
                {
                    Assert.NotEmpty(error!.Message);
                    continue;
                }

                using var written = JsonDocument.Parse(body.WrittenMemory);
                Assert.NotEmpty(written.RootElement.GetProperty("input").EnumerateArray());
                WebSearch.TryStandalone(parsed!, context!, options, standalone, out _);
            }
        }
    }

    private static void Spoil(JsonNode root, int place, string junk)
    {
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        nodes[place % nodes.Count].ReplaceWith(JsonNode.Parse(junk));
    }

    private static void Collect(JsonNode? node, List<JsonNode> nodes)
    {
        if (node?.Parent is not null) nodes.Add(node);
        if (node is JsonObject members)
            foreach (var member in members) Collect(member.Value, nodes);
        else if (node is JsonArray items)
            foreach (var item in items) Collect(item, nodes);
    }
}
