using System.Net.Sockets;

namespace CodexClaudeProxy.Network;

/// <summary>A port the system does not let us open, though nobody has it.</summary>
internal static class ForbiddenPort
{
    private const int FirstFree = 1024;

    /// <param name="e">What opening it threw; a name with several addresses gives several.</param>
    public static bool Is(Exception? e) => e switch
    {
        SocketException socket => socket.SocketErrorCode == SocketError.AccessDenied,
        AggregateException several => several.InnerExceptions.Any(Is),
        not null => Is(e.InnerException),
        null => false,
    };

    /// <summary>For instance <c>port 80 may only be opened with special rights</c>.</summary>
    public static string Reason(int port) => Reason(port, OperatingSystem.IsWindows());

    public static string Reason(int port, bool onWindows) => onWindows ? $"port {port} is in a range that Windows keeps back"
        : port < FirstFree ? $"port {port} may only be opened with special rights, as all below {FirstFree}"
        : $"the system does not let this program open port {port}";

    /// <summary>What helps beside another port; begins with a capital letter and has no full stop.</summary>
    public static string Remedy(int port) => Remedy(port, OperatingSystem.IsWindows(), OperatingSystem.IsLinux());

    public static string Remedy(int port, bool onWindows, bool onLinux) =>
        onWindows ? "As administrator, \"net stop winnat\" and then \"net start winnat\" often frees it; \"netsh interface ipv4 show excludedportrange protocol=tcp\" lists the ranges"
        : port >= FirstFree ? "A security policy of the system is the likely reason"
        : onLinux ? $"\"sudo sysctl net.ipv4.ip_unprivileged_port_start={port}\" allows it to everybody, \"sudo setcap cap_net_bind_service=+ep\" to this program"
        : "On this system only an administrator may open it";
}
