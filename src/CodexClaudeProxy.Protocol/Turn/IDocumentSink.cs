namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>A sink whose answer is one JSON document.</summary>
public interface IDocumentSink : ITurnSink, IDisposable
{
    /// <summary>The finished document; empty until the end.</summary>
    ReadOnlyMemory<byte> Document { get; }
}
