using System.Buffers;
using System.Diagnostics;
using System.Text;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Answers that are long, wide or deep.</summary>
public sealed class LongAnswersTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(10_000_000)]
    public void A_long_text_is_not_kept(int? limit)
    {
        var output = new Forgetful();
        using var converter = new TurnConverter(SampleTurn.Context(max: limit), new MessageEventWriter(output), TimeProvider.System);
        converter.Handle("""{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message"}}"""u8);
        byte[] delta = Encoding.UTF8.GetBytes($$$"""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"{{{string.Concat(Enumerable.Repeat("word ", 2000))}}}"}""");
        converter.Handle(delta);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 800; i++) converter.Handle(delta);
        // What was never allocated cannot be kept.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.True(output.Count > 8_000_000);
    }

    [Fact]
    public void Twenty_thousand_items_cost_what_twenty_thousand_items_must()
    {
        foreach (bool chat in (bool[])[false, true])
        {
            Measure(chat, 500);
            // Linear would be a factor of 10, quadratic one of 100.
            TimeSpan few = Measure(chat, 2_000);
            TimeSpan many = Measure(chat, 20_000);
            Assert.True(many < few * 40 + TimeSpan.FromMilliseconds(500), $"{few.TotalMilliseconds} ms for 2,000 and {many.TotalMilliseconds} ms for 20,000");
        }
    }

    [Fact]
    public void A_terminal_event_of_any_legal_depth_is_understood()
    {
        string schema = Deep(JsonDepth.OfRequest);
        using var output = new PooledBuffer();
        using var converter = new TurnConverter(SampleTurn.Context(), new MessageEventWriter(output), TimeProvider.System);
        converter.Handle("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"hi"}"""u8);
        converter.Handle(Encoding.UTF8.GetBytes($$$"""{"type":"response.completed","response":{"tools":[{"parameters":{{{schema}}} }],"usage":{"input_tokens":7,"output_tokens":5} } }"""));
        Assert.Null(converter.Failure);
        Assert.Equal(7, converter.Outcome!.Value.Usage.FreshInput);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deep_arguments_are_arguments(bool whole)
    {
        string arguments = Deep(120);
        string escaped = arguments.Replace("\"", "\\\"", StringComparison.Ordinal);
        var events = UpstreamScript.Raw(
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"fc_1","type":"function_call","name":"t","call_id":"call_1","arguments":""}}""",
            $$$"""{"type":"response.output_item.done","output_index":0,"item":{"id":"fc_1","type":"function_call","name":"t","call_id":"call_1","arguments":"{{{escaped}}}"}}""",
            """{"type":"response.completed","response":{}}""");
        if (whole)
        {
            var (message, error) = SampleTurn.Message(SampleTurn.Context(), events);
            Assert.Null(error);
            Assert.Equal(arguments, message!.Value.GetProperty("content")[0].GetProperty("input").GetRawText());
        }
        else
        {
            SampleTurn.Streamed answer = SampleTurn.Stream(SampleTurn.Context(), events);
            Assert.Null(answer.HttpError);
            Assert.Equal(arguments, string.Concat(answer.Events.Where(e => e.Name == "content_block_delta").Select(e => e.Data.GetProperty("delta").GetProperty("partial_json").GetString())));
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(60)]
    [InlineData(120)]
    public void A_deep_tool_schema_is_counted(int depth)
    {
        byte[] request = Encoding.UTF8.GetBytes($$$"""{"input":[],"tools":[{"type":"function","name":"t","parameters":{{{Schema(depth)}}} }]}""");
        Assert.True(InputEstimate.Count(request, 1) > depth);
    }

    private static TimeSpan Measure(bool chat, int count)
    {
        var output = new Forgetful();
        byte[][] events =
        [
            .. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($$$"""{"type":"response.output_item.added","output_index":{{{i}}},"item":{"id":"msg_{{{i}}}","type":"message"}}""")),
            .. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($$$"""{"type":"response.output_text.delta","output_index":{{{i}}},"content_index":0,"delta":"a"}""")),
            .. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($$$"""{"type":"response.output_item.done","output_index":{{{i}}},"item":{"id":"msg_{{{i}}}","type":"message","content":[{"type":"output_text","text":"ab"}]}}""")),
        ];
        ITurnSink sink = chat ? new ChatChunkWriter(output, new ChatForm()) : new MessageEventWriter(output);
        long start = Stopwatch.GetTimestamp();
        using (var converter = new TurnConverter(SampleTurn.Context(), sink, TimeProvider.System))
        {
            foreach (byte[] json in events) converter.Handle(json);
            converter.Handle("""{"type":"response.completed","response":{}}"""u8);
            Assert.Null(converter.Failure);
        }

        (sink as IDisposable)?.Dispose();
        return Stopwatch.GetElapsedTime(start);
    }

    private static string Deep(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

    private static string Schema(int depth) => string.Concat(Enumerable.Repeat("{\"type\":\"object\",\"properties\":{\"a\":", depth)) + "{\"type\":\"string\"}" + new string('}', 2 * depth);

    /// <summary>A client that takes everything.</summary>
    private sealed class Forgetful : IBufferWriter<byte>
    {
        private byte[] _bytes = new byte[64 * 1024];

        public long Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint <= _bytes.Length ? _bytes : _bytes = new byte[sizeHint];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
