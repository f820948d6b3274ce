using System.Text;
using BenchmarkDotNet.Attributes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>
/// Everything that is done with a request's bytes between the two connections: reading, checking, converting, counting, looking for marks.
/// The client has sent it before, as it does with nearly all of a conversation.
/// </summary>
[MemoryDiagnoser]
public class PreparationBenchmarks
{
    private readonly Route _route = new(new ModelProfile { Slug = "gpt-5.6" }, null, false, ModelRouter.Exact, "as named");
    private readonly ProxySettings _settings = new();
    private readonly Lessons _lessons = new(TimeProvider.System);
    private static readonly ReasoningMemory Reasoning = new(TimeProvider.System, static () => { });
    private readonly InputAnchors _anchors = new();
    private readonly TextCounts _counts = new();
    private byte[] _request = [];

    [Params("0.8 KB", "73 KB", "1 MB")]
    public string Size { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _request = Encoding.UTF8.GetBytes(Size switch
    {
        "0.8 KB" => $$"""{"model":"claude-sonnet-4-5","max_tokens":1000,"stream":true,"messages":[{"role":"user","content":"{{Samples.Escaped("code", 600)}}"}]}""",
        "73 KB" => Samples.MessagesRequest(73_000),
        _ => Samples.MessagesRequest(1_000_000),
    });

    [Benchmark]
    public async Task<int> Prepare()
    {
        using MessagesRequest request = MessagesRequest.TryParse(_request, ClientHints.None, out MessagesRequest? parsed, out var error)
            ? parsed!
            : throw new InvalidOperationException(error!.Message);
        using var preparation = new Preparation(
            MessagesTurn.ConversionOf(request), _request, _route, _settings, _lessons, Reasoning, images: null!, kilo: null!, _anchors, _counts);
        await preparation.MakeAsync("account", CancellationToken.None);
        await preparation.CountAsync();
        return preparation.Body.Length + (preparation.Project?.Length ?? 0);
    }
}
