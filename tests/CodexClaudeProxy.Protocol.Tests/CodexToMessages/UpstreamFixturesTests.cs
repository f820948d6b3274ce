using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Sse;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>The recorded upstream streams, whole and in pieces.</summary>
public sealed class UpstreamFixturesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "upstream-sse");

    public static IEnumerable<TheoryDataRow<string>> Names => Directory.EnumerateFiles(Folder, "*.sse").Order(StringComparer.Ordinal)
        .Select(static f => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(f)));

    /// <summary>What each stream must become: the text, the calls as <c>name input</c>, and the ending.</summary>
    public static TheoryData<string, string, string> Endings => new()
    {
        { "text-plain", "text", "end_turn" },
        { "text-unicode", "text", "end_turn" },
        { "text-minimal", "text", "end_turn" },
        { "text-plain-final-output", "text", "end_turn" },
        { "reasoning-summary-text", "thinking text", "end_turn" },
        { "reasoning-encrypted-only", "thinking text", "end_turn" },
        { "reasoning-raw-text", "thinking text", "end_turn" },
        { "two-messages-phases", "text thinking text", "end_turn" },
        { "tool-single", "thinking tool_use", "tool_use" },
        { "tool-parallel", "thinking tool_use tool_use tool_use", "tool_use" },
        { "tool-parallel-interleaved", "tool_use tool_use", "tool_use" },
        { "tool-text-then-call", "text tool_use", "tool_use" },
        { "tool-args-done-only", "tool_use", "tool_use" },
        { "tool-args-empty-object", "tool_use", "tool_use" },
        { "tool-args-empty-string", "tool_use", "tool_use" },
        { "tool-args-tiny-unicode", "tool_use", "tool_use" },
        { "tool-item-done-only", "tool_use", "tool_use" },
        { "tool-call-id-long", "tool_use", "tool_use" },
        { "tool-namespace", "thinking tool_use", "tool_use" },
        { "custom-tool-call", "thinking tool_use", "tool_use" },
        { "very-long-tool-args", "tool_use", "tool_use" },
        { "very-long", "thinking text", "end_turn" },
        { "large-first-event", "text", "end_turn" },
        { "keepalives", "text", "end_turn" },
        { "metadata-and-rate-limits", "text", "end_turn" },
        { "usage-missing", "text", "end_turn" },
        { "usage-cache-write", "text", "end_turn" },
        { "end-turn-false", "text", "end_turn" },
        { "refusal", "text", "refusal" },
        { "image-generation", "text", "end_turn" },
        { "web-search-citations", "thinking server_tool_use web_search_tool_result thinking text", "end_turn" },
        { "incomplete-max-output-tokens", "text", "max_tokens" },
        { "incomplete-mid-message", "text", "max_tokens" },
        { "incomplete-content-filter", "text", "refusal" },
        { "incomplete-mid-tool-call", "tool_use", "max_tokens" },
        { "empty-output", "", "end_turn" },
        { "compaction", "", "end_turn" },
        { "framing-crlf", "text", "end_turn" },
        { "framing-no-event-lines", "text", "end_turn" },
        { "framing-no-space", "text", "end_turn" },
        { "framing-multi-data-lines", "text", "end_turn" },
        { "framing-id-retry", "text", "end_turn" },
        { "framing-no-final-blank-line", "text", "end_turn" },
        { "failed-cyber-policy", "text", "refusal" },
    };

    /// <summary>Streams that fail, the status when nothing was sent before (0: an error event follows content), and the type.</summary>
    public static TheoryData<string, int, string> Failures => new()
    {
        { "failed-context-length", 400, "invalid_request_error" },
        { "failed-insufficient-quota", 402, "billing_error" },
        { "failed-invalid-prompt", 400, "invalid_request_error" },
        { "failed-rate-limit", 429, "rate_limit_error" },
        { "failed-server-overloaded", 529, "overloaded_error" },
        { "failed-usage-not-included", 403, "permission_error" },
        { "error-event-usage-limit", 429, "rate_limit_error" },
        { "error-event", 500, "api_error" },
        { "error-event-flat", 429, "rate_limit_error" },
        { "failed-after-text", 0, "api_error" },
        { "failed-server-error", 0, "api_error" },
        { "truncated-mid-text", 0, "api_error" },
        { "truncated-mid-event", 0, "api_error" },
        { "truncated-mid-tool-args", 0, "api_error" },
        { "truncated-mid-utf8", 0, "api_error" },
        { "truncated-no-completed", 0, "api_error" },
        { "tool-args-invalid-json", 0, "api_error" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_stream_becomes_the_blocks_it_holds(string name, string blocks, string stopReason)
    {
        var streamed = SampleTurn.Stream(SampleTurn.Context(), Frames(name));
        var message = MessageFolding.Fold(streamed.Events);
        Assert.Equal(blocks, string.Join(' ', message["content"]!.AsArray().Select(static b => b!["type"]!.GetValue<string>())));
        Assert.Equal(stopReason, message["stop_reason"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_becomes_a_status_or_an_error_event(string name, int status, string type)
    {
        var streamed = SampleTurn.Stream(SampleTurn.Context(), Frames(name));
        if (status > 0)
        {
            Assert.Equal(status, streamed.HttpError!.Status);
            Assert.Equal(type, Messages(streamed));
        }
        else
        {
            Assert.Null(streamed.HttpError);
            var (last, data) = streamed.Events[^1];
            Assert.Equal("error", last);
            Assert.Equal(type, data.GetProperty("error").GetProperty("type").GetString());
        }
    }

    [Fact]
    public void Every_recorded_stream_has_its_expectation()
    {
        var known = Endings.Select(static row => row.Data.Item1).Concat(Failures.Select(static row => row.Data.Item1)).Order(StringComparer.Ordinal);
        Assert.Equal(Names.Select(static row => row.Data).Order(StringComparer.Ordinal), known);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_split_of_the_bytes_does_not_show(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, name + ".sse"));
        var whole = SampleTurn.Stream(SampleTurn.Context(), Frames(name));
        foreach (var size in bytes.Length > 100_000 ? new[] { 997, 16_384 } : [1, 7, 64, 4096])
        {
            var pieces = SampleTurn.Stream(SampleTurn.Context(), FramesInPieces(bytes, size));
            Assert.Equal(Encoding.UTF8.GetString(whole.Bytes), Encoding.UTF8.GetString(pieces.Bytes));
            Assert.Equal(WithoutTime(whole.HttpError), WithoutTime(pieces.HttpError));
        }

        // It counts from now, and the two are a moment apart.
        static ApiError? WithoutTime(ApiError? error) => error is null ? null : error with { ResetsAt = null };
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_single_message_equals_the_folded_stream(string name)
    {
        var streamed = SampleTurn.Stream(SampleTurn.Context(), Frames(name));
        var (message, error) = SampleTurn.Message(SampleTurn.Context(), Frames(name));
        if (streamed.HttpError is not null || streamed.Events[^1].Name == "error") Assert.NotNull(error);
        else MessageFolding.AssertFoldsInto(streamed.Events, message!.Value, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Thinking_that_was_not_asked_for_stays_away(string name)
    {
        var streamed = SampleTurn.Stream(SampleTurn.Context(ThinkingDisplay.Hidden), Frames(name));
        Assert.DoesNotContain("\"thinking\"", Encoding.UTF8.GetString(streamed.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Unicode_text_arrives_unchanged()
    {
        var expected = string.Concat(Frames("text-unicode").Select(static f => JsonDocument.Parse(f).RootElement)
            .Where(static e => e.GetProperty("type").GetString() == "response.output_text.delta").Select(static e => e.GetProperty("delta").GetString()));
        var message = MessageFolding.Fold(SampleTurn.Stream(SampleTurn.Context(), Frames("text-unicode")).Events);
        Assert.Equal(expected, message["content"]![0]!["text"]!.GetValue<string>());
    }

    private static string Messages(SampleTurn.Streamed streamed) => CodexClaudeProxy.Protocol.Messages.AnthropicError.Word(streamed.HttpError!.Type);

    private static List<byte[]> Frames(string name) => SampleTurn.Frames(File.ReadAllBytes(Path.Combine(Folder, name + ".sse")));

    private static List<byte[]> FramesInPieces(byte[] bytes, int size)
    {
        using var reader = new SseReader();
        List<byte[]> frames = [];
        for (var position = 0; position < bytes.Length; position += size)
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(position, Math.Min(size, bytes.Length - position));
            while (reader.TryRead(ref piece, out var data)) frames.Add(data.ToArray());
        }

        if (reader.TryComplete(out var last)) frames.Add(last.ToArray());
        return frames;
    }
}
