using CodexClaudeProxy.CommandLine;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class ProgressTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new();
    private readonly TaskCompletionSource<int> _work = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public async Task What_takes_longer_than_a_second_has_a_line_that_goes_away_again()
    {
        Task<int> shown = Terminal(isTerminal: true).ShowProgressAsync("Asking", _work.Task);
        await AdvanceUntilAsync("\rAsking … 1 s");
        await AdvanceUntilAsync("\rAsking … 2 s");
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
        await AdvanceUntilAsync("\rAsking … 1 s");
        _work.SetException(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(() => shown);
        Assert.EndsWith("\r            \r", _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The line comes from a continuation, a moment after the clock has moved.</summary>
    private async Task AdvanceUntilAsync(string end)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 1000 && !_error.ToString().EndsWith(end, StringComparison.Ordinal); i++) await Task.Yield();
        Assert.EndsWith(end, _error.ToString(), StringComparison.Ordinal);
    }

    private Terminal Terminal(bool isTerminal) => new(TextReader.Null, TextWriter.Null, _error, _ => null) { ShowsProgress = isTerminal, Time = _time };
}
