namespace CodexClaudeProxy.Service;

/// <summary>What starts and watches services on an operating system. Says what is to be done; doing it is up to <see cref="ServiceMachine"/>.</summary>
internal interface IServiceSystem
{
    /// <summary>For people, such as <c>systemd user service</c>.</summary>
    string Title { get; }

    /// <summary>The file whose presence says that the service is installed, where one does.</summary>
    string File { get; }

    /// <summary>Why there can be no service here, as a sentence; null when there can.</summary>
    string? Obstacle { get; }

    /// <summary>What an earlier installation carried over, where that can be read: it holds until something else is said.</summary>
    IReadOnlyDictionary<string, string> Kept { get; }

    /// <summary>Installs the service, or installs it anew, and starts it.</summary>
    IReadOnlyList<ServiceStep> Install(ServicePlan plan);

    /// <summary>Stops the service and takes away what <see cref="Install"/> wrote. The data stays.</summary>
    IReadOnlyList<ServiceStep> Uninstall();

    IReadOnlyList<ServiceStep> Start();

    IReadOnlyList<ServiceStep> Stop();

    IReadOnlyList<ServiceStep> Restart();

    /// <summary>The program that shows the log.</summary>
    /// <param name="follow">Shows what comes, too, until it is interrupted.</param>
    string[] Logs(int lines, bool follow);

    /// <summary>The program that says how the service is.</summary>
    string[] Query { get; }

    /// <summary>Reads what <see cref="Query"/> printed.</summary>
    ServiceReport Read(int exitCode, string output);

    /// <summary>What holds after an installation, and after a removal; a sentence each.</summary>
    (string Installed, string Uninstalled) Notes { get; }
}
