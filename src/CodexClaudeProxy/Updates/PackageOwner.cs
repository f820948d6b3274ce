using System.ComponentModel;
using System.Diagnostics;

namespace CodexClaudeProxy.Updates;

/// <summary>The package manager that put the program where it is, and expects to find it there unchanged.</summary>
/// <param name="Name">Such as <c>Homebrew</c>.</param>
/// <param name="Update">The command that updates the package.</param>
internal sealed record PackageOwner(string Name, string Update)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Managers with directories of their own, by a part of the path.</summary>
    private static readonly (string Part, PackageOwner Owner)[] Places =
    [
        ("/Cellar/", new("Homebrew", "brew upgrade codex-claude-proxy")),
        ("/nix/store/", new("Nix", "nix profile upgrade codex-claude-proxy")),
        ("/scoop/apps/", new("Scoop", "scoop update codex-claude-proxy")),
        ("/WinGet/Packages/", new("winget", "winget upgrade codex-claude-proxy")),
    ];

    /// <summary>Managers that are asked: the exit code is 0 when the file is theirs.</summary>
    private static readonly (string Program, string Argument, PackageOwner Owner)[] Programs =
    [
        ("dpkg", "-S", new("dpkg", "apt-get install --only-upgrade codex-claude-proxy")),
        ("rpm", "-qf", new("rpm", "dnf upgrade codex-claude-proxy")),
        ("pacman", "-Qo", new("pacman", "pacman -Syu codex-claude-proxy")),
    ];

    /// <summary>Null when the file is nobody's but the user's.</summary>
    public static async Task<PackageOwner?> FindAsync(string path, CancellationToken cancellation)
    {
        string unified = path.Replace('\\', '/');
        foreach ((string part, PackageOwner owner) in Places)
        {
            if (unified.Contains(part, StringComparison.OrdinalIgnoreCase)) return owner;
        }

        if (!OperatingSystem.IsLinux()) return null;
        foreach ((string program, string argument, PackageOwner owner) in Programs)
        {
            if (await SaysYesAsync(program, argument, path, cancellation)) return owner;
        }

        return null;
    }

    private static async Task<bool> SaysYesAsync(string program, string argument, string path, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, [argument, path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellation.ThrowIfCancellationRequested();
                return false;
            }
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            // That manager is not installed here.
            return false;
        }
    }
}
