using System.Diagnostics;
using System.Globalization;

namespace CodexClaudeProxy.Network;

/// <summary>Finds out which program listens on a port, as far as the system tells us.</summary>
internal static class PortHolder
{
    private static readonly TimeSpan LsofPatience = TimeSpan.FromSeconds(2);

    /// <summary>For instance <c>codex (process 4711)</c>; null when nobody can tell, as for programs of other users.</summary>
    public static async Task<string?> FindAsync(int port)
    {
        try
        {
            return Directory.Exists("/proc/net") ? FromProc(port) : OperatingSystem.IsMacOS() ? await FromLsofAsync(port) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? FromProc(int port)
    {
        HashSet<string> sockets = [.. ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).Where(File.Exists).SelectMany(File.ReadLines).Select(line => Inode(line, port)).OfType<string>()];
        if (sockets.Count == 0) return null;
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                if (Directory.EnumerateFiles($"{process}/fd").Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target)))
                    return $"{File.ReadAllText($"{process}/comm").Trim()} (process {Path.GetFileName(process)})";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's process, or one that has just ended.
            }
        }

        return null;
    }

    /// <summary>Columns: number, local address as <c>hex:hexport</c>, remote address, state (0A listens), six more, inode.</summary>
    private static string? Inode(string line, int port)
    {
        string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool listens = columns.Length > 9 && columns[3] == "0A" && columns[1].EndsWith(":" + port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return listens ? $"socket:[{columns[9]}]" : null;
    }

    private static async Task<string?> FromLsofAsync(int port)
    {
        ProgramResult? told = await OtherProgram.TryAsync(new ProcessStartInfo("lsof", ["-nP", $"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]), LsofPatience, CancellationToken.None);
        string[] lines = told?.Output.Split('\n') ?? [];
        string? number = Array.Find(lines, line => line.StartsWith('p'))?[1..];
        string? name = Array.Find(lines, line => line.StartsWith('c'))?[1..];
        return number is null || name is null ? null : $"{name} (process {number})";
    }
}
