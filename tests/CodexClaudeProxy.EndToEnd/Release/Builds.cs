namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>How a release builds and checks the program of one target. The compilers are pretended; what is checked is real.</summary>
public sealed class Builds : IDisposable
{
    /// <summary>A static program of every Linux with glibc.</summary>
    private const string StaticProgram = "/sbin/ldconfig";

    private const string DynamicProgram = "/bin/true";

    private readonly ClientHome _home = new();
    private readonly string _bin;

    /// <summary>A project with nothing but the scripts of a release, a publish.sh and tools that write down how they were called.</summary>
    public Builds()
    {
        foreach (string script in Directory.EnumerateFiles(Path.Combine(Clients.Repository, "scripts", "release"), "*.sh")) Copy(script, $"project/scripts/release/{Path.GetFileName(script)}");
        Copy(Path.Combine(Clients.Repository, "scripts", "release", "locks.mjs"), "project/scripts/release/locks.mjs");
        Copy(Path.Combine(Clients.Repository, "Directory.Build.props"), "project/Directory.Build.props");
        foreach (string name in new[] { "packages.lock.json", "packages.osx.lock.json", "packages.win.lock.json" }) _home.Write("project/src/Program/" + name, Lock("1.0.0", name));
        // $1 is the target's system; a static program goes into a folder of its own.
        Pretend("project/publish.sh", """
            echo "publish $*" >>"$CALLS"
            out=$1
            case " $* " in *" --static "*) out=$1-static ;; esac
            mkdir -p "dist/$out" && cp "$PRODUCT" "dist/$out/codex-claude-proxy"
            """);
        Pretend("bin/pwsh", """
            echo "pwsh $*" >>"$CALLS"
            mkdir -p "dist/$4" && cp "$PRODUCT" "dist/$4/codex-claude-proxy.exe"
            """);
        _bin = Pretend("bin/codesign", """echo "codesign $*" >>"$CALLS" """);
    }

    private string Calls => Path.Combine(_home.Folder, "calls");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("linux-x64-static", "codex-claude-proxy-linux-x64-static", "publish linux-x64 --release --static -p:ReleaseKey=a=b\n")]
    [InlineData("linux-arm64-static", "codex-claude-proxy-linux-arm64-static", "publish linux-arm64 --release --static -p:ReleaseKey=a=b\n")]
    [InlineData("win-arm64", "codex-claude-proxy-win-arm64.exe", "pwsh -NoProfile -File publish.ps1 win-arm64 --release -p:ReleaseKey=a=b\n")]
    [InlineData("osx-arm64", "codex-claude-proxy-osx-arm64",
        "publish osx-arm64 --release -p:ReleaseKey=a=b\ncodesign --force --sign - dist/osx-arm64/codex-claude-proxy\ncodesign --verify --strict dist/osx-arm64/codex-claude-proxy\n")]
    public async Task Each_target_is_built_in_its_way(string target, string file, string calls)
    {
        ClientResult result = await BuildAsync(target, StaticProgram);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(calls, await File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken));
        string? lockFile = target.Split('-')[0] switch { "win" => "Program.packages.win.lock.json", "osx" => "Program.packages.osx.lock.json", _ => null };
        Assert.Equal(lockFile is null ? [file] : [lockFile, file], Directory.EnumerateFiles(Path.Combine(_home.Folder, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>What Linux was reviewed with is what every system gets.</summary>
    [Theory]
    [InlineData("1.0.1", "Library 1.0.0 on Linux, 1.0.1 on osx")]
    [InlineData(null, "packages.osx.lock.json was not written")]
    public async Task Another_package_on_another_system_is_refused(string? version, string message)
    {
        string file = Path.Combine(_home.Folder, "project/src/Program/packages.osx.lock.json");
        if (version is null) File.Delete(file);
        else await File.WriteAllTextAsync(file, Lock(version, "osx"), TestContext.Current.CancellationToken);

        ClientResult result = await BuildAsync("osx-x64", StaticProgram);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_home.Folder, "out")));
    }

    [Fact]
    public async Task A_program_that_needs_a_newer_glibc_is_refused()
    {
        ClientResult result = await Script.RunAsync(_home, "scripts/release/floor.sh", [DynamicProgram, "2.1"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("/bin/true needs glibc [0-9.]+; a release has to start with 2.1\n$", result.Errors);
        Assert.Matches("needs glibc [0-9.]+\n$", await Script.OutputAsync(_home, "scripts/release/floor.sh", [DynamicProgram, "99.9"]));
        Assert.Matches("needs no library\n$", await Script.OutputAsync(_home, "scripts/release/floor.sh", [StaticProgram]));
    }

    [Fact]
    public async Task An_unknown_target_is_refused()
    {
        ClientResult result = await BuildAsync("linux-mips", StaticProgram);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("linux-mips is no target of a release: linux-x64", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Calls));
    }

    private Task<ClientResult> BuildAsync(string target, string product) =>
        Script.RunFileAsync(_home, Path.Combine(_home.Folder, "project/scripts/release/build.sh"), [target, Path.Combine(_home.Folder, "out"), "-p:ReleaseKey=a=b"],
            ("PATH", _bin), ("CALLS", Calls), ("PRODUCT", product));

    private static string Lock(string version, string platform) =>
        $$$"""{ "version": 2, "dependencies": { "net10.0": { "Library": { "type": "Direct", "resolved": "{{{version}}}", "contentHash": "a" } }, "net10.0/{{{platform}}}": { } } }""";

    private string Pretend(string file, string text)
    {
        string path = _home.Write(file, "#!/bin/sh\n" + text);
        Script.MakeExecutable(path);
        return Path.GetDirectoryName(path)!;
    }

    private void Copy(string from, string to)
    {
        _home.Write(to, "");
        File.Copy(from, Path.Combine(_home.Folder, to), overwrite: true);
    }
}
