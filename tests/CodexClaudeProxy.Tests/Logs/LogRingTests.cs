using CodexClaudeProxy.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Logs;

public sealed class LogRingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_oldest_entries_give_way_to_new_ones()
    {
        var ring = new LogRing(_time, mostEntries: 3);
        for (int i = 0; i < 5; i++) ring.Add(Entry($"{i}"));

        Assert.Equal(["2", "3", "4"], ring.Entries.Select(entry => entry.Message));
    }

    [Fact]
    public void Long_entries_do_not_take_more_memory_than_allowed()
    {
        var ring = new LogRing(_time, mostBytes: 100_000);
        for (int i = 0; i < 100; i++) ring.Add(Entry(new string('x', 8_000)));

        Assert.InRange(ring.Entries.Count, 2, 6);
        Assert.True(ring.Size.Bytes <= ring.Size.LimitBytes);
        Assert.Equal((ring.Entries.Count, 100_000), (ring.Size.Entries, ring.Size.LimitBytes));
    }

    [Fact]
    public void Ids_grow_from_one_start_to_the_next()
    {
        long before = new LogRing(_time).Add(Entry("a")).Id;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(new LogRing(_time).Add(Entry("b")).Id > before);
    }

    [Fact]
    public void A_viewer_misses_nothing_and_sees_nothing_twice()
    {
        var ring = new LogRing(_time);
        LogEntry[] first = [.. "abc".Select(letter => ring.Add(Entry(letter.ToString())))];
        using LogViewer viewer = ring.Watch(first[0].Id);
        ring.Add(Entry("d"));

        Assert.Equal(["b", "c"], viewer.Backlog.Select(entry => entry.Message));
        Assert.True(viewer.Live.TryRead(out LogEntry? next));
        Assert.Equal("d", next.Message);
        Assert.Empty(ring.Watch(null).Backlog);
        Assert.Equal(4, ring.Watch(0).Backlog.Count);
        // It comes from a program whose clock was ahead.
        Assert.Equal(4, ring.Watch(next.Id + 1_000_000).Backlog.Count);
    }

    [Fact]
    public async Task A_viewer_that_does_not_read_is_given_up()
    {
        var ring = new LogRing(_time);
        using LogViewer slow = ring.Watch(null);
        using LogViewer other = ring.Watch(null);
        var gone = new TaskCompletionSource();
        await using CancellationTokenRegistration told = slow.FellBehind.Register(gone.SetResult);

        for (int i = 0; i < 600; i++)
        {
            ring.Add(Entry($"{i}"));
            Assert.True(other.Live.TryRead(out _));
        }

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(other.FellBehind.IsCancellationRequested);
    }

    private LogEntry Entry(string message) => new(0, _time.GetUtcNow(), LogLevel.Information, "Test", 1, message, null);
}
