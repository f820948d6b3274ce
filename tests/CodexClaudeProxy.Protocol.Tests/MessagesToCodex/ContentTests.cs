using System.Text;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Blocks of users, assistants and tool results; images and documents.</summary>
public sealed class ContentTests
{
    private const string Png = """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}""";
    private const string PngPart = """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}""";
    private const string Pdf = """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}""";

    [Theory]
    [InlineData("""{"type":"text","text":"a","citations":[{"x":1}],"cache_control":{"type":"ephemeral"}}""", """[{"type":"input_text","text":"a"}]""")]
    [InlineData(
        """{"type":"image","source":{"data":"iVBORw0KGgo=","type":"base64","media_type":"image/png"},"transformations":[1]}""",
        """[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]""")]
    [InlineData(
        """{"type":"document","title":"Report","context":"C","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}""",
        """[{"type":"input_text","text":"C"},{"type":"input_file","filename":"Report.pdf","file_data":"data:application/pdf;base64,JVBERg=="}]""")]
    [InlineData("""{"type":"document","source":{"type":"text","data":"D"}}""", """[{"type":"input_text","text":"<document>\nD\n</document>"}]""")]
    [InlineData("""{"type":"document","title":"T","source":{"type":"content","content":"D"}}""", """[{"type":"input_text","text":"<document title=\"T\">\nD\n</document>"}]""")]
    [InlineData(
        """{"type":"document","title":"T","context":"C","source":{"type":"content","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}}""",
        """[{"type":"input_text","text":"<document title=\"T\">\n<context>C</context>"},{"type":"input_text","text":"x"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="},{"type":"input_text","text":"</document>"}]""")]
    [InlineData("""{"type":"document","source":{"type":"url","url":"https://e.com/a.pdf"}}""", """[{"type":"input_file","file_url":"https://e.com/a.pdf"}]""")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"text/csv","data":"YSxiCg=="}}""", """[{"type":"input_text","text":"<document>\na,b\n\n</document>"}]""")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/json","data":"eyJhIjoiw7YifQ=="}}""", """[{"type":"input_text","text":"<document>\n{\"a\":\"ö\"}\n</document>"}]""")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"!"}}""", """[{"type":"input_text","text":"[document omitted: invalid data (document-1.pdf)]"}]""")]
    [InlineData("""{"type":"browser_state","tabs":[ {"a": 1} ],"cache_control":{"type":"ephemeral"}}""", """[{"type":"input_text","text":"[browser state] {\"type\":\"browser_state\",\"tabs\":[{\"a\":1}]}"}]""")]
    [InlineData("""{ "type": "hologram", "n": 1.50, "s": "a \" b", "deep": [{"cache_control":{}, "x":null}] }""", """[{"type":"input_text","text":"{\"type\":\"hologram\",\"n\":1.50,\"s\":\"a \\\" b\",\"deep\":[{\"x\":null}]}"}]""")]
    [InlineData("""{"type":"search_result","title":"a \"b\"","source":"s","content":[]}""", """[{"type":"input_text","text":"<search_result title=\"a 'b'\" source=\"s\">\n\n</search_result>"}]""")]
    public void A_user_block_becomes_parts(string block, string parts) => Converted.OfUser(block).Is("/input/0/content", parts);

    [Theory]
    [InlineData("""{"type":"tool_reference","tool_name":"x"}""")]
    [InlineData("""{"type":"thinking","thinking":"x","signature":"s"}""")]
    [InlineData("""{"type":"text","text":""}""")]
    [InlineData("""{"type":"text"}""")]
    public void A_user_block_of_no_content_vanishes(string block) => Assert.Equal(1, Converted.OfUser(block + """,{"type":"text","text":"a"}""").At("/input/0/content").GetArrayLength());

    [Theory]
    [InlineData("""{"type":"image"}""", "messages.0.content.0.source: Field required")]
    [InlineData("""{"type":"image","source":{"type":"smoke"}}""", "messages.0.content.0.source.type: Input should be 'base64', 'url' or 'file'")]
    [InlineData("""{"type":"document","source":{"type":"file","file_id":"f"}}""", "messages.0.content.0.source: file references are not supported by this server; send base64 or url")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/zip","data":"UEs="}}""", "messages.0.content.0: unsupported document media type 'application/zip'")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"!"}}""", "messages.0.content.0.source.data: Input should be valid base64")]
    public void A_block_nobody_can_carry_is_refused(string block, string message) => Converted.OfUser(block).IsRefused(message);

    [Fact]
    public void Documents_without_a_title_are_numbered_in_order()
    {
        var converted = Converted.OfUser($"{Pdf},{Pdf}");
        converted.Is("/input/0/content/0/filename", "\"document-1.pdf\"");
        converted.Is("/input/0/content/1/filename", "\"document-2.pdf\"");
    }

    [Theory]
    [InlineData("iVBORw0KGgo", "image/png", "data:image/png;base64,iVBORw0KGgo=")]
    [InlineData("iVBO\\nRw0K Ggo=", "image/png", "data:image/png;base64,iVBORw0KGgo=")]
    [InlineData("\\/9j\\/4AAQ", "image/png", "data:image/jpeg;base64,/9j/4AAQ")]
    [InlineData("R0lGODlh", "image/png", "data:image/gif;base64,R0lGODlh")]
    [InlineData("UklGRgAAAABXRUJQ", "image/png", "data:image/webp;base64,UklGRgAAAABXRUJQ")]
    public void An_image_is_recognised_by_its_bytes(string data, string mediaType, string url) =>
        Assert.Equal(url, Converted.OfUser($$$"""{"type":"image","source":{"type":"base64","media_type":"{{{mediaType}}}","data":"{{{data}}}"}}""").Text("/input/0/content/0/image_url"));

    [Theory]
    [InlineData("iVBORw0KG", "image/png")]
    [InlineData("<html>", "text/html")]
    [InlineData("", "image/png")]
    [InlineData("UklGRgAAAABBVkkg", "image/webp")]
    public void An_image_the_backend_cannot_read_becomes_a_note(string data, string mediaType) =>
        Assert.Equal(
            $"[image omitted: unsupported or invalid image data ({mediaType})]",
            Converted.OfUser($$$"""{"type":"image","source":{"type":"base64","media_type":"{{{mediaType}}}","data":"{{{data}}}"}}""").Text("/input/0/content/0/text"));

    [Theory]
    [InlineData("data:image/jpeg;base64,iVBORw0KGgo=", """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}""")]
    [InlineData("data:image/svg+xml,%3Csvg", """{"type":"input_text","text":"[image omitted: unsupported or invalid image data (image/svg+xml)]"}""")]
    [InlineData("http://e.com/a.png", """{"type":"input_image","image_url":"http://e.com/a.png"}""")]
    [InlineData("file:///etc/passwd", """{"type":"input_text","text":"[image: file:///etc/passwd]"}""")]
    public void An_image_by_URL(string url, string part) => Converted.OfUser($$$"""{"type":"image","source":{"type":"url","url":"{{{url}}}"}}""").Is("/input/0/content/0", part);

    [Fact]
    public void A_remote_image_becomes_text_where_it_cannot_be_fetched()
    {
        const string block = """{"type":"image","source":{"type":"url","url":"https://e.com/a.png"}}""";
        Assert.Equal("[image: https://e.com/a.png]", Converted.OfUser(block, Converted.Profile with { Lite = true }).Text("/input/0/content/0/text"));
        Assert.Equal("[image: https://e.com/a.png]", Converted.OfUser(block, options: Converted.Options with { ImageUrls = ImageUrlRoute.Text }).Text("/input/0/content/0/text"));
        Assert.Equal("[image: https://e.com/a.png]", Converted.OfResult($"[{block}]").Text("/input/1/output"));
        Assert.Equal("[image omitted: the model does not accept images]", Converted.OfUser(block, Converted.Profile with { Images = false }).Text("/input/0/content/0/text"));
    }

    [Fact]
    public void A_document_by_URL_becomes_text_once_the_backend_refused_one() =>
        Assert.Equal(
            "[document: https://e.com/a.pdf]",
            Converted.OfUser("""{"type":"document","source":{"type":"url","url":"https://e.com/a.pdf"}}""", options: Converted.Options with { Refused = new HashSet<string> { "file_url" } })
                .Text("/input/0/content/0/text"));

    [Theory]
    [InlineData("""{"type":"text","text":"a","citations":[{"cited_text":"x"}]}""", """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]""")]
    [InlineData("""{"type":"text","text":"a"},{"type":"text","text":""},{"type":"text","text":"b"}""", """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"web_fetch","input":{"url":"https://a.com"}},{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","url":"https://a.com","content":{"type":"document","source":{"type":"text","data":"DOC"}}}}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[fetched https://a.com]\nDOC"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"web_fetch","input":{"url":"https://a.com"}},{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_tool_result_error","error_code":"unavailable"}}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[fetched https://a.com]\nerror: unavailable"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"code_execution","input":{"code":"print(1)"}},{"type":"code_execution_tool_result","tool_use_id":"s","content":{"type":"code_execution_result","stdout":"1\n","stderr":"w","return_code":0,"content":[]}}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[code execution]\nprint(1)\n[result]\n1\nw\nreturn code 0"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"bash_code_execution","input":{"command":"ls"}},{"type":"bash_code_execution_tool_result","tool_use_id":"s","content":{"type":"bash_code_execution_result","stdout":"x","stderr":"","return_code":1}}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[code execution]\nls\n[result]\nx\nreturn code 1"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"text_editor_code_execution","input":{"command":"view","path":"/a"}},{"type":"text_editor_code_execution_tool_result","tool_use_id":"s","content":{"type":"text_editor_code_execution_view_result","content":"line","file_type":"text"}}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[code execution]\n{\"command\":\"view\",\"path\":\"/a\"}\n[result]\nline"}]}]""")]
    [InlineData(
        """{"type":"mcp_tool_use","id":"m","server_name":"srv","name":"do","input":{"a": 1}},{"type":"mcp_tool_result","tool_use_id":"m","is_error":false,"content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[srv/do {\"a\":1}]\nx\ny"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"advisor","input":{}},{"type":"advisor_tool_result","tool_use_id":"s","content":{"type":"advisor_result","text":"think"}}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[advisor]\nthink"}]}]""")]
    [InlineData(
        """{"type":"text","text":"a"},{"type":"server_tool_use","id":"s","name":"tool_search_tool_bm25","input":{"query":"q"}},{"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"tool_search_tool_search_result","tool_references":[]}},{"type":"text","text":"b"}""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]}]""")]
    [InlineData("""{"type":"mcp_tool_listing","tools":[]},{"type":"fallback"},{"type":"hologram"},{"type":"text","text":"a"}""", """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]""")]
    [InlineData("""{"type":"image","source":{"type":"base64","data":"x"}}""", """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"[image]"}]}]""")]
    [InlineData("""{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},{"type":"text","text":"a"}""", """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]""")]
    [InlineData(
        """{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"s","content":{"type":"web_search_tool_result_error","error_code":"unavailable"}}""",
        """[{"type":"web_search_call","status":"failed","action":{"type":"search","query":"q"}}]""")]
    public void Assistant_blocks_become_items(string blocks, string items)
    {
        var converted = Converted.OfAssistant(blocks);
        Assert.Null(converted.Error);
        Assert.Equal(items, "[" + string.Join(',', converted.Input.EnumerateArray().SkipLast(1).Select(static item => item.GetRawText().Replace("\\/", "/", StringComparison.Ordinal))) + "]");
    }

    [Fact]
    public void Search_history_goes_out_as_text_on_demand()
    {
        const string blocks =
            """{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"https://a.com","title":"A","encrypted_content":"cx1.z"}]}""";
        Assert.Equal("[web search: q]\n- A — https://a.com", Converted.OfAssistant(blocks, options: Converted.Options with { SearchHistoryAsText = true }).Text("/input/0/content/0/text"));
    }

    [Fact]
    public void Fetched_text_and_search_results_are_cut_to_a_measure()
    {
        var fetched = Converted.OfAssistant(
            $$$"""{"type":"server_tool_use","id":"s","name":"web_fetch","input":{"url":"u"}},{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","content":{"type":"document","source":{"type":"text","data":"{{{new string('ö', 19_999)}}}\ud83d\ude00"} } } }""");
        Assert.Equal("[fetched u]\n".Length + 19_999, fetched.Text("/input/0/content/0/text").Replace("\ud83d", "", StringComparison.Ordinal).Length);

        var hits = string.Join(',', Enumerable.Range(0, 30).Select(static i => $$"""{"type":"web_search_result","url":"u{{i}}","title":"t","encrypted_content":"E"}"""));
        var searched = Converted.OfAssistant($$"""{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"} },{"type":"web_search_tool_result","tool_use_id":"s","content":[{{hits}}]}""");
        Assert.Equal(21, searched.Text("/input/0/content/0/text").Split('\n').Length);
    }

    [Theory]
    [InlineData("null", "{}")]
    [InlineData("{ \"a\" : [ 1.0 , 1e5, 12345678901234567890 ] , \"b\":\"x \\u00e9 \\\" y\" }", "{\"a\":[1.0,1e5,12345678901234567890],\"b\":\"x \\u00e9 \\\" y\"}")]
    [InlineData("\"{\\\"a\\\": 1}\"", "{\"a\":1}")]
    [InlineData("\"plain\"", "{\"input\":\"plain\"}")]
    [InlineData("\"[1]\"", "{\"input\":\"[1]\"}")]
    [InlineData("5", "{\"input\":5}")]
    [InlineData("{\"__unparsedToolInput\":{\"raw\":\"{\\\"a\\\"\",\"len\":21}}", "{\"__unparsedToolInput\":{\"raw\":\"{\\\"a\\\"\",\"len\":21}}")]
    public void The_input_of_a_call_becomes_its_arguments(string input, string arguments) =>
        Assert.Equal(arguments, Converted.OfAssistant($$"""{"type":"tool_use","id":"A","name":"f","input":{{input}},"caller":{"type":"direct"} }""").Text("/input/0/arguments"));

    [Fact]
    public void A_call_without_input_has_empty_arguments() => Assert.Equal("{}", Converted.OfAssistant("""{"type":"tool_use","id":"A","name":"f"}""").Text("/input/0/arguments"));

    [Theory]
    [InlineData("\"\"", "", "\"(no output)\"")]
    [InlineData("[]", "", "\"(no output)\"")]
    [InlineData("null", ",\"is_error\":true", "\"[tool error]\\n(no output)\"")]
    [InlineData("\"Error: x\"", ",\"is_error\":true", "\"Error: x\"")]
    [InlineData("\" \\n eRRor x\"", ",\"is_error\":true", "\" \\n eRRor x\"")]
    [InlineData("\"a \\u003ctool_use_error\\u003e\"", ",\"is_error\":true", "\"a <tool_use_error>\"")]
    [InlineData("\"x\"", ",\"is_error\":false", "\"x\"")]
    [InlineData("[{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"text\",\"text\":\"y\"}]", ",\"is_error\":true", "\"[tool error]\\nx\\ny\"")]
    [InlineData("[" + Png + "]", ",\"is_error\":true", "[{\"type\":\"input_text\",\"text\":\"[tool error]\"}," + PngPart + "]")]
    [InlineData("[" + Png + ",{\"type\":\"text\",\"text\":\"x\"}]", ",\"is_error\":true", "[" + PngPart + ",{\"type\":\"input_text\",\"text\":\"[tool error]\\nx\"}]")]
    [InlineData("[{\"type\":\"text\",\"text\":\"x\"}," + Png + "]", ",\"is_error\":true", "[{\"type\":\"input_text\",\"text\":\"[tool error]\\nx\"}," + PngPart + "]")]
    [InlineData("[{\"type\":\"search_result\",\"title\":\"T\",\"source\":\"S\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]", "", "\"<search_result title=\\\"T\\\" source=\\\"S\\\">\\nx\\n</search_result>\"")]
    [InlineData("[{\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\"D\"}}]", "", "\"<document>\\nD\\n</document>\"")]
    [InlineData("[{\"type\":\"tool_reference\",\"tool_name\":\"W\"},{\"type\":\"tool_reference\",\"tool_name\":\"X\"}]", "", "\"Tool W is now available.\\nTool X is now available.\"")]
    [InlineData("[{\"type\":\"hologram\", \"a\":1}]", "", "\"{\\\"type\\\":\\\"hologram\\\",\\\"a\\\":1}\"")]
    [InlineData("[{\"type\":\"browser_state\",\"tabs\":[]}]", "", "\"[browser state] {\\\"type\\\":\\\"browser_state\\\",\\\"tabs\\\":[]}\"")]
    [InlineData("\"[{\\\"type\\\":\\\"image\\\",\\\"data\\\":\\\"iVBORw0KGgo=\\\"}]\"", "", "\"[{\\\"type\\\":\\\"image\\\",\\\"data\\\":\\\"iVBORw0KGgo=\\\"}]\"")]
    public void The_result_of_a_tool_becomes_its_output(string content, string more, string output) => Converted.OfResult(content, more).Is("/input/1/output", output);

    [Fact]
    public void Files_of_several_results_follow_in_one_user_message()
    {
        var converted = Converted.Of(
            $$"""
            {"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{} },{"type":"tool_use","id":"B","name":"f","input":{} }]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"B","content":[{{Pdf}}]},{"type":"tool_result","tool_use_id":"A","content":[{{Pdf}},{"type":"document","source":{"type":"url","url":"https://e.com/x.pdf"} }]}]},
            {"role":"assistant","content":"done"},{"role":"user","content":"thanks"}]}
            """);
        converted.Is("/input/2/output", "\"[document \\\"document-1.pdf\\\" attached below]\\n[document \\\"document-2.pdf\\\" attached below]\"");
        converted.Is("/input/3/output", "\"[document \\\"document-3.pdf\\\" attached below]\"");
        converted.Is("/input/4",
            """
            {"type":"message","role":"user","content":[{"type":"input_text","text":"Attachment of tool call A:"},{"type":"input_file","filename":"document-1.pdf","file_data":"data:application/pdf;base64,JVBERg=="},
            {"type":"input_text","text":"Attachment of tool call A:"},{"type":"input_file","file_url":"https://e.com/x.pdf"},
            {"type":"input_text","text":"Attachment of tool call B:"},{"type":"input_file","filename":"document-3.pdf","file_data":"data:application/pdf;base64,JVBERg=="}]}
            """);
        converted.Is("/input/5/role", "\"assistant\"");
    }

    [Fact]
    public void A_refused_block_inside_a_result_is_told_with_its_place() =>
        Converted.OfResult("""[{"type":"text","text":"x"},{"type":"image","source":{"type":"file","file_id":"f"}}]""")
            .IsRefused("messages.1.content.0.content.1.source: file references are not supported by this server; send base64 or url");

    [Fact]
    public void A_large_result_is_copied_without_a_change()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 20_000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i} größe \\n\\t\\u00e9 😀 ");
        var converted = Converted.OfResult($"\"{text}\"");
        Assert.Contains(text.ToString(), converted.Bytes, StringComparison.Ordinal);
    }
}
