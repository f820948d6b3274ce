using System.Threading.Channels;

namespace CodexClaudeProxy.Logs;

/// <summary>Lines on their way to something that may be slow or stuck: whoever adds one never waits, and what does not fit is lost and counted.</summary>
internal sealed class LineQueue : IAsyncDisposable
{
    private const int Longest = 2000;

    /// <summary>How long the end waits for what is still in the queue.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long a line waits for others.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Longest) { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<List<string>, CancellationToken, Task> _write;
    private readonly Task _writing;
    private long _lost;

    /// <param name="write">Writes all that has come since the last time; one at a time. The token ends its patience.</param>
    public LineQueue(Func<List<string>, CancellationToken, Task> write)
    {
        _write = write;
        _writing = Task.Run(WriteAllAsync);
    }

    public void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line)) Lose(1);
    }

    public void Lose(int count) => Interlocked.Add(ref _lost, count);

    /// <summary>How many were lost since the last question.</summary>
    public long TakeLost() => Interlocked.Exchange(ref _lost, 0);

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _ending.CancelAsync();
        _closing.CancelAfter(Patience);
        await _writing.WaitAsync(2 * Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_writing.IsCompleted) return;
        _ending.Dispose();
        _closing.Dispose();
    }

    private async Task WriteAllAsync()
    {
        List<string> lines = [];
        while (await _lines.Reader.WaitToReadAsync())
        {
            // Lines come in bunches; those of many requests are written at once.
            await Task.Delay(Gathering, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (lines.Count < Longest && _lines.Reader.TryRead(out string? line)) lines.Add(line);
            await _write(lines, _closing.Token);
            lines.Clear();
        }
    }
}
