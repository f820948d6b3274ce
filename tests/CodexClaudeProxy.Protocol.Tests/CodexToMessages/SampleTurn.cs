using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Sse;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Runs a turn as the program does: events in, the client's bytes out.</summary>
internal static class SampleTurn
{
    public static readonly ModelProfile Profile = new() { Slug = "gpt-5.6" };

    public static TurnContext Context(
        ThinkingDisplay thinking = ThinkingDisplay.Shown,
        IReadOnlyList<string>? stops = null,
        int? max = null,
        IReadOnlyDictionary<string, ClientToolName>? names = null,
        IReadOnlyDictionary<string, ToolFacts>? tools = null,
        bool serial = false,
        WebSearchFacts? search = null,
        string? prefill = null,
        bool safeguards = false,
        bool judge = false,
        bool contextManagement = false) => new()
    {
        RequestedModel = "claude-sonnet-4-5",
        Profile = Profile,
        AccountMark = "ba36a4ed",
        ConversationId = "c",
        PromptCacheKey = "c",
        Thinking = thinking,
        StopSequences = stops ?? [],
        MaxTokens = max,
        ToolNames = names ?? new Dictionary<string, ClientToolName>(),
        Tools = tools ?? new Dictionary<string, ToolFacts>(),
        Serial = serial,
        WebSearch = search,
        Prefill = prefill,
        Safeguards = safeguards,
        JudgeCalls = judge,
        ContextManagement = contextManagement,
        InputEstimate = 250_000,
    };

    public sealed record Streamed(byte[] Bytes, ApiError? HttpError)
    {
        public IReadOnlyList<(string Name, JsonElement Data)> Events => ReadEvents(Bytes);
    }

    public static Streamed Stream(TurnContext context, IEnumerable<byte[]?> events)
    {
        var output = new ArrayBufferWriter<byte>();
        var sink = new MessageEventWriter(output);
        var error = Run(context, sink, events, sink.Fail);
        return new(output.WrittenSpan.ToArray(), error);
    }

    public static (JsonElement? Message, ApiError? Error) Message(TurnContext context, IEnumerable<byte[]?> events)
    {
        using var sink = new MessageBuilder();
        var error = Run(context, sink, events, static _ => { }, failAlways: true);
        return error is not null ? (null, error) : (JsonDocument.Parse(sink.Document.ToArray(), JsonDepth.Document).RootElement, null);
    }

    private static ApiError? Run(TurnContext context, ITurnSink sink, IEnumerable<byte[]?> events, Action<ApiError> fail, bool failAlways = false)
    {
        using var converter = new TurnConverter(context, sink, TimeProvider.System);
        foreach (var json in events)
        {
            if (json is null) break;
            converter.Handle(json);
        }

        converter.EndOfStream();
        converter.Conclude();
        if (converter.Failure is not { } failure) return null;
        var error = failure.ToApiError(context);
        if (!converter.HasBegun || failAlways) return error;
        fail(error);
        return null;
    }

    private static List<(string, JsonElement)> ReadEvents(byte[] bytes)
    {
        // The frames as clients read them: a name line, a data line, a blank line.
        List<(string, JsonElement)> events = [];
        foreach (var frame in System.Text.Encoding.UTF8.GetString(bytes).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonDocument.Parse(lines[1][6..]).RootElement;
            Assert.Equal(lines[0][7..], data.GetProperty("type").GetString());
            events.Add((lines[0][7..], data));
        }

        return events;
    }

    /// <summary>The data of each event of a stream file.</summary>
    public static List<byte[]> Frames(byte[] sse)
    {
        using var reader = new SseReader();
        List<byte[]> frames = [];
        ReadOnlySpan<byte> rest = sse;
        while (reader.TryRead(ref rest, out var data)) frames.Add(data.ToArray());
        if (reader.TryComplete(out var last)) frames.Add(last.ToArray());
        return frames;
    }
}
