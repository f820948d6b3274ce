using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Upstream;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>A stream that has begun holds no more of its request than its answer needs.</summary>
public sealed class GivenBackTests
{
    [Fact]
    public async Task What_only_another_attempt_would_need_is_given_back()
    {
        (bool body, bool request) = await SettleAsync(Context());

        Assert.True(body);
        Assert.True(request);
    }

    [Fact]
    public async Task A_body_that_is_still_on_its_way_stays()
    {
        (bool body, bool request) = await SettleAsync(Context(), isUploaded: false);

        Assert.False(body);
        Assert.False(request);
    }

    [Fact]
    public async Task An_advisor_reads_the_conversation_and_the_body_again()
    {
        (bool body, bool request) = await SettleAsync(Context(advisor: true));

        Assert.False(body);
        Assert.False(request);
    }

    [Fact]
    public async Task What_calls_are_judged_by_stays()
    {
        (bool body, bool request) = await SettleAsync(Context(judge: true));

        Assert.True(body);
        Assert.False(request);
    }

    [Fact]
    public async Task What_an_answer_is_remembered_with_stays()
    {
        TurnContext context = Context();
        context.KeepResponse = static _ => { };
        (bool body, bool request) = await SettleAsync(context);

        Assert.True(body);
        Assert.False(request);
    }

    [Fact]
    public async Task Whether_reasoning_was_sent_is_known_afterwards()
    {
        using Preparation preparation = Prepare(Context(), "\"encrypted_content\"" + new string(' ', 20_000));
        await preparation.MakeAsync("acct", TestContext.Current.CancellationToken);
        preparation.IsUploaded = true;
        preparation.Settle();

        Assert.True(preparation.Body.IsEmpty);
        Assert.True(preparation.CarriesReasoning);
    }

    [Fact]
    public async Task A_body_that_was_accepted_compressed_can_still_be_read_until_it_is_given_back_too()
    {
        string body = "\"encrypted_content\"" + new string(' ', 20_000);
        using var encoder = new ZstdEncoder(TimeProvider.System);
        using Preparation preparation = Prepare(Context(), body);
        await preparation.MakeAsync("acct", TestContext.Current.CancellationToken);
        preparation.Compress(encoder, TestContext.Current.CancellationToken);
        preparation.IsUploaded = true;
        MemoryMarshal.TryGetArray(preparation.Body, out ArraySegment<byte> plain);
        await preparation.KeepCompressedAsync();

#if DEBUG
        Assert.All(plain, static b => Assert.Equal(0xDD, b));
#endif
        Assert.True(preparation.CarriesReasoning);
        Assert.Equal(body, Encoding.UTF8.GetString(preparation.Body.Span));
        // The same for another account, of which it holds nothing.
        await preparation.KeepCompressedAsync();
        await preparation.MakeAsync("other", TestContext.Current.CancellationToken);
        preparation.Compress(encoder, TestContext.Current.CancellationToken);
        Assert.Equal(1, encoder.Count);

        preparation.Settle();
        Assert.True(preparation.Body.IsEmpty);
        Assert.True(preparation.CarriesReasoning);
    }

    /// <summary>Debug builds overwrite what is given back, so that whoever still reads it fails here.</summary>
    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/chat/completions")]
    public async Task A_call_behind_the_beginning_is_mended_by_the_schema_all_the_same(string path)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        var gate = new Gate();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Text("Let me look.").Hold(gate).Calls(new FunctionCall("look", """{"path":"/a","depth":null,"kind":null}""")).Completed()));
        string prompt = "\"role\":\"user\",\"content\":\"" + new string('a', 40_000) + "\"";
        const string schema = """{"type":"object","properties":{"path":{"type":"string"},"depth":{"type":"integer"},"kind":{"type":["string","null"]}},"required":["path"]}""";
        string tool = path == "/v1/messages" ? $$"""{"name":"look","input_schema":{{schema}}}""" : $$$"""{"type":"function","function":{"name":"look","parameters":{{{schema}}}}}""";
        using HttpResponseMessage response = await proxy.PostAsync($$"""{"model":"gpt-5.5","max_tokens":1000,"stream":true,"messages":[{{{prompt}}}],"tools":[{{tool}}]}""", path, TestContext.Current.CancellationToken);

        await using Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            text.Append(line).Append('\n');
            if (line.Contains("look.", StringComparison.Ordinal)) gate.Open();
        }

        Assert.Contains("""{\"path\":\"/a\",\"kind\":null}""", text.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(bool Body, bool Request)> SettleAsync(TurnContext context, bool isUploaded = true)
    {
        bool isForgotten = false;
        using Preparation preparation = Prepare(context, new string(' ', 20_000));
        preparation.Forget = () => isForgotten = true;
        await preparation.MakeAsync("acct", TestContext.Current.CancellationToken);
        preparation.IsUploaded = isUploaded;
        preparation.Settle();
        return (preparation.Body.IsEmpty, isForgotten);
    }

    private static Preparation Prepare(TurnContext context, string body)
    {
        return new Preparation(Convert, Encoding.UTF8.GetBytes("{}"), new Route(context.Profile, null, false, "gpt", "as named"), new ProxySettings(),
            new Lessons(TimeProvider.System), new ReasoningMemory(TimeProvider.System, static () => { }), images: null!, kilo: null!, new InputAnchors(), new TextCounts());

        bool Convert(ModelProfile profile, ConversionOptions options, IBufferWriter<byte> to, out TurnContext? made, out ApiError? error)
        {
            to.Write(Encoding.UTF8.GetBytes(body));
            (made, error) = (context, null);
            return true;
        }
    }

    private static TurnContext Context(bool advisor = false, bool judge = false) => new()
    {
        RequestedModel = "gpt-5.5",
        Profile = new ModelProfile { Slug = "gpt-5.5" },
        AccountMark = "ba36a4ed",
        ConversationId = "c",
        PromptCacheKey = "c",
        InputEstimate = 5,
        Advisor = advisor ? new AdvisorFacts("gpt-5.5", 1, null) : null,
        JudgeCalls = judge,
    };
}
