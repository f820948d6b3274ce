using System.Threading.Channels;
using CodexClaudeProxy.CommandLine;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class ProgressTests : IDisposable
{
    private readonly WaitedTime _time = new();
    private readonly StringWriter _error = new();
    private readonly TaskCompletionSource<int> _work = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public async Task What_takes_longer_than_a_second_has_a_line_that_goes_away_again()
    {
        Task<int> shown = Terminal(isTerminal: true).ShowProgressAsync("Asking", _work.Task);
        await AdvanceAsync("\rAsking … 1 s");
        await AdvanceAsync("\rAsking … 2 s");
        _work.SetResult(7);

        Assert.Equal(7, await shown);
        Assert.Equal("\rAsking … 1 s\rAsking … 2 s\r            \r", _error.ToString());
    }

    [Fact]
    public async Task What_is_quick_has_none()
    {
        Task<int> shown = Terminal(isTerminal: true).ShowProgressAsync("Asking", _work.Task);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        _work.SetResult(7);

        Assert.Equal(7, await shown);
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task There_is_none_where_no_person_looks()
    {
        Task<int> shown = Terminal(isTerminal: false).ShowProgressAsync("Asking", _work.Task);
        _time.Advance(TimeSpan.FromSeconds(5));
        _work.SetResult(7);

        Assert.Equal(7, await shown);
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task A_failure_is_told_and_the_line_goes_away()
    {
        Task<int> shown = Terminal(isTerminal: true).ShowProgressAsync("Asking", _work.Task);
        await AdvanceAsync("\rAsking … 1 s");
        _work.SetException(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(() => shown);
        Assert.EndsWith("\r            \r", _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The next wait begins when the line is written, a moment after the clock has moved.</summary>
    private async Task AdvanceAsync(string end)
    {
        await _time.NextWaitAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _time.NextWaitAsync();
        _time.GiveBack();
        Assert.EndsWith(end, _error.ToString(), StringComparison.Ordinal);
    }

    private Terminal Terminal(bool isTerminal) => new(TextReader.Null, TextWriter.Null, _error, _ => null) { ShowsProgress = isTerminal, Time = _time };

    /// <summary>A clock that tells when somebody has begun to wait for it.</summary>
    private sealed class WaitedTime : FakeTimeProvider
    {
        private readonly Channel<ITimer> _waits = Channel.CreateUnbounded<ITimer>();
        private ITimer? _waiting;

        public async Task NextWaitAsync() => _waiting = await _waits.Reader.ReadAsync(TestContext.Current.CancellationToken);

        /// <summary>The wait just seen is still going on: the next step needs it.</summary>
        public void GiveBack() => _waits.Writer.TryWrite(_waiting!);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Writer.TryWrite(timer);
            return timer;
        }
    }
}
