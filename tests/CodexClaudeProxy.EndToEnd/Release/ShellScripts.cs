namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>Every shell script of the project, in the eyes of shellcheck.</summary>
public sealed class ShellScripts
{
    [Fact]
    public async Task Shellcheck_finds_no_fault()
    {
        string[] scripts =
        [
            .. new[] { "scripts", "packaging", "tests/clients/scripts" }.Select(folder => Path.Combine(Clients.Repository, folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Where(IsShell),
            Path.Combine(Clients.Repository, "publish.sh"),
            Path.Combine(Clients.Repository, ".ci", "run"),
        ];
        Assert.Contains(scripts, script => script.EndsWith("postinst", StringComparison.Ordinal));
        Assert.Contains(scripts, script => script.EndsWith("common.sh", StringComparison.Ordinal));

        using ClientHome home = new();
        Needs.Nothing(Script.IsInstalled("shellcheck") ? null : "shellcheck is not installed (Debian, Ubuntu: apt-get install shellcheck)");
        // Faults, and what is probably one; style is a matter of taste.
        ClientResult result = await ClientProcess.RunAsync(
            "shellcheck", ["--severity=warning", "--external-sources", "--source-path=SCRIPTDIR", "--source-path=" + Clients.Repository, .. scripts], home, [], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static bool IsShell(string file)
    {
        if (Path.GetExtension(file) == ".sh") return true;
        if (Path.GetExtension(file) != "") return false;
        using StreamReader reader = new(file);
        return reader.ReadLine() is { } first && first.StartsWith("#!", StringComparison.Ordinal) && first.EndsWith("sh", StringComparison.Ordinal);
    }
}
