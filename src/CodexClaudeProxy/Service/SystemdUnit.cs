using System.Globalization;

namespace CodexClaudeProxy.Service;

/// <summary>The text of the systemd unit. Options are not in it but in the environment file, so that it is the same for everybody.</summary>
internal static class SystemdUnit
{
    private const int FirstFreePort = 1024;

    /// <summary>What needs no privilege: filters in the kernel that a process may lay upon itself. They hold in every user's own systemd, too.</summary>
    private const string Filters = """
        NoNewPrivileges=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM
        """;

    /// <summary>What needs a view of the file system, or of the machine, of the service's own: only the systemd of the machine can make one everywhere.</summary>
    private const string Walls = """
        ProtectSystem=strict
        PrivateTmp=yes
        PrivateDevices=yes
        DevicePolicy=closed
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        KeyringMode=private
        RemoveIPC=yes
        """;

    /// <summary>The unit of a user's own systemd.</summary>
    /// <param name="environmentFile">Its path.</param>
    public static string ForUser(ServicePlan plan, string environmentFile) =>
        Text(plan, environmentFile, "systemctl --user", after: "", wantedBy: "default.target", ["# Protection", Filters]);

    /// <summary>The unit of the machine's systemd; packages bring the same text.</summary>
    /// <param name="environmentFile">Its path.</param>
    public static string ForSystem(ServicePlan plan, string environmentFile)
    {
        bool needsPort = plan.Port is > 0 and < FirstFreePort;
        string capabilities = needsPort ? "CAP_NET_BIND_SERVICE" : "";
        string[] own =
        [
            "# Who it runs as, and where its data is", Identity(plan), "",
            "# Protection", Filters, Walls, $"ProtectHome={(IsInHome(plan.DataDirectory) ? "read-only" : "yes")}",
            $"CapabilityBoundingSet={capabilities}", $"AmbientCapabilities={capabilities}",
            // There the capability would count for nothing.
            .. needsPort ? (string[])[] : ["PrivateUsers=yes"],
        ];
        return Text(plan, environmentFile, "systemctl", after: "Wants=network-online.target\nAfter=network-online.target\n", wantedBy: "multi-user.target", own);
    }

    private static string Text(ServicePlan plan, string environmentFile, string control, string after, string wantedBy, string[] own) => $"""
        # Written by: codex-claude-proxy service install
        # Options belong into {environmentFile} (CCP_PORT=8081 and so on),
        # other changes into a drop-in: {control} edit {ServicePlan.Name}

        [Unit]
        Description=Claude Code and other clients on a ChatGPT plan
        {after}
        [Service]
        Type=notify
        ExecStart={Quote(plan.Program)} serve
        EnvironmentFile=-{environmentFile}
        Restart=on-failure
        RestartSec=5
        # Wrong options: another try would not help.
        RestartPreventExitStatus=2
        WatchdogSec=60
        # Running responses have CCP_DRAIN seconds to finish. The program asks for more time where that is set higher later.
        TimeoutStopSec={((int)ServicePlan.TimeToStop(plan.Drain).TotalSeconds).ToString(CultureInfo.InvariantCulture)}
        # What a request or a memory may take is adjusted to this ceiling.
        MemoryMax=1G
        TasksMax=512
        UMask=0077

        {string.Join('\n', own)}

        [Install]
        WantedBy={wantedBy}

        """;

    private static string Identity(ServicePlan plan)
    {
        string data = plan.DataDirectory is { } own ? $"ReadWritePaths={Quote(own)}" : $"""
            StateDirectory={ServicePlan.Name}
            StateDirectoryMode=0700
            Environment=HOME=%S/{ServicePlan.Name} CCP_DATA_DIR=%S/{ServicePlan.Name}
            """;
        return plan.RunAs is { } user ? $"User={user}\n{data}" : $"DynamicUser=yes\nUser={ServicePlan.Name}\n{data}";
    }

    private static bool IsInHome(string? directory) => directory is not null && ((string[])["/home/", "/root", "/run/user/"]).Any(home => directory.StartsWith(home, StringComparison.Ordinal));

    /// <summary>A path as one word in which systemd replaces nothing.</summary>
    private static string Quote(string path)
    {
        string plain = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return plain == path && !path.Contains(' ', StringComparison.Ordinal) ? path : $"\"{plain}\"";
    }
}
