using System.Diagnostics;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary><c>scripts/install.ps1</c> in PowerShell (<c>dotnet tool restore</c>), which runs on any system; what it installs is never started.</summary>
public sealed class InstallerForWindowsTests : IDisposable
{
    private const string Asset = "v1.1.0/codex-claude-proxy-win-x64.exe";

    private static readonly SigningKey Key = new();

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ccp-windows-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Bin => Path.Combine(_home.FullName, "Programs", "codex-claude-proxy");

    private string Program => Path.Combine(Bin, "codex-claude-proxy.exe");

    private string Temporary => Path.Combine(_home.FullName, "temporary");

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task It_installs_keeps_what_was_there_and_has_nothing_to_do_a_second_time()
    {
        await using ReleaseServer server = await PublishedAsync();
        Directory.CreateDirectory(Bin);
        await File.WriteAllTextAsync(Program, "old", Stop);

        (int exitCode, string output, string errors) = await RunAsync(server.Source);

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith($"codex-claude-proxy 1.1.0 (win-x64) is installed: {Program}\n{Bin} is not on your PATH.", output, StringComparison.Ordinal);
        Assert.EndsWith($"To undo: Move-Item -LiteralPath '{Bin}/codex-claude-proxy.previous.exe' '{Program}' -Force\n", output, StringComparison.Ordinal);
        Assert.Equal("new", await File.ReadAllTextAsync(Program, Stop));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(Bin, "codex-claude-proxy.previous.exe"), Stop));

        (exitCode, output, _) = await RunAsync(server.Source, "-Version", "v1.1.0");

        Assert.Equal((0, $"codex-claude-proxy 1.1.0 (win-x64) is installed already: {Program}\n"), (exitCode, output));
        Assert.Equal(2, Directory.GetFileSystemEntries(Bin).Length);
        Assert.Empty(Directory.GetFileSystemEntries(Temporary));
    }

    [Fact]
    public async Task What_it_says_can_be_copied_whatever_the_directory_is_called()
    {
        await using ReleaseServer server = await PublishedAsync();
        string directory = Path.Combine(_home.FullName, "Mary [1] O'Brien");
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "codex-claude-proxy.exe"), "old", Stop);

        (int exitCode, string output, string errors) = await RunAsync(server.Source, "-To", directory);

        Assert.True(exitCode == 0, errors);
        Assert.Contains($"Start it with: & '{_home.FullName}/Mary [1] O''Brien/codex-claude-proxy.exe'\n", output, StringComparison.Ordinal);
        (exitCode, _, errors) = await PowerShellAsync(["-Command", output.TrimEnd().Split("To undo: ")[1]], source: null);
        Assert.True(exitCode == 0, errors);
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(directory, "codex-claude-proxy.exe"), Stop));
        Assert.Single(Directory.GetFileSystemEntries(directory));
    }

    [Theory]
    [InlineData("tampered", "does not have the checksum")]
    [InlineData("truncated", "cannot be fetched")]
    [InlineData("not in checksums.txt", "has no program for win-x64")]
    [InlineData("no source", "This installer has no release source")]
    public async Task What_is_not_right_is_refused_and_changes_nothing(string fault, string sentence)
    {
        await using ReleaseServer server = await PublishedAsync();
        switch (fault)
        {
            case "tampered": server.Tamper(Asset); break;
            case "truncated": server.Truncated = Asset; break;
            case "not in checksums.txt": server.Publish("1.1.0", Key); break;
        }

        (int exitCode, _, string errors) = await RunAsync(fault == "no source" ? null : server.Source);

        Assert.Equal(1, exitCode);
        // A terminal's width breaks sentences.
        Assert.Contains(sentence, string.Join(' ', errors.Split([' ', '\n', '|'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Bin));
        Assert.Empty(Directory.GetFileSystemEntries(Temporary));
    }

    private static async Task<ReleaseServer> PublishedAsync()
    {
        ReleaseServer server = await ReleaseServer.StartAsync();
        server.Publish("1.1.0", Key, ("codex-claude-proxy-win-x64.exe", "new"u8.ToArray()));
        return server;
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string? source, params string[] arguments)
    {
        (int exitCode, _, _) = await PowerShellAsync(["-Command", "exit 0"], source: null);
        Assert.SkipWhen(exitCode != 0, "PowerShell is missing (dotnet tool restore).");
        return await PowerShellAsync(["-File", Path.Combine(SourceTree.Root(), "scripts", "install.ps1"), .. arguments], source);
    }

    private async Task<(int ExitCode, string Output, string Errors)> PowerShellAsync(string[] arguments, string? source)
    {
        Directory.CreateDirectory(Temporary);
        ProcessStartInfo start = new("dotnet", ["tool", "run", "pwsh", "--", "-NoProfile", "-NonInteractive", .. arguments])
        {
            WorkingDirectory = SourceTree.Root(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in (IEnumerable<(string, string?)>)
        [
            ("CCP_RELEASE_SOURCE", source), ("CCP_VERSION", null), ("LOCALAPPDATA", _home.FullName), ("TMPDIR", Temporary), ("PROCESSOR_ARCHITECTURE", "AMD64"),
            ("PROCESSOR_ARCHITEW6432", null), ("NO_COLOR", "1"), ("POWERSHELL_TELEMETRY_OPTOUT", "1"),
        ]) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        return await InstalledCopy.EndAsync(process);
    }
}
