using System.Diagnostics;

namespace CodexClaudeProxy.Tests;

public sealed class OtherProgramTests
{
    public static bool HasShell => !OperatingSystem.IsWindows();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Skip = "its programs are those of a Unix shell", SkipUnless = nameof(HasShell))]
    public async Task What_it_says_is_read_on_both_streams_however_much_it_is()
    {
        ProgramResult result = await OtherProgram.RunAsync(Shell("head -c 300000 /dev/zero >&2; echo done; exit 3"), Stop);

        Assert.Equal((3, "done\n", 300_000), (result.ExitCode, result.Output, result.Errors.Length));
    }

    [Fact(Skip = "its programs are those of a Unix shell", SkipUnless = nameof(HasShell))]
    public async Task One_that_takes_too_long_is_ended_with_what_it_has_started()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Null(await OtherProgram.TryAsync(Shell($"sleep 60 & echo $! > '{file}'; wait"), TimeSpan.FromSeconds(2), Stop));

            int child = int.Parse(await File.ReadAllTextAsync(file, Stop), System.Globalization.CultureInfo.InvariantCulture);
            for (int i = 0; i < 100 && IsRunning(child); i++) await Task.Delay(50, Stop);
            Assert.False(IsRunning(child));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task One_that_is_not_there_says_nothing() =>
        Assert.Null(await OtherProgram.TryAsync(new ProcessStartInfo("no-such-program-anywhere"), TimeSpan.FromSeconds(10), Stop));

    private static ProcessStartInfo Shell(string script) => new("/bin/sh", ["-c", script]) { RedirectStandardInput = true };

    private static bool IsRunning(int id)
    {
        string status = $"/proc/{id}/status";
        if (!Directory.Exists("/proc/self")) return Process.GetProcesses().Any(process => process.Id == id);
        return File.Exists(status) && !File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal);
    }
}
