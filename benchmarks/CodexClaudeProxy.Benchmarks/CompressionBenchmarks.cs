using System.Text;
using BenchmarkDotNet.Attributes;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>Compressing a body for the backend, and making it plain again for one that does not read it.</summary>
[MemoryDiagnoser]
public class CompressionBenchmarks : IDisposable
{
    private readonly ZstdEncoder _encoder = new(TimeProvider.System);
    private readonly PooledBuffer _to = new();
    private byte[] _plain = [];
    private byte[] _encoded = [];

    [Params(20_000, 500_000, 1_000_000, 5_000_000)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _plain = Encoding.UTF8.GetBytes(Samples.Conversation(Length));
        Encode();
        _encoded = _to.Written.ToArray();
        Console.WriteLine($"// {_plain.Length} bytes become {_encoded.Length}");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _to.Dispose();
        _encoder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Encode()
    {
        _to.Clear();
        _encoder.Encode(_plain, _to, CancellationToken.None);
        return _to.Length;
    }

    [Benchmark]
    public int Decode()
    {
        _to.Clear();
        ZstdEncoder.Decode(_encoded, _plain.Length, _to);
        return _to.Length;
    }
}
