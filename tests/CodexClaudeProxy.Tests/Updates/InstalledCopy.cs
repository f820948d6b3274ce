using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>The program in a directory of its own, built as it were for a release source and a key: what a build has inside, a build for .NET has in a file.</summary>
internal sealed partial class InstalledCopy : IDisposable
{
    private readonly DirectoryInfo _root = System.IO.Directory.CreateTempSubdirectory("ccp-update-");

    /// <param name="directory">Where it lies, below a temporary directory.</param>
    public InstalledCopy(string? source, string? key, string directory = "bin")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these releases are shell scripts.");
        DirectoryInfo target = _root.CreateSubdirectory(directory);
        Directory = target.FullName;
        foreach (string file in Parts()) File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(Directory, file));

        string settings = Path.Combine(Directory, "codex-claude-proxy.runtimeconfig.json");
        JsonNode root = JsonNode.Parse(File.ReadAllText(settings))!;
        JsonNode properties = root["runtimeOptions"]!["configProperties"]!;
        if (source is not null) properties["CodexClaudeProxy.ReleaseSource"] = source;
        if (key is not null) properties["CodexClaudeProxy.ReleaseKey"] = key;
        File.WriteAllText(settings, root.ToJsonString());
        Original = File.ReadAllBytes(Program);
    }

    public static string Asset => $"codex-claude-proxy-{ProductVersion.Target}";

    public string Directory { get; }

    public string Program => Path.Combine(Directory, "codex-claude-proxy");

    public string Previous => Program + ".previous";

    public byte[] Original { get; }

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Every file beside the program, with its content.</summary>
    public Dictionary<string, string> Files() =>
        System.IO.Directory.EnumerateFiles(Directory).ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        return await EndAsync(process);
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in (string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "NO_PROXY", "no_proxy"]) start.Environment.Remove(name);
        // A program named "codex-claude-proxy" finds its runtime by this where it is not installed for all.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach ((string name, string value) in Variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<(int ExitCode, string Output, string Errors)> EndAsync(Process process)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<string> errors = process.StandardError.ReadToEndAsync(stop);
        string output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, output, await errors);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static IEnumerable<string> Parts()
    {
        string[] own = ["codex-claude-proxy", "codex-claude-proxy.dll", "codex-claude-proxy.deps.json", "codex-claude-proxy.runtimeconfig.json"];
        string dependencies = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "codex-claude-proxy.deps.json"));
        return own.Concat(Library().Matches(dependencies).Select(match => match.Groups[1].Value).Where(file => File.Exists(Path.Combine(AppContext.BaseDirectory, file)))).Distinct();
    }

    [GeneratedRegex("\"(?:[^\"/]+/)*([^\"/]+\\.dll)\"")]
    private static partial Regex Library();
}
