using System.Net.Sockets;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Tests.Network;

public sealed class ForbiddenPortTests
{
    [Fact]
    public void It_is_told_from_a_port_in_use()
    {
        Assert.True(ForbiddenPort.Is(Refused));
        Assert.True(ForbiddenPort.Is(new IOException("Failed to bind", new AggregateException(Refused, Refused))));
        Assert.False(ForbiddenPort.Is(new IOException("Failed to bind", new SocketException((int)SocketError.AddressAlreadyInUse))));
        Assert.False(ForbiddenPort.Is(new IOException()));
    }

    [Fact]
    public void Windows_ranges_are_named_with_what_lists_and_frees_them()
    {
        Assert.Equal("port 1455 is in a range that Windows keeps back", ForbiddenPort.Reason(1455, onWindows: true));
        Assert.Contains("net stop winnat", ForbiddenPort.Remedy(1455, onWindows: true, onLinux: false), StringComparison.Ordinal);
        Assert.Contains("excludedportrange", ForbiddenPort.Remedy(1455, onWindows: true, onLinux: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Low_ports_are_named_with_what_the_system_has_for_them()
    {
        Assert.Contains("below 1024", ForbiddenPort.Reason(80, onWindows: false), StringComparison.Ordinal);
        Assert.Contains("setcap", ForbiddenPort.Remedy(80, onWindows: false, onLinux: true), StringComparison.Ordinal);
        Assert.DoesNotContain("setcap", ForbiddenPort.Remedy(80, onWindows: false, onLinux: false), StringComparison.Ordinal);
    }

    private static SocketException Refused => new((int)SocketError.AccessDenied);
}
