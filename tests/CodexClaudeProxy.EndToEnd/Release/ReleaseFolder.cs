using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>The scripts that make a release of what was built: they run on a folder of pretended programs.</summary>
public sealed class ReleaseFolder : IDisposable
{
    private readonly FakeRelease _release = new();

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task The_tag_must_be_the_version()
    {
        Assert.Equal(FakeRelease.Version, (await Script.OutputAsync(_release.Home, "scripts/release/version.sh", [])).Trim());
        Assert.Equal(FakeRelease.Version, (await Script.OutputAsync(_release.Home, "scripts/release/version.sh", ["v" + FakeRelease.Version])).Trim());

        ClientResult wrong = await Script.RunAsync(_release.Home, "scripts/release/version.sh", ["v9.9.9"]);
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains($"the tag is v9.9.9, but Directory.Build.props says {FakeRelease.Version}", wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_of_a_release_has_a_checksum()
    {
        await File.WriteAllTextAsync(Path.Combine(_release.Built, "codex-claude-proxy_1_amd64.deb"), "deb", TestContext.Current.CancellationToken);

        await _release.CollectAsync();

        string[] expected = [.. FakeRelease.Programs, "codex-claude-proxy.sbom.json", "codex-claude-proxy_1_amd64.deb", "version.txt"];
        Assert.Equal(expected.Append("checksums.txt").Order(StringComparer.Ordinal), Directory.EnumerateFiles(_release.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal).Select(file => $"{_release.ChecksumOf(file)}  {file}\n"), _release.Read("checksums.txt").Split('\n').SkipLast(1).Select(line => line + "\n"));
        Assert.Equal(FakeRelease.Version + "\n", _release.Read("version.txt"));

        // Made again of the same programs, it is the same.
        string before = _release.Read("checksums.txt");
        await _release.CollectAsync();
        Assert.Equal(before, _release.Read("checksums.txt"));
    }

    [Fact]
    public async Task A_missing_program_stops_the_release()
    {
        File.Delete(Path.Combine(_release.Built, "codex-claude-proxy-osx-x64"));

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/collect.sh", [_release.Built, _release.Folder]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("lacks codex-claude-proxy-osx-x64\n", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_release.Folder, "checksums.txt")));
    }

    [Fact]
    public async Task The_bill_of_materials_is_valid_and_names_what_is_linked_in()
    {
        await _release.CollectAsync();

        string file = Path.Combine(_release.Folder, "codex-claude-proxy.sbom.json");
        ClientResult checkedBySchema = await NodeAsync("sbom.mjs", file);
        Assert.True(checkedBySchema.ExitCode == 0, checkedBySchema.ToString());

        JsonNode document = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.Equal("CycloneDX", document["bomFormat"]!.GetValue<string>());
        string runtime = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Clients.Repository, "src", "CodexClaudeProxy", "packages.lock.json"), TestContext.Current.CancellationToken))!
            ["dependencies"]!["net10.0"]!["Microsoft.DotNet.ILCompiler"]!["resolved"]!.GetValue<string>();
        foreach (string program in FakeRelease.Programs)
        {
            string[] parts = Parts(document, program);
            foreach (string part in new[] { "System.CommandLine", "ZstdSharp.Port", "DiffPlex", "uplot", "Microsoft.ML.Tokenizers.Data.O200kBase", ".NET Runtime " + runtime, "ASP.NET Core " + runtime, "brotli", "zlib-ng" }) Assert.Contains(part, parts);
            Assert.Equal(program.Contains("linux", StringComparison.Ordinal), parts.Contains("SQLite 3.40.9"));
            Assert.Equal(program.EndsWith("-static", StringComparison.Ordinal), parts.Contains("OpenSSL 3.0.99"));
            Assert.Equal(program.EndsWith("-static", StringComparison.Ordinal), parts.Any(part => part.StartsWith("glibc 2.", StringComparison.Ordinal)));
            JsonNode listed = document["components"]!.AsArray().Single(component => component!["name"]!.GetValue<string>() == program)!;
            Assert.Equal(_release.ChecksumOf(program), listed["hashes"]![0]!["content"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_program_that_hides_what_is_in_it_stops_the_release()
    {
        await File.WriteAllTextAsync(Path.Combine(_release.Built, "codex-claude-proxy-linux-x64"), "nothing", TestContext.Current.CancellationToken);

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/collect.sh", [_release.Built, _release.Folder]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("codex-claude-proxy-linux-x64 does not tell the version of SQLite", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>They are told where releases are and whose signature they must have, and are files like any other.</summary>
    [Fact]
    public async Task The_installers_of_a_release_know_its_address_and_key()
    {
        string key = "RW" + new string('a', 54);

        await Script.OutputAsync(_release.Home, "scripts/release/collect.sh", [_release.Built, _release.Folder], ("RELEASE_SOURCE", FakeRelease.Source), ("RELEASE_KEY", key));

        foreach (string installer in new[] { "install.sh", "install.ps1" })
        {
            Assert.Contains(FakeRelease.Source, _release.Read(installer), StringComparison.Ordinal);
            Assert.Contains($"{_release.ChecksumOf(installer)}  {installer}\n", _release.Read("checksums.txt"), StringComparison.Ordinal);
        }
        Assert.Contains(key, _release.Read("install.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_signed_and_that_is_said()
    {
        await _release.CollectAsync();

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/sign.sh", [_release.Folder]);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("sign: there is no key", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_release.Folder, "checksums.txt.sig")));
    }

    [Fact]
    public async Task The_checksums_are_signed_with_the_key_of_the_release()
    {
        await _release.CollectAsync();
        string secret = Path.Combine(_release.Home.Folder, "key"), open = secret + ".pub";
        ClientResult? made = await TryAsync("minisign", "-G", "-W", "-p", open, "-s", secret);
        Needs.Nothing(made is null ? "minisign is not installed (Debian, Ubuntu: apt-get install minisign)" : null);
        Assert.True(made!.ExitCode == 0, made.ToString());
        string key = (await File.ReadAllLinesAsync(open, TestContext.Current.CancellationToken))[^1];

        await Script.OutputAsync(_release.Home, "scripts/release/sign.sh", [_release.Folder],
            ("CCP_SIGNING_KEY", await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken)), ("CCP_RELEASE_KEY", key));

        string file = Path.Combine(_release.Folder, "checksums.txt");
        ClientResult? verified = await TryAsync("minisign", "-V", "-P", key, "-m", file, "-x", file + ".sig");
        Assert.True(verified!.ExitCode == 0, verified.ToString());
    }

    [Fact]
    public async Task The_Homebrew_formula_fetches_what_was_checked()
    {
        string folder = await ManifestsAsync();
        string file = Path.Combine(folder, "homebrew", "codex-claude-proxy.rb");
        string formula = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

        // On Linux those that need no library.
        foreach (string program in new[] { "osx-arm64", "osx-x64", "linux-arm64-static", "linux-x64-static" }.Select(target => "codex-claude-proxy-" + target))
            Assert.Contains($"url \"{FakeRelease.Source}/download/v{FakeRelease.Version}/{program}\"\n      sha256 \"{_release.ChecksumOf(program)}\"\n", formula, StringComparison.Ordinal);
        Assert.Contains($"version \"{FakeRelease.Version}\"", formula, StringComparison.Ordinal);

        ClientResult? ruby = await TryAsync("ruby", "-c", file);
        if (ruby is not null) Assert.True(ruby.ExitCode == 0, ruby.ToString());
    }

    [Fact]
    public async Task The_Scoop_manifest_fetches_what_was_checked()
    {
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(await ManifestsAsync(), "scoop", "codex-claude-proxy.json"), TestContext.Current.CancellationToken))!;

        Assert.Equal(FakeRelease.Version, manifest["version"]!.GetValue<string>());
        foreach ((string architecture, string program) in new[] { ("64bit", "codex-claude-proxy-win-x64.exe"), ("arm64", "codex-claude-proxy-win-arm64.exe") })
        {
            JsonNode download = manifest["architecture"]![architecture]!;
            Assert.Equal($"{FakeRelease.Source}/download/v{FakeRelease.Version}/{program}#/codex-claude-proxy.exe", download["url"]!.GetValue<string>());
            Assert.Equal(_release.ChecksumOf(program), download["hash"]!.GetValue<string>());
            Assert.Equal($"{FakeRelease.Source}/download/v$version/{program}#/codex-claude-proxy.exe", manifest["autoupdate"]!["architecture"]![architecture]!["url"]!.GetValue<string>());
        }

        // How Scoop learns of the next one.
        Assert.Equal(FakeRelease.Source + "/latest/download/version.txt", manifest["checkver"]!["url"]!.GetValue<string>());
        Assert.Equal(@"([\d.]+)", manifest["checkver"]!["regex"]!.GetValue<string>());
        Assert.Equal("$baseurl/checksums.txt", manifest["autoupdate"]!["hash"]!["url"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_winget_manifests_fetch_what_was_checked()
    {
        string folder = Path.Combine(await ManifestsAsync(), "winget");
        string[] names = ["owner-1.codex-claude-proxy.installer.yaml", "owner-1.codex-claude-proxy.locale.en-US.yaml", "owner-1.codex-claude-proxy.yaml"];
        Assert.Equal(names, Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        foreach ((string name, string type) in names.Zip(["installer", "defaultLocale", "version"]))
        {
            JsonElement manifest = await YamlAsync(Path.Combine(folder, name));
            Assert.Equal("owner-1.codex-claude-proxy", manifest.GetProperty("PackageIdentifier").GetString());
            Assert.Equal(FakeRelease.Version, manifest.GetProperty("PackageVersion").GetString());
            Assert.Equal(type, manifest.GetProperty("ManifestType").GetString());
            Assert.StartsWith($"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{type}.{manifest.GetProperty("ManifestVersion").GetString()}.schema.json\n",
                await File.ReadAllTextAsync(Path.Combine(folder, name), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        JsonElement installers = (await YamlAsync(Path.Combine(folder, names[0]))).GetProperty("Installers");
        foreach ((JsonElement installer, string architecture) in installers.EnumerateArray().Zip(["x64", "arm64"]))
        {
            string program = $"codex-claude-proxy-win-{architecture}.exe";
            Assert.Equal(architecture, installer.GetProperty("Architecture").GetString());
            Assert.Equal($"{FakeRelease.Source}/download/v{FakeRelease.Version}/{program}", installer.GetProperty("InstallerUrl").GetString());
            Assert.Equal(_release.ChecksumOf(program).ToUpper(CultureInfo.InvariantCulture), installer.GetProperty("InstallerSha256").GetString());
        }
    }

    [Theory]
    [InlineData("https://github.example/owner/repo")]
    [InlineData("http://github.example/owner/repo/releases")]
    [InlineData("")]
    public async Task Without_an_address_of_releases_there_are_no_manifests(string source)
    {
        await _release.CollectAsync();

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/manifests.sh", [_release.Folder, source, Path.Combine(_release.Home.Folder, "manifests")]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is no address such as https://github.com/OWNER/REPO/releases", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.0", "### Added\n\n- A thing.\n")]
    [InlineData("1.1.0", "Older.\n")]
    [InlineData("1.0.0-rc.1", "First.\n")]
    public async Task The_notes_are_the_changelogs_section(string version, string expected)
    {
        string changelog = _release.Home.Write("CHANGELOG.md",
            "# Changelog\n\n## Unreleased\n\nSoon.\n\n## [1.2.0] - 2026-11-30\n\n### Added\n\n- A thing.\n\n## v1.1.0\nOlder.\n\n## 1.0.0-rc.1\nFirst.\n\n## 0.9.0\n\n");

        Assert.Equal(expected, await Script.OutputAsync(_release.Home, "scripts/release/notes.sh", [version, changelog]));
        Assert.Contains("says nothing about 0.9.0", (await Script.RunAsync(_release.Home, "scripts/release/notes.sh", ["0.9.0", changelog])).Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await Script.RunAsync(_release.Home, "scripts/release/notes.sh", ["1.0.0", changelog])).ExitCode);
    }

    /// <summary>What is in a program: names, and names with versions; also the parts of a part.</summary>
    private static string[] Parts(JsonNode document, string program)
    {
        JsonNode needs = document["dependencies"]!.AsArray().Single(entry => entry!["ref"]!.GetValue<string>() == "file:" + program)!;
        return
        [
            .. from reference in needs["dependsOn"]!.AsArray()
               join component in document["components"]!.AsArray() on reference!.GetValue<string>() equals component!["bom-ref"]!.GetValue<string>()
               from part in (component["components"]?.AsArray() ?? []).Append(component)
               from text in new[] { part!["name"]!.GetValue<string>(), $"{part["name"]} {part["version"]}" }
               select text,
        ];
    }

    private async Task<string> ManifestsAsync()
    {
        await _release.CollectAsync();
        string folder = Path.Combine(_release.Home.Folder, "manifests");
        await Script.OutputAsync(_release.Home, "scripts/release/manifests.sh", [_release.Folder, FakeRelease.Source, folder]);
        return folder;
    }

    private Task<ClientResult> NodeAsync(string script, string file) =>
        ClientProcess.RunAsync(Clients.Node, [Path.Combine(Clients.Folder, "scripts", script), file], _release.Home, [], TestContext.Current.CancellationToken);

    private async Task<JsonElement> YamlAsync(string file) => JsonElement.Parse((await NodeAsync("yaml.mjs", file)).Output);

    /// <summary>Null where that program is not installed.</summary>
    private async Task<ClientResult?> TryAsync(string program, params string[] arguments)
    {
        try
        {
            return await ClientProcess.RunAsync(program, arguments, _release.Home, [], TestContext.Current.CancellationToken);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
