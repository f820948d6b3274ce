using System.Text;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests;

/// <summary>What is looked at in requests and answers that pass unchanged.</summary>
public sealed class PassedTests
{
    private const string Events = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","role":"assistant","content":[],"usage":{"input_tokens":7,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":1}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\"usage\":{\"output_tokens\":9}"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":42,"output_tokens_details":{"thinking_tokens":5},"server_tool_use":{"web_search_requests":2}}}


        """;

    [Theory]
    [InlineData("""{"model":"claude-opus-5-5","stream":true}""", "claude-opus-5-5", true)]
    [InlineData("""{"messages":[{"model":"inner","stream":true}],"stream":false,"model":"outer"}""", "outer", false)]
    [InlineData("""{"model":"a\u002db"}""", "a-b", false)]
    [InlineData("\uFEFF{\"model\":\"a\"}", "a", false)]
    [InlineData("""{"model":"a","messages":[}""", "a", false)]
    [InlineData("""{"model":7,"stream":"true"}""", null, false)]
    [InlineData("""["model","a"]""", null, false)]
    [InlineData("""{"model":"\ud800"}""", null, false)]
    [InlineData("", null, false)]
    public void The_model_and_the_stream_of_a_request(string body, string? model, bool stream) =>
        Assert.Equal(new RequestOutline(model, stream), RequestOutline.Of(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(100_000)]
    public void The_usage_of_a_stream_whatever_way_it_is_cut(int size)
    {
        using AnswerReader reader = new(isStream: true);
        foreach (byte[] part in Encoding.UTF8.GetBytes(Events.ReplaceLineEndings("\n")).Chunk(size)) reader.Read(part);
        reader.Complete();

        TurnEnd end = Assert.NotNull(reader.End);
        Assert.Equal((StopReason.ToolUse, 7L, 300L, 20L, 42L, 5L, 2), (end.Reason, end.Usage.FreshInput, end.Usage.CacheRead, end.Usage.CacheWritten, end.Usage.Output, end.Usage.Reasoning, end.Usage.WebSearches));
        Assert.True(reader.HasOutput);
        Assert.False(reader.HasFailed);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(50_000)]
    public void The_usage_of_a_document_however_long(int length)
    {
        string text = string.Concat(Enumerable.Repeat("\\\"usage\\\":1 ", length / 12));
        string document = $$$"""{"id":"msg_1","content":[{"type":"text","text":"{{{text}}}"}],"stop_reason":"max_tokens","stop_sequence":null,"usage": {"input_tokens":3,"output_tokens":4}}""";
        using AnswerReader reader = new(isStream: false);
        foreach (byte[] part in Encoding.UTF8.GetBytes(document).Chunk(997)) reader.Read(part);
        reader.Complete();

        TurnEnd end = Assert.NotNull(reader.End);
        Assert.Equal((StopReason.MaxTokens, 3L, 4L), (end.Reason, end.Usage.FreshInput, end.Usage.Output));
    }

    [Fact]
    public void An_error_in_a_stream_and_what_is_no_answer()
    {
        using AnswerReader failed = new(isStream: true);
        failed.Read("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n"u8);
        Assert.True(failed.HasFailed);
        Assert.Null(failed.End);

        using AnswerReader other = new(isStream: false);
        other.Read("""{"input_tokens":7,"usage":"none"}"""u8);
        other.Complete();
        Assert.Null(other.End);
    }
}
