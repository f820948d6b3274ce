using System.IO.Pipelines;
using System.Text;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Attempt;
using CodexClaudeProxy.Turns.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>What a client sees of a long wait, and when the wait is over, on a clock of the test's own.</summary>
public sealed class PumpTests
{
    private const string Created = """{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}""";
    private const string Thought = """{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}""";
    private const string Message = """{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}""";
    private const string Call = """{"type":"response.output_item.added","output_index":0,"item":{"id":"fc_1","type":"function_call","name":"Read","call_id":"call_1","arguments":""}}""";
    private const string Search = """{"type":"response.output_item.added","output_index":0,"item":{"id":"ws_1","type":"web_search_call","status":"in_progress"}}""";
    private const string KeepAlive = """{"type":"keepalive"}""";
    private const string InProgress = """{"type":"response.in_progress","response":{"id":"resp_1","status":"in_progress"}}""";

    public static TheoryData<string, string?, string, string, string?> Chatter
    {
        get
        {
            var data = new TheoryData<string, string?, string, string, string?>();
            foreach (string client in (string[])["messages", "chat", "responses"])
            {
                data.Add(client, null, ": here", "silence behind a thought", Thought);
                data.Add(client, Delta("response.output_text.delta", "a"), ": here", "comments inside a text", Message);
                data.Add(client, Delta("response.output_text.delta", "a"), $"data: {KeepAlive}", "keep-alives inside a text", Message);
                data.Add(client, null, $"data: {InProgress}", "a response in progress", null);
                data.Add(client, null, $"data: {KeepAlive}", "hidden reasoning", Thought);
                data.Add(client, null, """data: {"type":"response.web_search_call.searching","output_index":0,"item_id":"ws_1"}""", "a search", Search);
                data.Add(client, null, $"data: {Delta("response.function_call_arguments.delta", "a")}", "arguments that are held", Call);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Chatter))]
    public async Task The_client_hears_something_every_ten_seconds_whatever_the_backend_sends(string client, string? first, string again, string what, string? item)
    {
        await using var run = new Run(client, TimeSpan.FromSeconds(10));
        await run.SendAsync($"data: {Created}");
        if (item is not null) await run.SendAsync($"data: {item}");
        if (first is not null) await run.SendAsync($"data: {first}");
        int longest = 0;
        int quiet = 0;
        for (int second = 1; second <= 700; second++)
        {
            // Three seconds: no sign of life may wait for the backend, nor the backend's chatter for one.
            int before = run.Length;
            if (second % 3 == 0) await run.SendAsync(again);
            run.Time.Advance(TimeSpan.FromSeconds(1));
            quiet = run.Length > before ? 0 : quiet + 1;
            longest = Math.Max(longest, quiet);
            // What a silent transport may not last, a backend that talks may.
            if (again.StartsWith(':') && second % 250 == 0) await run.SendAsync($"data: {KeepAlive}");
        }

        Assert.True(longest < 10, $"{what}, {client}: {longest + 1} seconds of silence");
        Assert.Null(run.Pump.Silence);
    }

    [Fact]
    public async Task Inside_a_block_the_sign_is_an_empty_delta_of_its_kind()
    {
        foreach ((string item, string sign) in ((string, string)[])[(Call, "input_json_delta\",\"partial_json\":\"\""), (Thought, "thinking_delta\",\"thinking\":\"\"")])
            await AssertSignAsync(item, null, sign);
        await AssertSignAsync(Message, Delta("response.output_text.delta", "a"), "text_delta\",\"text\":\"\"");
        await AssertSignAsync(Search, null, "event: ping");
    }

