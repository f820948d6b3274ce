using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Tests.Architecture;
using CodexClaudeProxy.Tests.ClaudeCode;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>THIRD-PARTY-NOTICES.md names all that the program contains. When a test here fails: <c>scripts/notices.sh</c>.</summary>
public sealed partial class NoticesTests
{
    /// <summary>Packages that only build or check the program.</summary>
    private static readonly string[] Tools = ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks"];

    private static readonly string Root = SourceTree.Root();

    private static readonly string Notices = File.ReadAllText(Path.Combine(Root, "THIRD-PARTY-NOTICES.md"));

    [Theory]
    [InlineData("CodexClaudeProxy")]
    [InlineData("CodexClaudeProxy.Protocol")]
    public void Every_package_of_the_lock_files_is_named_with_its_version(string project)
    {
        string file = File.ReadAllText(Path.Combine(Root, "src", project, "packages.lock.json"));

        Assert.Empty(Missing(file, Notices));
    }

    [Fact]
    public void A_package_that_is_not_named_would_be_found()
    {
        const string file = """
            {"version":2,"dependencies":{"net10.0":{
              "Unheard.Of":{"type":"Direct","resolved":"1.0.0"},
              "DiffPlex":{"type":"Direct","resolved":"0.0.1"},
              "ours":{"type":"Project"}},
              "net10.0/linux-x64":{"Deep.Down":{"type":"Transitive","resolved":"2.0.0"},"runtime.linux-x64.Microsoft.DotNet.ILCompiler":{"type":"Transitive","resolved":"1.2.3"}}}}
            """;

        Assert.Equal(["Unheard.Of 1.0.0", "DiffPlex 0.0.1", "Deep.Down 2.0.0", ".NET 1.2.3"], Missing(file, Notices));
    }

    [Fact]
    public void What_the_page_vendors_is_named_with_its_version()
    {
        string vendor = Path.Combine(Root, "src", "CodexClaudeProxy", "Dashboard", "wwwroot", "vendor");
        Match[] vendored = Vendored().Matches(File.ReadAllText(Path.Combine(vendor, "README.md"))).ToArray();

        Assert.Equal(Directory.GetDirectories(vendor).Select(Path.GetFileName).Order(StringComparer.Ordinal), vendored.Select(row => row.Groups["folder"].Value).Distinct().Order(StringComparer.Ordinal));
        foreach (Match row in vendored) Assert.Contains((row.Groups["name"].Value, row.Groups["version"].Value), Parts(Notices));
    }

    /// <summary>Libraries of the system that the project file links in, and what a static program has inside.</summary>
    [Fact]
    public void What_is_linked_in_is_named()
    {
        string project = File.ReadAllText(Path.Combine(Root, "src", "CodexClaudeProxy", "CodexClaudeProxy.csproj"));
        Dictionary<string, string> known = new() { ["sqlite3"] = "SQLite", ["libc"] = "GNU C Library" };

        foreach (Match linked in Regex.Matches(project, "<DirectPInvoke Include=\"([^\"]+)\""))
            Assert.Contains(Parts(Notices), part => part.Name == known[linked.Groups[1].Value]);
        foreach (string name in (string[])["OpenSSL", "GCC runtime library", "ASP.NET Core", "Zstandard", "o200k vocabulary of tiktoken"])
            Assert.Contains(Parts(Notices), part => part.Name == name);
        foreach (string name in (string[])["Brotli", "zlib-ng", "musl"]) Assert.Contains($"License notice for {name}\n", Notices, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_part_has_its_text()
    {
        foreach ((string name, _) in Parts(Notices)) Assert.Matches($@"(?m)^## {Regex.Escape(name)}\n\n```text\n(?:(?!```).*\n)+```$", Notices);
        Assert.Contains("Apache License\n                           Version 2.0", Notices, StringComparison.Ordinal);
        Assert.Contains("GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 2.1", Notices, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_prints_them()
    {
        using ClaudeShell shell = new();

        Assert.Equal(0, await shell.RunAsync("licenses"));
        Assert.Equal(Notices.ReplaceLineEndings("\n"), shell.Output);
    }

    private static IEnumerable<string> Missing(string lockFile, string notices)
    {
        (string Name, string Version)[] parts = [.. Parts(notices)];
        return JsonNode.Parse(lockFile)!["dependencies"]!.AsObject()
            .SelectMany(framework => framework.Value!.AsObject())
            .Where(package => (string?)package.Value!["type"] != "Project" && !Tools.Contains(package.Key))
            // The compiler brings the runtime that it links in.
            .Select(package => (Name: package.Key.EndsWith("Microsoft.DotNet.ILCompiler", StringComparison.Ordinal) ? ".NET" : package.Key, Version: (string)package.Value!["resolved"]!))
            .Where(package => !parts.Contains(package))
            .Select(package => $"{package.Name} {package.Version}");
    }

    private static IEnumerable<(string Name, string Version)> Parts(string notices) =>
        Row().Matches(notices).Select(match => (match.Groups["name"].Value, match.Groups["version"].Value));

    [GeneratedRegex(@"^\| \[(?<name>[^\]]+)\]\([^)]+\) \| (?<version>\S*) \| ", RegexOptions.Multiline)]
    private static partial Regex Row();

    /// <summary>As <c>scripts/vendor.sh</c> lists it.</summary>
    [GeneratedRegex(@"^\| `(?<folder>[^`]+)` \| \[(?<name>[^\]]+)\]\([^)]+\) \| (?<version>\S+) \| ", RegexOptions.Multiline)]
    private static partial Regex Vendored();
}
