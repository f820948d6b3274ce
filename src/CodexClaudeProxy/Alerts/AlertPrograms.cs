using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CodexClaudeProxy.Alerts;

/// <summary>Runs the owner's program with an alert on its standard input, or the system's own for a notification. Never through a shell.</summary>
internal sealed class AlertPrograms
{
    private const string Title = "codex-claude-proxy";

    /// <summary>What nobody but us needs to know.</summary>
    private const string AccessKey = "CCP_API_KEY";

    /// <summary>Reads its arguments, so that no text becomes a part of it.</summary>
    private static readonly string[] AppleScript = ["-e", "on run argv", "-e", "display notification (item 1 of argv) with title (item 2 of argv)", "-e", "end run"];

    /// <summary>Reads the text from its standard input, and puts it into the notification as text.</summary>
    private const string PowerShell =
        "[Console]::InputEncoding=[Text.Encoding]::UTF8;$t=[Console]::In.ReadToEnd();" +
        "[void][Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime];" +
        "$x=[Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02);" +
        "$n=$x.GetElementsByTagName('text');[void]$n.Item(0).AppendChild($x.CreateTextNode('codex-claude-proxy'));[void]$n.Item(1).AppendChild($x.CreateTextNode($t));" +
        "$id='{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe';" +
        "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($id).Show([Windows.UI.Notifications.ToastNotification]::new($x))";

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Why there can be no notification on this machine; null when there can.</summary>
    public string? MissingDesktop =>
        !OperatingSystem.IsLinux() ? null
        : Variable("DBUS_SESSION_BUS_ADDRESS") is not { Length: > 0 } && Variable("DISPLAY") is not { Length: > 0 } && Variable("WAYLAND_DISPLAY") is not { Length: > 0 } ? "the program does not run in a desktop session"
        : Find("notify-send") is null ? "notify-send is not installed (package libnotify-bin or libnotify)"
        : null;

    public static async Task<SendResult> RunAsync(IReadOnlyList<string> command, byte[] input, CancellationToken limit)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, CreateNoWindow = true, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove(AccessKey);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return new SendResult("the program cannot be started");
        }

        using (process)
        {
            try
            {
                // What it prints is nobody's business, but it must not wait for a reader.
                _ = IgnoreAsync(process.StandardOutput.BaseStream, limit);
                _ = IgnoreAsync(process.StandardError.BaseStream, limit);
                await WriteAsync(process.StandardInput.BaseStream, input, limit);
                await process.WaitForExitAsync(limit);
                return process.ExitCode == 0 ? SendResult.Delivered : new SendResult(string.Create(CultureInfo.InvariantCulture, $"the program ended with exit code {process.ExitCode}"));
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    /// <summary>Shows a notification of the desktop.</summary>
    public Task<SendResult> ShowAsync(string text, CancellationToken limit)
    {
        if (MissingDesktop is { } missing) return Task.FromResult(new SendResult(missing));
        if (OperatingSystem.IsMacOS()) return RunAsync(["/usr/bin/osascript", .. AppleScript, text, Title], [], limit);
        if (OperatingSystem.IsWindows()) return RunAsync(["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", PowerShell], Encoding.UTF8.GetBytes(text), limit);
        return RunAsync([Find("notify-send") ?? "notify-send", $"--app-name={Title}", "--", Title, text], [], limit);
    }

    /// <summary>To the end of the program; what it has started may print on.</summary>
    private static async Task IgnoreAsync(Stream output, CancellationToken limit)
    {
        try
        {
            await output.CopyToAsync(Stream.Null, limit);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private static async Task WriteAsync(Stream stream, byte[] input, CancellationToken limit)
    {
        try
        {
            await stream.WriteAsync(input, limit);
            await stream.DisposeAsync();
        }
        catch (IOException)
        {
            // A program need not read what it is given.
        }
    }

    private string? Find(string program) =>
        (Variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
