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
            if (await OtherProgram.TryAsync(new ProcessStartInfo(program, [argument, path]), Patience, cancellation) is { ExitCode: 0 }) return owner;
        }

        return null;
    }
}
