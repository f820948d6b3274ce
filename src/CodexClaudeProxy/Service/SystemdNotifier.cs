using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CodexClaudeProxy.Service;

/// <summary>Tells systemd how its service is, in datagrams to the socket it names: sd_notify(3), for units of <c>Type=notify</c>.</summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly UnixDomainSocketEndPoint _address;
    private readonly Socket _socket;
    private readonly ITimer? _watchdog;

    private SystemdNotifier(string address, TimeSpan? watchdog, TimeProvider time)
    {
        _address = new UnixDomainSocketEndPoint(address);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        // On a thread of the pool: where none comes to its turn for so long, the program hangs.
        if (watchdog is { } limit) _watchdog = time.CreateTimer(static self => ((SystemdNotifier)self!).Send("WATCHDOG=1"), this, limit / 2, limit / 2);
    }

    /// <summary>Null where systemd does not ask for it.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static SystemdNotifier? FromEnvironment(Func<string, string?> variable, TimeProvider time)
    {
        if (variable("NOTIFY_SOCKET") is not { Length: > 1 } named) return null;
        // "@" stands for the zero with which the name of an abstract socket begins.
        string? address = named[0] switch { '/' => named, '@' => '\0' + named[1..], _ => null };
        if (address is null || !Socket.OSSupportsUnixDomainSockets) return null;

        bool isWatched = variable("WATCHDOG_PID") is null or "" || variable("WATCHDOG_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? watchdog = isWatched && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit > 0
            ? TimeSpan.FromMicroseconds(limit) : null;
        return new SystemdNotifier(address, watchdog, time);
    }

    /// <param name="status">What <c>systemctl status</c> shows.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <param name="atMost">How long the end may take, whatever the unit says.</param>
    public void Stopping(TimeSpan atMost) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)atMost.TotalMicroseconds}\nSTATUS=Stopping; running responses may finish"));

    public void Dispose()
    {
        _watchdog?.Dispose();
        _socket.Dispose();
    }

    private void Send(string message)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _address);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // systemd draws its own conclusions.
        }
    }
}
