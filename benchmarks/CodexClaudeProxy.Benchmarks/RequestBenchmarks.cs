using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>A request of 500 KB, as a coding agent sends it deep in its work: 30 tools and some sixty calls with their results.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private readonly ModelProfile _profile = new() { Slug = "gpt-5.6" };
    private readonly ArrayBufferWriter<byte> _body = new();
    private byte[] _request = [];

    [GlobalSetup]
    public void Setup() => _request = Encoding.UTF8.GetBytes(Samples.MessagesRequest(500_000));

    [Benchmark]
    public int Parse()
    {
        using var request = Parsed();
        return request.Model.Length;
    }

    [Benchmark]
    public int ParseAndConvert()
    {
        using var request = Parsed();
        _body.ResetWrittenCount();
        return ResponsesRequest.TryConvert(request, _profile, ConversionOptions.Default, _body, out _, out var error)
            ? _body.WrittenCount
            : throw new InvalidOperationException(error!.Message);
    }

    private MessagesRequest Parsed() => MessagesRequest.TryParse(_request, ClientHints.None, out var request, out var error)
        ? request!
        : throw new InvalidOperationException(error!.Message);
}
