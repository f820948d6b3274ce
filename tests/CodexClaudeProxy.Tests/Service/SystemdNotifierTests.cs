using System.Net.Sockets;
using System.Text;
using CodexClaudeProxy.Service;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Service;

/// <summary>The datagrams of sd_notify(3), as systemd receives them.</summary>
public sealed class SystemdNotifierTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-notify-");
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
    private readonly Dictionary<string, string> _variables = [];
    private readonly FakeTimeProvider _time = new();

    public void Dispose()
    {
        _systemd.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public void Ready_and_stopping_are_told_with_what_the_status_shows()
    {
        Listen(Path.Combine(_directory.FullName, "notify"));
        using SystemdNotifier notifier = Start()!;

        notifier.Ready("Listening on http://127.0.0.1:8081/");
        Assert.Equal("READY=1\nSTATUS=Listening on http://127.0.0.1:8081/", Receive());

        notifier.Stopping(TimeSpan.FromSeconds(45));
        Assert.StartsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=45000000\nSTATUS=", Receive(), StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public void An_abstract_socket_is_found()
    {
        Listen($"@ccp-test-{Guid.NewGuid():N}");
        using SystemdNotifier notifier = Start()!;

        notifier.Ready("up");

        Assert.Equal("READY=1\nSTATUS=up", Receive());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public void The_watchdog_hears_twice_in_its_time()
    {
        Listen(Path.Combine(_directory.FullName, "notify"));
        _variables["WATCHDOG_USEC"] = "60000000";
        _variables["WATCHDOG_PID"] = $"{Environment.ProcessId}";
        using SystemdNotifier notifier = Start()!;

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, _systemd.Available);
            _time.Advance(TimeSpan.FromSeconds(30));
            Assert.Equal("WATCHDOG=1", Receive());
        }
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public void The_watchdog_of_another_process_is_not_ours()
    {
        Listen(Path.Combine(_directory.FullName, "notify"));
        (_variables["WATCHDOG_USEC"], _variables["WATCHDOG_PID"]) = ("60000000", "1");
        using SystemdNotifier notifier = Start()!;

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, _systemd.Available);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    public void Without_a_socket_nothing_is_told(string? address)
    {
        if (address is not null) _variables["NOTIFY_SOCKET"] = address;

        Assert.Null(Start());
    }

    [Fact]
    public void A_socket_that_is_gone_harms_nothing()
    {
        _variables["NOTIFY_SOCKET"] = Path.Combine(_directory.FullName, "gone");
        using SystemdNotifier notifier = Start()!;

        notifier.Ready("up");
    }

    public static bool IsLinux => OperatingSystem.IsLinux();

    private void Listen(string name)
    {
        _variables["NOTIFY_SOCKET"] = name;
        _systemd.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
    }

    private SystemdNotifier? Start() => SystemdNotifier.FromEnvironment(name => _variables.GetValueOrDefault(name), _time);

    private string Receive()
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _systemd.Receive(buffer));
    }
}
