using System.Text;
using BenchmarkDotNet.Attributes;
using CodexClaudeProxy.Protocol.Tokens;
using Microsoft.ML.Tokenizers;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>Every text is 100 KB of UTF-8: 100 divided by the milliseconds is the speed in MB/s.</summary>
[MemoryDiagnoser]
public class TokenBenchmarks
{
    private TiktokenTokenizer _reference = null!;
    private string _text = "";
    private byte[] _utf8 = [];

    [Params("prose", "code", "json", "chinese", "random")]
    public string Text { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _reference = TiktokenTokenizer.CreateForEncoding("o200k_base");
        _text = Samples.Text(Text, 100_000);
        _utf8 = Encoding.UTF8.GetBytes(_text);
    }

    [Benchmark(Baseline = true)]
    public int MicrosoftMlTokenizers() => _reference.CountTokens(_text);

    [Benchmark]
    public int Count() => O200k.Count(_text);

    [Benchmark]
    public int CountUtf8() => O200k.CountUtf8(_utf8);
}

[MemoryDiagnoser]
public class InputEstimateBenchmarks
{
    private readonly TextCounts _remembered = new();
    private byte[] _request = [];

    [GlobalSetup]
    public void Setup() => _request = Encoding.UTF8.GetBytes(Samples.ResponsesRequest(500_000));

    /// <summary>The first turn of a conversation.</summary>
    [Benchmark]
    public int EverythingNew() => InputEstimate.Count(_request, 1.2);

    /// <summary>Every further turn, but for what is new in it.</summary>
    [Benchmark]
    public int EverythingRemembered() => InputEstimate.Count(_request, 1.2, _remembered);
}
