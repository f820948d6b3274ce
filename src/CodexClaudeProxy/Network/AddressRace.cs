using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CodexClaudeProxy.Network;

/// <summary>
/// Connects to a host that has several addresses, some of which may lead nowhere (a broken IPv6 route, a dead machine of several):
/// the next address is tried beside the first after a quarter of a second, the families in turn, and whoever answers first is taken
/// (Happy Eyeballs, RFC 8305). The family that won is tried first the next time.
/// </summary>
internal sealed class AddressRace(TimeProvider time)
{
    /// <summary>How long one address may let us wait before the next one is tried beside it; the value RFC 8305 recommends.</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one address may take.</summary>
    public static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(15);

    // As many entries as there are backends, logins and gateways.
    private readonly ConcurrentDictionary<string, AddressFamily> _lastWinners = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The addresses of a name, and the way to one of them.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> LookUp { get; init; } = Dns.GetHostAddressesAsync;

    public Func<IPEndPoint, CancellationToken, ValueTask<Stream>> Dial { get; init; } = DialAsync;

    /// <exception cref="SocketException">No address could be reached; it tells of the first one.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellation)
    {
        // A lookup itself cannot be cancelled everywhere.
        IPAddress[] found = await LookUp(target.Host, cancellation).WaitAsync(cancellation);
        if (found.Length == 0) throw new SocketException((int)SocketError.HostNotFound);

        AddressFamily first = _lastWinners.TryGetValue(target.Host, out AddressFamily last) ? last : found[0].AddressFamily;
        (Stream stream, IPAddress winner) = await RunAsync([.. InTurn(found, first).Select(address => new IPEndPoint(address, target.Port))], cancellation);
        _lastWinners[target.Host] = winner.AddressFamily;
        return stream;
    }

    /// <summary>A connection to exactly this address.</summary>
    public static async ValueTask<Stream> DialAsync(IPEndPoint address, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The two families alternate, in each the system's own order.</summary>
    private static IEnumerable<IPAddress> InTurn(IPAddress[] addresses, AddressFamily first)
    {
        IPAddress[] ones = [.. addresses.Where(address => address.AddressFamily == first)];
        IPAddress[] others = [.. addresses.Where(address => address.AddressFamily != first)];
        for (int i = 0; i < Math.Max(ones.Length, others.Length); i++)
        {
            if (i < ones.Length) yield return ones[i];
            if (i < others.Length) yield return others[i];
        }
    }

    private async Task<(Stream Stream, IPAddress Address)> RunAsync(IPEndPoint[] addresses, CancellationToken cancellation)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task<(Stream Stream, IPAddress Address)>> running = [];
        Exception? firstFailure = null;
        int next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Length) running.Add(AttemptAsync(addresses[next++], race.Token));
                if (running.Count == 0) throw firstFailure!;

                Task headStart = next < addresses.Length ? Task.Delay(HeadStart, time, race.Token) : Task.Delay(Timeout.InfiniteTimeSpan, race.Token);
                Task done = await Task.WhenAny([.. running, headStart]);
                cancellation.ThrowIfCancellationRequested();
                if (done == headStart) continue;

                var attempt = (Task<(Stream, IPAddress)>)done;
                running.Remove(attempt);
                if (attempt.IsCompletedSuccessfully) return await attempt;
                firstFailure ??= attempt.Exception!.InnerException!;
            }
        }
        finally
        {
            await race.CancelAsync();
            foreach (var late in running) _ = DiscardAsync(late);
        }
    }

    private async Task<(Stream Stream, IPAddress Address)> AttemptAsync(IPEndPoint address, CancellationToken race)
    {
        using var limit = new CancellationTokenSource(AttemptLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(race, limit.Token);
        try
        {
            return (await Dial(address, either.Token), address.Address);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    /// <summary>Closes a connection that came about after the race was decided.</summary>
    private static async Task DiscardAsync(Task<(Stream Stream, IPAddress Address)> late)
    {
        try
        {
            await (await late).Stream.DisposeAsync();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // It lost in every way.
        }
    }
}
