using System.Text;
using CodexClaudeProxy.Alerts;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>Programs that get alerts: without a shell, with the data on their standard input, and not for longer than they may.</summary>
public sealed class AlertProgramsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-alerts-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact(SkipUnless = nameof(IsUnix), Skip = "a shell script")]
    public async Task It_gets_the_data_and_its_arguments_as_they_are()
    {
        string script = Script("printf '%s|' \"$@\" > \"$(dirname \"$0\")/arguments\"; cat > \"$(dirname \"$0\")/input\"; env > \"$(dirname \"$0\")/environment\"");

        SendResult result = await AlertPrograms.RunAsync([script, "$(touch injected)", "a b; c"], Encoding.UTF8.GetBytes("""{"text":"`x` ü"}"""), Stop);

        Assert.True(result.IsDelivered, result.Error);
        Assert.Equal("$(touch injected)|a b; c|", Read("arguments"));
        Assert.Equal("""{"text":"`x` ü"}""", Read("input"));
        Assert.False(File.Exists(Path.Combine(_directory.FullName, "injected")));
        Assert.DoesNotContain("CCP_API_KEY", Read("environment"), StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "a shell script")]
    public async Task Its_exit_code_counts_and_a_program_need_not_read()
    {
        byte[] large = new byte[1_000_000];
        Assert.Equal("the program ended with exit code 3", (await AlertPrograms.RunAsync([Script("exit 3")], large, Stop)).Error);
        Assert.True((await AlertPrograms.RunAsync([Script("exit 0")], large, Stop)).IsDelivered);
        Assert.Equal("the program cannot be started", (await AlertPrograms.RunAsync([Path.Combine(_directory.FullName, "missing")], large, Stop)).Error);
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "a shell script")]
    public async Task One_that_takes_too_long_ends_with_its_children()
    {
        string script = Script("sleep 600 & echo $! > \"$(dirname \"$0\")/child\"; wait");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task<SendResult> running = AlertPrograms.RunAsync([script], [], limit.Token);
        string file = Path.Combine(_directory.FullName, "child");
        while (!File.Exists(file) || Read("child").Length == 0) await Task.Delay(5, Stop);
        int child = int.Parse(Read("child"), System.Globalization.CultureInfo.InvariantCulture);

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (IsRunning(child)) await Task.Delay(5, patience.Token);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "the desktop of Linux")]
    public async Task A_notification_is_shown_with_the_text_as_an_argument()
    {
        Script("printf '%s\\n' \"$@\" > \"$(dirname \"$0\")/shown\"", "notify-send");
        Dictionary<string, string> variables = new() { ["PATH"] = _directory.FullName, ["DISPLAY"] = ":0" };
        var programs = new AlertPrograms { Variable = name => variables.GetValueOrDefault(name) };

        Assert.True((await programs.ShowAsync("-x; $(touch injected)", Stop)).IsDelivered);

        Assert.Equal(["--app-name=codex-claude-proxy", "--", "codex-claude-proxy", "-x; $(touch injected)"], Read("shown").TrimEnd().Split('\n'));
        variables.Remove("DISPLAY");
        Assert.Equal("the program does not run in a desktop session", (await programs.ShowAsync("x", Stop)).Error);
        variables["WAYLAND_DISPLAY"] = "wayland-0";
        variables["PATH"] = "";
        Assert.StartsWith("notify-send is not installed", (await programs.ShowAsync("x", Stop)).Error, StringComparison.Ordinal);
    }

    public static bool IsUnix => !OperatingSystem.IsWindows();

    public static bool IsLinux => OperatingSystem.IsLinux();

    private string Script(string text, string name = "script")
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\nPATH=/usr/bin:/bin\n{text}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_directory.FullName, name));

    /// <summary>One that has ended and whom nobody has asked how is no more than a name.</summary>
    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