    private static async Task AssertSignAsync(string item, string? delta, string sign)
    {
        await using var run = new Run("messages", TimeSpan.FromSeconds(10));
        await run.SendAsync($"data: {Created}");
        await run.SendAsync($"data: {item}");
        if (delta is not null) await run.SendAsync($"data: {delta}");
        // Something else has begun the answer, or the clock does.
        for (int i = 0; i < 25; i++) run.Time.Advance(TimeSpan.FromSeconds(1));
        int before = run.Length;
        for (int i = 0; i < 10; i++) run.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(sign, run.Text[before..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    public async Task The_beginning_waits_exactly_as_long_as_it_shall(int seconds)
    {
        await using var run = new Run("messages", TimeSpan.FromSeconds(seconds));
        await run.SendAsync($"data: {Created}");
        run.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, run.Length);
        run.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.StartsWith("event: message_start", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(": comment", 300, "Upstream produced no data for 300 seconds")]
    [InlineData(null, 300, "Upstream produced no data for 300 seconds")]
    [InlineData("data: " + KeepAlive, 1800, "Upstream produced nothing but keep-alives for 1800 seconds")]
    [InlineData("data: " + InProgress, 1800, "Upstream produced nothing but keep-alives for 1800 seconds")]
    public async Task Only_events_are_signs_of_the_backends_life_and_keep_alives_only_for_half_an_hour(string? chatter, int limit, string words)
    {
        await using var run = new Run("messages", TimeSpan.FromSeconds(10));
        await run.SendAsync($"data: {Created}");
        await run.SendAsync($"data: {Thought}");
        for (int second = 0; second < limit - 10; second += 10)
        {
            run.Time.Advance(TimeSpan.FromSeconds(10));
            if (chatter is not null) await run.SendAsync(chatter);
        }

        Assert.Null(run.Pump.Silence);
        for (int i = 0; i < 30; i++) run.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((CodexFailureKind.Silent, words), (run.Pump.Silence!.Kind, run.Pump.Silence.Text));
        Assert.True(run.Upstream.IsCancellationRequested);
        Assert.Equal(NextStep.GiveUp, new AttemptPolicy(isModelKnown: true).After(run.Pump.Silence).Step);
    }

    [Fact]
    public async Task An_error_event_that_nothing_explains_is_the_end_after_a_moment()
    {
        await using var run = new Run("messages", TimeSpan.FromSeconds(10));
        run.Time.Advance(TimeSpan.FromSeconds(2));
        await run.SendAsync("""data: {"type":"error","error":{"code":"server_error","message":"broken"}}""");
        run.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(run.Upstream.IsCancellationRequested);
        run.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(run.Upstream.IsCancellationRequested);
    }

    private static string Delta(string type, string text) => $$"""{"type":"{{type}}","output_index":0,"content_index":0,"delta":"{{text}}"}""";

    /// <summary>A pump between a pipe and a response in memory. Everything happens on the test's own thread.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly Pipe _backend = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        private readonly MemoryStream _client = new();
        private readonly IAnswer _answer;
        private readonly CodexClaudeProxy.Protocol.Turn.IEventConverter _converter;
        private readonly Task _running;

        public Run(string client, TimeSpan hold)
        {
            var http = new DefaultHttpContext { Response = { Body = _client } };
            _answer = client switch
            {
                "chat" => new StreamedAnswer(http, static buffer => new ChatChunkWriter(buffer, new ChatForm())),
                "responses" => new RelayedAnswer(http, new RelayForm(Stream: true, IsCodex: false)),
                _ => new StreamedAnswer(http, static buffer => new MessageEventWriter(buffer)),
            };
            _converter = _answer.Convert(Context, Time);
            Pump = new Pump(_converter, _answer, Time, Upstream, null, new TimeLimits(), hold);
            _running = Pump.RunAsync(_backend.Reader.AsStream(), Upstream.Token);
        }

        public FakeTimeProvider Time { get; } = new();

        public CancellationTokenSource Upstream { get; } = new();

        public Pump Pump { get; }

        public int Length => (int)_client.Length;

        public string Text => Encoding.UTF8.GetString(_client.ToArray());

        private static TurnContext Context => new()
        {
            RequestedModel = "claude-sonnet-4-5",
            Profile = new ModelProfile { Slug = "gpt-5.6" },
            AccountMark = "ba36a4ed",
            ConversationId = "c",
            PromptCacheKey = "c",
            Thinking = ThinkingDisplay.Shown,
            StopSequences = [],
            ToolNames = new Dictionary<string, ClientToolName>(),
            Tools = new Dictionary<string, ToolFacts>(),
        };

        public async Task SendAsync(string frame) => await _backend.Writer.WriteAsync(Encoding.UTF8.GetBytes(frame + "\n\n"));

        public async ValueTask DisposeAsync()
        {
            await Upstream.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Pump.DisposeAsync();
            _converter.Dispose();
            _answer.Dispose();
            Upstream.Dispose();
        }
    }
}
