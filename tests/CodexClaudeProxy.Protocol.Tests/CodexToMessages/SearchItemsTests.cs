using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>The hosted search as the client sees it.</summary>
public sealed class SearchItemsTests
{
    private const string Completed = """{"type":"response.completed","response":{}}""";
    private const string Sources = """ "sources":[{"type":"url","url":"https://a.com/x","title":"A"},{"type":"url","url":"https://www.bad.com/y"},{"type":"url","url":"https://notbad.com/z"}] """;

    [Theory]
    [InlineData("""{"type":"search","query":"q"}""", """{"query":"q"}""")]
    [InlineData("""{"type":"search","queries":["q"]}""", """{"query":"q"}""")]
    [InlineData("""{"type":"search","queries":["q","r"]}""", """{"query":"q","queries":["q","r"]}""")]
    [InlineData("""{"type":"search","query":"p","queries":["q","r"]}""", """{"query":"p","queries":["q","r"]}""")]
    public void The_query_is_the_first_of_them(string action, string input) => Assert.Equal(input, Answer(null, Search(action))["content"]![0]!["input"]!.ToJsonString());

    [Fact]
    public void A_blocked_page_is_no_result_and_a_page_without_title_is_called_by_its_host()
    {
        var result = Answer(new WebSearchFacts { BlockedDomains = ["bad.com"] }, Search($$"""{"type":"search","query":"q",{{Sources}}}"""))["content"]![1]!["content"]!.AsArray();
        Assert.Equal(["https://a.com/x A", "https://notbad.com/z notbad.com"], result.Select(static hit => $"{hit!["url"]} {hit["title"]}"));
        Assert.All(result, static hit => Assert.Equal(("web_search_result", 26), (hit!["type"]!.GetValue<string>(), hit["encrypted_content"]!.GetValue<string>().Length)));
    }

    [Fact]
    public void Without_sources_the_list_is_empty_unless_there_is_nothing_but_the_search()
    {
        foreach (var action in new[] { """{"type":"search","query":"q"}""", """{"type":"search","query":"q","sources":[]}""" })
        {
            Assert.Equal("", Pages(null, action));
            Assert.Equal("https://c.com/x", Pages(new WebSearchFacts { Forced = true }, action));
        }

        static string Pages(WebSearchFacts? facts, string action) => string.Join(',', Answer(
            facts, Search(action),
            """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"See C."}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"See C.","annotations":[{"type":"url_citation","url":"https://c.com/x","title":"C"}]}]}}""")
            ["content"]![1]!["content"]!.AsArray().Select(static hit => hit!["url"]!.GetValue<string>()));
    }

    [Fact]
    public void A_search_that_never_ended_is_dropped()
    {
        var message = Answer(null, """{"type":"response.output_item.added","output_index":0,"item":{"type":"web_search_call","id":"ws_1","status":"in_progress"}}""",
            """{"type":"response.web_search_call.searching","output_index":0,"item_id":"ws_1"}""", """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"x"}""");
        Assert.Equal(["text"], message["content"]!.AsArray().Select(static block => block!["type"]!.GetValue<string>()));
        Assert.Null(message["usage"]!["server_tool_use"]);
    }

    [Theory]
    [InlineData("open_page")]
    [InlineData("find_in_page")]
    public void Steps_inside_a_search_are_not_counted(string step)
    {
        var message = Answer(null, Search($$"""{"type":"{{step}}","url":"https://a.com"}"""));
        Assert.Empty(message["content"]!.AsArray());
        Assert.Null(message["usage"]!["server_tool_use"]);
    }

    private static string Search(string action) => $$$"""{"type":"response.output_item.done","output_index":0,"item":{"type":"web_search_call","id":"ws_1","status":"completed","action":{{{action}}}}}""";

    private static JsonObject Answer(WebSearchFacts? facts, params string[] events)
    {
        var (message, error) = SampleTurn.Message(SampleTurn.Context(search: facts), UpstreamScript.Raw([.. events, Completed]));
        Assert.Null(error);
        return JsonNode.Parse(message!.Value.GetRawText())!.AsObject();
    }
}
