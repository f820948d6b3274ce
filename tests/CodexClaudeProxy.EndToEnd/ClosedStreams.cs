using System.Diagnostics;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The published program where whoever started it closed a standard stream, as some service managers and cron replacements do.</summary>
public sealed class ClosedStreams
{
    [Theory]
    [InlineData("<&-", true)]
    [InlineData("2>&-", true)]
    [InlineData(">&-", false)]
    [InlineData("<&- >&- 2>&-", false)]
    public async Task The_program_goes_its_way(string closed, bool hasOutput)
    {
        (int exitCode, string output, string errors) = await RunAsync($"exec \"$0\" --version {closed}");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(hasOutput, output.Length > 0);
    }

    [Theory]
    [InlineData("<&-")]
    [InlineData("</dev/null")]
    public async Task A_sign_in_before_serving_does_not_wait_for_an_input_that_is_not_there(string input)
    {
        (int exitCode, string output, string errors) = await RunAsync($"exec \"$0\" --headless-login --port 0 {input}");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("--headless-login: no account is signed in", errors, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows' shells close no stream");
        using ClientHome home = new();
        ProcessStartInfo start = new("sh", ["-c", script, await PublishedBinary.PathAsync()]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["HOME"] = home.Folder;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
