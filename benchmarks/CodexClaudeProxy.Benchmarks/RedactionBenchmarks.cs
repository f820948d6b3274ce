using BenchmarkDotNet.Attributes;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>What each log line costs before it is shown.</summary>
[MemoryDiagnoser]
public class RedactionBenchmarks
{
    private const string Usual = "req_005WKU2lIzyoPpdYNZ3GSe4j claude-opus-5-5 → gpt-6.1-sol on pro@example.com:11111111-2222-3333-4444-555555555555: EndTurn, 1200+34000 in, 850 out, 12321 ms";
    private const string Leaking = "Upstream said: Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHx1c2VyIn0.c2lnbmF0dXJlc2lnbmF0dXJl was refused";

    private readonly Redaction _redaction = new("the access key");

    [Benchmark]
    public string NothingToHide() => _redaction.Scrub(Usual);

    [Benchmark]
    public string OneToken() => _redaction.Scrub(Leaking);
}
