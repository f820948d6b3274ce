using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>The web search of a request: hosted, or standing alone.</summary>
public sealed class WebSearchToolTests
{
    [Theory]
    [InlineData("web_search_20250305")]
    [InlineData("web_search_20260209")]
    [InlineData("web_search_20260318")]
    [InlineData("web_search_20300101")]
    public void Web_search_of_every_date_is_hosted(string type)
    {
        var converted = Converted.Of(
            $$$"""{"tools":[{"type":"{{{type}}}","name":"web_search","user_location":{"type":"approximate","city":"Berlin","country":"DE","region":null},"blocked_domains":["*.Bad.com","http://x.org/a?b","bad.com"],"response_inclusion":"x","allowed_callers":["code_execution_20260120"],"strict":true}]}""");
        converted.Is("/tools", """[{"type":"web_search","external_web_access":true,"filters":{"blocked_domains":["bad.com","x.org"]},"user_location":{"type":"approximate","country":"DE","city":"Berlin"}}]""");
        var facts = converted.Context!.WebSearch!;
        Assert.Equal(["bad.com", "x.org"], facts.BlockedDomains);
        Assert.False(facts.Forced);
        Assert.Null(facts.MaxUses);
        Assert.Equal("", converted.Standalone);
    }

    [Fact]
    public void A_hundred_domains_are_enough()
    {
        var domains = string.Join(',', Enumerable.Range(0, 150).Select(static n => $"\"d{n}.com\""));
        Assert.Equal(100, Converted.Of($$"""{"tools":[{"type":"web_search_20250305","name":"web_search","allowed_domains":[{{domains}}]}]}""").At("/tools/0/filters/allowed_domains").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"type":"any"}""", true)]
    [InlineData("""{"type":"tool","name":"web_search"}""", true)]
    [InlineData("""{"type":"auto"}""", false)]
    public void A_search_that_must_happen_can_stand_alone(string choice, bool forced)
    {
        var members = $$"""{"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}],"tool_choice":{{choice}},"messages":[{"role":"user","content":"news of today"}]}""";
        var converted = Converted.Of(members);
        Assert.Equal(forced, converted.Context!.WebSearch!.Forced);
        Assert.Equal(2, converted.Context.WebSearch.MaxUses);
        Assert.Equal(forced, converted.Standalone.Contains("\"q\":\"news of today\"", StringComparison.Ordinal));
        Assert.Equal("", Converted.Of(members, options: Converted.Options with { Search = SearchRoute.Hosted }).Standalone);
    }

    [Fact]
    public void A_standalone_search_is_told_the_last_exchange()
    {
        var converted = Converted.Of(
            """
            {"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"any"},"messages":[
            {"role":"user","content":"one"},{"role":"assistant","content":"two"},{"role":"user","content":"three"},{"role":"system","content":"s"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":""},{"type":"text","text":"four"}]},
            {"role":"user","content":[{"type":"text","text":"Perform a web search for the query: "},{"type":"text","text":"five"}]}]}
            """, hints: new ClientHints { SessionId = "s-1" });
        Assert.StartsWith(
            """
            {"id":"s-1","model":"gpt-5.6","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"three"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"four"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"Perform a web search for the query: \nfive"}]}],"commands":{"search_query":[{"q":"five"}]}
            """.Trim(), converted.Standalone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_tool_defined_in_the_conversation_can_stand_alone_too()
    {
        var converted = Converted.Of(
            """
            {"tool_choice":{"type":"any"},"messages":[
            {"role":"system","content":[{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"web_search_20250305","name":"web_search","blocked_domains":["a.com"]}}}]},
            {"role":"user","content":"news"}]}
            """);
        Assert.Contains("\"blocked_domains\":[\"a.com\"]", converted.Standalone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_without_a_query_stays_hosted()
    {
        var converted = Converted.Of("""{"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"Perform a web search for the query: "}]}""");
        Assert.Equal("", converted.Standalone);
        converted.Is("/tool_choice", "\"required\"");
    }

    [Fact]
    public void Refused_sources_are_not_asked_for_again() =>
        Converted.Of("""{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", options: Converted.Options with { Refused = new HashSet<string> { "include" } })
            .Is("/include", """["reasoning.encrypted_content"]""");
}
