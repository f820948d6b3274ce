using System.Text;

namespace CodexClaudeProxy.Tests.CommandLine;

/// <summary>Lets a test wait for a text without polling.</summary>
internal sealed class SignallingWriter : TextWriter
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _waiting = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (_lock)
        {
            _text.Append(value);
            foreach ((string text, TaskCompletionSource seen) in _waiting)
            {
                if (_text.ToString().Contains(text, StringComparison.Ordinal)) seen.TrySetResult();
            }
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public Task Contains(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((text, seen));
            if (_text.ToString().Contains(text, StringComparison.Ordinal)) seen.TrySetResult();
        }

        return seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public void Clear()
    {
        lock (_lock) _text.Clear();
    }

    public override string ToString()
    {
        lock (_lock) return _text.ToString();
    }
}
