using System.Text;

namespace CodexClaudeProxy.Logs;

/// <summary>Writes to a console without blocking the caller: a terminal may be paused, and the reader of a pipe may have stopped reading.</summary>
internal sealed class QueuedWriter : TextWriter
{
    private readonly TextWriter _output;
    private readonly LineQueue _lines;

    public QueuedWriter(TextWriter output)
    {
        _output = output;
        _lines = new LineQueue(WriteAsync);
    }

    public override Encoding Encoding => _output.Encoding;

    public override void Write(char value) => throw new NotSupportedException("Whole lines only.");

    public override void WriteLine(string? value) => _lines.Add(value ?? "");

    public override async ValueTask DisposeAsync()
    {
        await _lines.DisposeAsync();
        await base.DisposeAsync();
    }

    private Task WriteAsync(List<string> lines, CancellationToken closing)
    {
        try
        {
            // In one piece, because a console is told each piece on its own.
            _output.WriteLine(string.Join(_output.NewLine, lines));
            if (_lines.TakeLost() is > 0 and long lost) _output.WriteLine($"… {lost} lines were not shown, because the output was blocked");
            _output.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody looks any more.
        }

        return Task.CompletedTask;
    }
}
