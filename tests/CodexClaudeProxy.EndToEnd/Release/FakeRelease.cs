using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>What the machines of a release have built, and the folder that becomes the release. The programs only say what is in them.</summary>
internal sealed class FakeRelease : IDisposable
{
    public const string Source = "https://github.example/owner-1/the.repo/releases";

    public static readonly string[] Programs =
    [
        "codex-claude-proxy-linux-arm64", "codex-claude-proxy-linux-arm64-static", "codex-claude-proxy-linux-x64", "codex-claude-proxy-linux-x64-static",
        "codex-claude-proxy-osx-arm64", "codex-claude-proxy-osx-x64", "codex-claude-proxy-win-arm64.exe", "codex-claude-proxy-win-x64.exe",
    ];

    public FakeRelease()
    {
        foreach (string program in Programs) File.WriteAllBytes(Directory.CreateDirectory(Built).FullName + "/" + program, Content(program));
    }

    public static string Version { get; } = XDocument.Load(Path.Combine(Clients.Repository, "Directory.Build.props")).Descendants("Version").Single().Value;

    public ClientHome Home { get; } = new();

    public string Built => Path.Combine(Home.Folder, "built");

    public string Folder => Path.Combine(Home.Folder, "release");

    /// <summary>Makes the release folder.</summary>
    public Task<string> CollectAsync() => Script.OutputAsync(Home, "scripts/release/collect.sh", [Built, Folder]);

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public string ChecksumOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, file))));

    public void Dispose() => Home.Dispose();

    /// <summary>The texts by which the real libraries tell their version.</summary>
    private static byte[] Content(string program)
    {
        bool isStatic = program.EndsWith("-static", StringComparison.Ordinal);
        return
        [
            .. Encoding.UTF8.GetBytes(program),
            // Each must be told from the other.
            .. isStatic ? "\0OpenSSL 3.0.99 1 Jul 2026\03.0.99\0"u8 : ""u8,
            .. program.Contains("linux", StringComparison.Ordinal) ? "\03.40.9\0"u8 : ""u8,
        ];
    }
}
