using System.Collections.Concurrent;

namespace CodexClaudeProxy.Tests.CommandLine;

/// <summary>A keyboard: reading waits until something was typed.</summary>
internal sealed class TypedInput : TextReader
{
    private readonly BlockingCollection<string> _lines = [];

    public void Type(string line) => _lines.Add(line);

    public void End() => _lines.CompleteAdding();

    public override string? ReadLine() => _lines.TryTake(out string? line, Timeout.Infinite) ? line : null;

    protected override void Dispose(bool disposing)
    {
        // A command that was interrupted leaves a reader behind; nothing will come for it.
        _lines.CompleteAdding();
        base.Dispose(disposing);
    }
}
