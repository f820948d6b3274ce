using System.ComponentModel;
using System.Diagnostics;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Opens an address in the person's own browser.</summary>
internal static class DesktopBrowser
{
    /// <summary>
    /// The browser outlives this program: it runs in the background, where Ctrl+C does not reach it, and its messages go nowhere.
    /// The address is an argument of the script, never a part of it.
    /// </summary>
    private const string Script = """command -v "$1" >/dev/null 2>&1 || exit 127; "$1" "$2" </dev/null >/dev/null 2>&1 &""";

    /// <summary>Null when the browser was started, else why not, as the middle of a sentence.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static string? Open(string url, Func<string, string?> variable)
    {
        if (WhyNot(variable) is { } reason) return reason;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                using Process? windows = Process.Start(new ProcessStartInfo("rundll32", ["url.dll,FileProtocolHandler", url]));
                return null;
            }

            string opener = OperatingSystem.IsMacOS() ? "open" : "xdg-open";
            using Process? shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", opener, url]));
            shell!.WaitForExit();
            return shell.ExitCode == 0 ? null : $"there is no {opener} here";
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return $"no browser could be started ({e.Message})";
        }
    }

    /// <summary>Why no browser here would be in front of the person.</summary>
    public static string? WhyNot(Func<string, string?> variable)
    {
        if (variable("SSH_CONNECTION") is { Length: > 0 } || variable("SSH_TTY") is { Length: > 0 }) return "this is an SSH session";
        bool hasDisplay = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            || variable("DISPLAY") is { Length: > 0 } || variable("WAYLAND_DISPLAY") is { Length: > 0 };
        return hasDisplay ? null : "this machine has no display";
    }
}
