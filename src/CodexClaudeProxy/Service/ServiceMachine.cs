using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Service;

/// <summary>The machine whose services are changed; tests have one of their own.</summary>
/// <param name="run">Runs a program to its end.</param>
internal sealed class ServiceMachine(Func<string[], CancellationToken, Task<ProgramResult>> run)
{
    private const int NotFound = 127;

    public static ServiceMachine This { get; } = new(RunAsync);

    /// <summary>Where its files are.</summary>
    public string Root { get; init; } = "/";

    /// <summary>The number of the user; 0 for root.</summary>
    public int User { get; init; } = UserId.Own();

    /// <summary>The program that runs.</summary>
    public string Program { get; init; } = Environment.ProcessPath!;

    public Task<ProgramResult> AskAsync(string[] command, CancellationToken ct) => run(command, ct);

    /// <param name="note">Told what a step that may fail means when it did.</param>
    /// <returns>Why it did not come to its end; null when it did.</returns>
    public async Task<string?> TakeAsync(IReadOnlyList<ServiceStep> steps, Action<string> note, CancellationToken ct)
    {
        foreach (ServiceStep step in steps)
        {
            try
            {
                if (step.Write is { } path) Write(path, step);
                else if (step.Delete is { } gone) Delete(gone);
                else if (await run(step.Run, ct) is { ExitCode: not 0 } failed)
                {
                    if (step.OnFailure is null) return $"{string.Join(' ', step.Run)} failed: {failed.Trouble}";
                    if (step.OnFailure.Length > 0) note(step.OnFailure);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return e.Message;
            }
        }

        return null;
    }

    /// <summary>Where a program's own words are to be read by a program, or shown by us: without colours, in English, in UTC.</summary>
    public static ProcessStartInfo StartOf(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]);
        // Missing after a change of the user, as with su: then systemctl does not find the user's own systemd.
        string runtime = string.Create(CultureInfo.InvariantCulture, $"/run/user/{UserId.Own()}");
        if (OperatingSystem.IsLinux() && !start.Environment.ContainsKey("XDG_RUNTIME_DIR") && Directory.Exists(runtime)) start.Environment["XDG_RUNTIME_DIR"] = runtime;
        return start;
    }

    private static async Task<ProgramResult> RunAsync(string[] command, CancellationToken ct)
    {
        ProcessStartInfo start = StartOf(command);
        (start.Environment["LC_ALL"], start.Environment["TZ"], start.Environment["SYSTEMD_COLORS"]) = ("C", "UTC", "0");
        try
        {
            return await OtherProgram.RunAsync(start, ct);
        }
        catch (Win32Exception)
        {
            return new ProgramResult(NotFound, "", $"{command[0]} was not found");
        }
    }

    private static void Write(string path, ServiceStep step)
    {
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!step.IsPrivate) mode |= UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        AtomicFile.Write(path, [.. step.Encoding.GetPreamble(), .. step.Encoding.GetBytes(step.Content)], mode: mode);
    }

    /// <summary>With the directory, where it was made for this file alone.</summary>
    private static void Delete(string path)
    {
        if (!File.Exists(path)) return;
        BusyFile.Delete(path);
        string directory = Path.GetDirectoryName(path)!;
        if (Path.GetFileName(directory) == ServicePlan.Name && !Directory.EnumerateFileSystemEntries(directory).Any()) Directory.Delete(directory);
    }
}
