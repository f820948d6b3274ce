using System.Net;
using System.Net.Sockets;
using CodexClaudeProxy.Network;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>Connecting as RFC 8305 tells, with time and network in the test's hands.</summary>
public sealed class AddressRaceTests
{
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress OtherSix = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress Four = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private readonly List<IPAddress> _dialled = [];
    private readonly Dictionary<IPAddress, TaskCompletionSource<Stream>> _ways = [];

    /// <summary>A connection may come about at the very moment when nobody waits for it any longer.</summary>
    private bool _connectsLate;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_that_answers_is_the_only_one_that_is_tried()
    {
        Way(Six).SetResult(new MemoryStream());

        await Race(Six, Four).ConnectAsync(Target, Cancellation);

        Assert.Equal([Six], _dialled);
    }

    [Fact]
    public async Task A_silent_address_costs_a_quarter_of_a_second_and_the_families_take_turns()
    {
        using var answer = new MemoryStream();
        AddressRace race = Race(Six, OtherSix, Four);

        Task<Stream> connecting = race.ConnectAsync(Target, Cancellation).AsTask();
        _time.Advance(AddressRace.HeadStart - TimeSpan.FromMilliseconds(1));
        Assert.Equal([Six], _dialled);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Until(() => _dialled.Count == 2);
        Way(Four).SetResult(answer);

        Assert.Same(answer, await connecting);
        Assert.Equal([Six, Four], _dialled);
    }

    [Fact]
    public async Task A_refusal_starts_the_next_one_at_once()
    {
        Way(Six).SetException(new SocketException((int)SocketError.NetworkUnreachable));
        Way(Four).SetResult(new MemoryStream());

        await Race(Six, Four).ConnectAsync(Target, Cancellation);

        Assert.Equal([Six, Four], _dialled);
    }

    [Fact]
    public async Task The_family_that_won_begins_the_next_time()
    {
        AddressRace race = Race(Six, Four);
        Way(Six).SetException(new SocketException((int)SocketError.HostUnreachable));
        Way(Four).SetResult(new MemoryStream());
        await race.ConnectAsync(Target, Cancellation);
        _dialled.Clear();

        await race.ConnectAsync(Target, Cancellation);

        Assert.Equal([Four], _dialled);
    }

    [Fact]
    public async Task Nobody_reached_is_told_by_the_first_failure_and_each_address_has_a_limit_of_its_own()
    {
        Task<Stream> connecting = Race(Six, Four).ConnectAsync(Target, Cancellation).AsTask();
        _time.Advance(AddressRace.HeadStart);
        await Until(() => _dialled.Count == 2);
        Way(Four).SetException(new SocketException((int)SocketError.ConnectionRefused));
        _time.Advance(AddressRace.AttemptLimit);

        SocketException failure = await Assert.ThrowsAsync<SocketException>(() => connecting);
        Assert.Contains(failure.SocketErrorCode, new[] { SocketError.ConnectionRefused, SocketError.TimedOut });
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        _connectsLate = true;
        var late = new ClosedStream();
        Task<Stream> connecting = Race(Six, Four).ConnectAsync(Target, Cancellation).AsTask();
        _time.Advance(AddressRace.HeadStart);
        await Until(() => _dialled.Count == 2);
        Way(Four).SetResult(new MemoryStream());
        await connecting;

        Way(Six).SetResult(late);

        await late.Closed.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task A_caller_that_gives_up_ends_the_race()
    {
        using var giveUp = new CancellationTokenSource();
        Task<Stream> connecting = Race(Six, Four).ConnectAsync(Target, giveUp.Token).AsTask();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private static DnsEndPoint Target => new("backend.example", 443);

    private AddressRace Race(params IPAddress[] addresses) => new(_time)
    {
        LookUp = (_, _) => Task.FromResult(addresses),
        Dial = (endpoint, cancellation) =>
        {
            _dialled.Add(endpoint.Address);
            return new ValueTask<Stream>(_connectsLate ? Way(endpoint.Address).Task : Way(endpoint.Address).Task.WaitAsync(cancellation));
        },
    };

    private TaskCompletionSource<Stream> Way(IPAddress address)
    {
        if (!_ways.TryGetValue(address, out TaskCompletionSource<Stream>? way)) _ways[address] = way = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return way;
    }

    private static async Task Until(Func<bool> holds)
    {
        while (!holds()) await Task.Delay(1, Cancellation);
    }

    private sealed class ClosedStream : MemoryStream
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Closed => _closed.Task;

        protected override void Dispose(bool disposing)
        {
            _closed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
