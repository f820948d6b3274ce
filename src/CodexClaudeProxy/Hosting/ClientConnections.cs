using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// The connections clients hold. No more are accepted than there is room for: without a free descriptor the server would try to accept the
/// next one without end. Where there is none, one that has been idle for the longest time makes room.
/// </summary>
internal sealed class ClientConnections(int most, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>The request of a connection that was just made is on its way.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<ClientConnection> _all = [];
    private readonly SemaphoreSlim _room = new(most, most);

    /// <summary>Waits for room; it is taken with this.</summary>
    public async Task TakeRoomAsync(CancellationToken cancellation)
    {
        if (_room.CurrentCount == 0) CloseIdle();
        while (!await _room.WaitAsync(Patience, cancellation)) CloseIdle();
    }

    public void GiveRoomBack() => _room.Release();

    /// <summary>Serves a connection for which room was taken.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var entry = new ClientConnection(connection, time);
        connection.Features.Set(entry);
        lock (_lock) _all.Add(entry);
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock) _all.Remove(entry);
            GiveRoomBack();
        }
    }

    public void Dispose() => _room.Dispose();

    private void CloseIdle()
    {
        ClientConnection? oldest = null;
        lock (_lock)
        {
            foreach (ClientConnection connection in _all)
            {
                if (!connection.IsBusy && (oldest is null || connection.IdleSince < oldest.IdleSince)) oldest = connection;
            }
        }

        if (oldest is not null && time.GetElapsedTime(oldest.IdleSince) >= Idle) oldest.Close();
    }
}

/// <summary>One of them. Requests tell when they begin and end.</summary>
internal sealed class ClientConnection(ConnectionContext connection, TimeProvider time)
{
    private int _requests;
    private bool _isAsked;

    public bool IsBusy => Volatile.Read(ref _requests) > 0;

    public long IdleSince { get; private set; } = time.GetTimestamp();

    public void Enter() => Interlocked.Increment(ref _requests);

    public void Leave()
    {
        IdleSince = time.GetTimestamp();
        Interlocked.Decrement(ref _requests);
    }

    /// <summary>Politely at first; whoever is in the middle of sending a request's head would not even notice.</summary>
    public void Close()
    {
        if (_isAsked) connection.Abort(new ConnectionAbortedException("There is no room for idle connections."));
        else connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        _isAsked = true;
    }
}
