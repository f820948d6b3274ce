using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Sse;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>
/// What one streamed event costs, a whole turn divided by its events. The turn is long, so that what is paid once for each
/// turn (its objects, the growth of its buffers) vanishes and what an event allocates would show.
/// </summary>
[MemoryDiagnoser]
public class StreamBenchmarks
{
    private const int Deltas = 65_536;
    private const int Read = 16 * 1024;

    private static readonly TurnContext Context = new()
    {
        RequestedModel = "claude-sonnet-4-5",
        Profile = new ModelProfile { Slug = "gpt-5.6" },
        AccountMark = "ba36a4ed",
        ConversationId = "c",
        PromptCacheKey = "c",
        Thinking = ThinkingDisplay.Shown,
        MaxTokens = 1_000_000,
    };

    private readonly ArrayBufferWriter<byte> _output = new();
    private byte[] _stream = [];
    private byte[][] _events = [];

    [Params("text", "thinking", "tool")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _stream = Encoding.UTF8.GetBytes(Samples.UpstreamStream(Kind, Deltas));
        _events = [.. Frames(_stream)];

        // A turn that ended early would look fast.
        ConvertEvents();
        Frame16K();
    }

    [Benchmark(OperationsPerInvoke = Deltas)]
    public int FrameOneByOne()
    {
        using var frames = new SseReader();
        var found = 0;
        for (int start = 0, end; start < _stream.Length; start = end)
        {
            end = start + _stream.AsSpan(start).IndexOf("\n\n"u8) + 2;
            found += FramesIn(frames, _stream.AsSpan(start, end - start));
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Deltas)]
    public int Frame16K()
    {
        using var frames = new SseReader();
        var found = 0;
        for (var start = 0; start < _stream.Length; start += Read)
            found += FramesIn(frames, _stream.AsSpan(start, Math.Min(Read, _stream.Length - start)));
        return found == _events.Length ? found : throw new InvalidOperationException("Events were lost.");
    }

    [Benchmark(OperationsPerInvoke = Deltas)]
    public long ConvertEvents()
    {
        using var converter = new TurnConverter(Context, new MessageEventWriter(_output), TimeProvider.System);
        long written = 0;
        foreach (var json in _events)
        {
            converter.Handle(json);
            written += Send();
        }

        return Ended(converter, written);
    }

    /// <summary>The whole way from what was read to what is sent, as the pump goes it.</summary>
    [Benchmark(OperationsPerInvoke = Deltas)]
    public long FrameAndConvert16K()
    {
        using var converter = new TurnConverter(Context, new MessageEventWriter(_output), TimeProvider.System);
        using var frames = new SseReader();
        long written = 0;
        for (var start = 0; start < _stream.Length; start += Read)
        {
            ReadOnlySpan<byte> bytes = _stream.AsSpan(start, Math.Min(Read, _stream.Length - start));
            while (frames.TryRead(ref bytes, out var json)) converter.Handle(json);
            written += Send();
        }

        return Ended(converter, written);
    }

    private int Send()
    {
        var length = _output.WrittenCount;
        _output.ResetWrittenCount();
        return length;
    }

    private static long Ended(TurnConverter converter, long written) =>
        converter.Outcome is not null && written > Deltas * 100L ? written : throw new InvalidOperationException("The turn was not converted.");

    private static int FramesIn(SseReader frames, ReadOnlySpan<byte> bytes)
    {
        var found = 0;
        while (frames.TryRead(ref bytes, out _)) found++;
        return found;
    }

    private static List<byte[]> Frames(ReadOnlySpan<byte> stream)
    {
        using var frames = new SseReader();
        var events = new List<byte[]>();
        while (frames.TryRead(ref stream, out var json)) events.Add(json.ToArray());
        return events;
    }
}
