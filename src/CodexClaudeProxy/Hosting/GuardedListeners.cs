using System.Net;
using Microsoft.AspNetCore.Connections;

namespace CodexClaudeProxy.Hosting;

/// <summary>The server's sockets, which accept a connection only when there is room for it. Others wait in the system's queue.</summary>
internal sealed class GuardedListeners(IConnectionListenerFactory sockets, ClientConnections connections) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken), connections);

    private sealed class Listener(IConnectionListener socket, ClientConnections connections) : IConnectionListener
    {
        private readonly CancellationTokenSource _closing = new();

        public EndPoint EndPoint => socket.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await connections.TakeRoomAsync(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            ConnectionContext? connection = null;
            try
            {
                connection = await socket.AcceptAsync(cancellationToken);
            }
            finally
            {
                if (connection is null) connections.GiveRoomBack();
            }

            return connection;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _closing.CancelAsync();
            await socket.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await _closing.CancelAsync();
            await socket.DisposeAsync();
        }
    }
}
