using CodexClaudeProxy.Logs;

namespace CodexClaudeProxy.Service;

/// <summary>Finds out for whom the output is.</summary>
internal static class OutputReaders
{
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="output">What the standard output is, as the link in <c>/proc</c> says; null where there is no such link.</param>
    /// <param name="processId">Ours.</param>
    public static ConsoleReader Find(Func<string, string?> variable, string? output, int processId)
    {
        // "device:inode". A program that a service starts inherits the variable, often with an output of its own. All sockets have one device.
        if (variable("JOURNAL_STREAM")?.Split(':') is [_, { Length: > 0 } inode] && output == $"socket:[{inode}]") return ConsoleReader.Journal;

        // launchd names each process after its job; what is none is called 0, or after the application of a terminal.
        bool isService = variable("SYSTEMD_EXEC_PID") == $"{processId}" || variable("XPC_SERVICE_NAME") == ServicePlan.Name;
        return isService && output?.StartsWith("/dev/", StringComparison.Ordinal) != true ? ConsoleReader.File : ConsoleReader.Person;
    }

    public static ConsoleReader Find(Func<string, string?> variable)
    {
        string? output = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/fd/1").LinkTarget : null;
        return Find(variable, output, Environment.ProcessId);
    }
}
