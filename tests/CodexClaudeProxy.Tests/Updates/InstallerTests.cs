using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary><c>scripts/install.sh</c> against a release server on loopback.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class InstallerTests
{
    private static readonly SigningKey Key = new();

    private static readonly string[] Targets = ["linux-x64", "linux-x64-static", "linux-arm64", "linux-arm64-static", "osx-x64", "osx-arm64"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("curl")]
    [InlineData("wget")]
    public async Task It_installs_the_newest_version_for_the_user_alone(string fetcher)
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source, fetcher);
        installer.PretendLinux();

        (int exitCode, string output, string errors) = await installer.RunAsync();

        Assert.True(exitCode == 0, errors);
        Assert.Equal($"""
            codex-claude-proxy 1.1.0 (linux-x64) is installed: {installer.Program}
            {installer.Bin} is not on your PATH. Start it with: {installer.Program}
            or put the directory on the PATH, in ~/.profile or your shell's own file: export PATH={installer.Bin}:"$PATH"
            To undo: rm {installer.Program}

            """, output);
        Assert.Equal(ReleaseServer.Program("1.1.0", "linux-x64"), await File.ReadAllBytesAsync(installer.Program, Stop));
        Assert.Equal(Convert.ToInt32("755", 8), (int)File.GetUnixFileMode(installer.Program));
        Assert.Equal(["codex-claude-proxy"], installer.Installed);
        Assert.Empty(installer.Temporary);
    }

    [Fact]
    public async Task It_says_when_the_directory_is_on_the_path_and_takes_another_one()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();

        (_, string output, _) = await installer.RunAsync("--to", "tools");

        Assert.Contains("/tools/codex-claude-proxy\nStart it with: codex-claude-proxy\n", output, StringComparison.Ordinal);
        Assert.Empty(installer.Installed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_installs_the_version_that_was_asked_for(bool byVariable)
    {
        await using ReleaseServer server = await PublishedAsync();
        Publish(server, "1.0.0");
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        if (byVariable) installer.Variables["CCP_VERSION"] = "v1.0.0";

        (int exitCode, _, string errors) = await installer.RunAsync(byVariable ? [] : ["--version", "1.0.0"]);

        Assert.True(exitCode == 0, errors);
        Assert.Equal(ReleaseServer.Program("1.0.0", "linux-x64"), await File.ReadAllBytesAsync(installer.Program, Stop));
    }

    [Theory]
    [InlineData("Linux", "x86_64", "", "linux-x64")]
    [InlineData("Linux", "aarch64", "", "linux-arm64")]
    [InlineData("Linux", "x86_64", "musl", "linux-x64-static")]
    [InlineData("Linux", "aarch64", "musl", "linux-arm64-static")]
    [InlineData("Linux", "x86_64", "glibc 2.28", "linux-x64")]
    [InlineData("Linux", "x86_64", "glibc 2.27", "linux-x64-static")]
    [InlineData("Linux", "x86_64", "glibc 2.9", "linux-x64-static")]
    [InlineData("Linux", "x86_64", "nothing", "linux-x64-static")]
    [InlineData("Linux", "x86_64", "no libssl", "linux-x64-static")]
    [InlineData("Darwin", "x86_64", "", "osx-x64")]
    [InlineData("Darwin", "arm64", "", "osx-arm64")]
    [InlineData("Darwin", "x86_64", "Rosetta", "osx-arm64")]
    public async Task It_takes_the_build_for_the_machine(string system, string processor, string library, string target)
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        installer.Pretend("uname", $"case $1 in -s) echo {system} ;; -m) echo {processor} ;; esac\n");
        installer.Pretend("sysctl", library == "Rosetta" ? "echo 1\n" : "exit 1\n");
        if (library == "musl") installer.Pretend("ldd", "echo 'musl libc (x86_64)' >&2\nexit 1\n");
        if (library.StartsWith("glibc", StringComparison.Ordinal)) installer.Pretend("getconf", $"echo '{library}'\n");
        if (library is "nothing" or "musl") installer.Pretend("getconf", "exit 1\n");
        if (library == "nothing") installer.Pretend("ldd", "exit 1\n");
        if (library == "no libssl") File.Delete(installer.LibSsl);

        (int exitCode, string output, string errors) = await installer.RunAsync();

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith($"codex-claude-proxy 1.1.0 ({target}) is installed", output, StringComparison.Ordinal);
        Assert.Equal(ReleaseServer.Program("1.1.0", target), await File.ReadAllBytesAsync(installer.Program, Stop));
    }

    [Theory]
    [InlineData("tampered", "does not have the checksum")]
    [InlineData("truncated", "cannot be fetched")]
    [InlineData("not in checksums.txt", "has no program for linux-x64")]
    [InlineData("not there", "cannot be fetched")]
    [InlineData("does not start", "does not start on this machine")]
    [InlineData("no version", "is not a version")]
    [InlineData("an old release under a new version", "is version 0.9.0, not 1.1.0")]
    public async Task What_is_not_right_is_refused_and_changes_nothing(string fault, string sentence)
    {
        await using ReleaseServer server = await PublishedAsync();
        const string asset = "v1.1.0/codex-claude-proxy-linux-x64";
        switch (fault)
        {
            case "tampered": server.Tamper(asset); break;
            case "truncated": server.Truncated = asset; break;
            case "not in checksums.txt": server.Publish("1.1.0", Key, ("codex-claude-proxy-linux-x64-static", [1])); break;
            case "not there": server.Files.TryRemove(asset, out _); break;
            case "does not start": server.Publish("1.1.0", Key, ("codex-claude-proxy-linux-x64", Encoding.ASCII.GetBytes("#!/bin/sh\nexit 1\n"))); break;
            case "an old release under a new version": server.Publish("1.1.0", Key, ("codex-claude-proxy-linux-x64", ReleaseServer.Program("0.9.0", "linux-x64"))); break;
            default: server.Files["v1.1.0/version.txt"] = Encoding.ASCII.GetBytes("../../x y\n"); break;
        }

        using Installer installer = new(server.Source);
        installer.PretendLinux();
        byte[] old = ReleaseServer.Program("1.0.0", "linux-x64");
        installer.Install(old);

        (int exitCode, _, string errors) = await installer.RunAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(sentence, errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", errors, StringComparison.Ordinal);
        Assert.Equal(["codex-claude-proxy"], installer.Installed);
        Assert.Equal(old, await File.ReadAllBytesAsync(installer.Program, Stop));
        Assert.Empty(installer.Temporary);
    }

    [Fact]
    public async Task An_old_version_is_kept_and_comes_back_as_it_says()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        byte[] old = ReleaseServer.Program("1.0.0", "linux-x64");
        installer.Install(old);

        (int exitCode, string output, string errors) = await installer.RunAsync();

        Assert.True(exitCode == 0, errors);
        Assert.Equal(["codex-claude-proxy", "codex-claude-proxy.previous"], installer.Installed);
        string undo = output.TrimEnd().Split("To undo: ")[1];
        using Process shell = installer.Start("sh", "-c", undo);
        await InstalledCopy.EndAsync(shell);
        Assert.Equal(["codex-claude-proxy"], installer.Installed);
        Assert.Equal(old, await File.ReadAllBytesAsync(installer.Program, Stop));
    }

    [Theory]
    [InlineData("with a space")]
    [InlineData("-x")]
    [InlineData("höme of O'Brien, $HOME \"x\"")]
    public async Task What_it_says_can_be_copied_whatever_the_directory_is_called(string directory)
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        string program = Path.Combine(installer.Home, directory, "codex-claude-proxy");
        // The shell of a user who has this set prints where it goes.
        installer.Variables["CDPATH"] = ".";

        (int exitCode, string output, string errors) = await installer.RunAsync("--to", directory);

        Assert.True(exitCode == 0, errors);
        string start = output.Split("Start it with: ")[1].Split('\n')[0], path = output.Split("own file: ")[1].Split('\n')[0], undo = output.TrimEnd().Split("To undo: ")[1];
        using Process shell = installer.Start("sh", "-c", $"{start} && {path} && codex-claude-proxy && {undo}");
        (exitCode, output, errors) = await InstalledCopy.EndAsync(shell);
        Assert.True(exitCode == 0, errors);
        Assert.Equal(2, output.Split("\"version\":\"1.1.0\"").Length - 1);
        Assert.False(File.Exists(program));
    }

    [Fact]
    public async Task A_link_is_kept_as_a_link_and_what_it_leads_to_is_not_touched()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        byte[] old = ReleaseServer.Program("1.0.0", "linux-x64");
        installer.Install(old);
        string elsewhere = Path.Combine(installer.Home, "elsewhere");
        File.Move(installer.Program, elsewhere);
        File.CreateSymbolicLink(installer.Program, elsewhere);

        (int exitCode, string output, string errors) = await installer.RunAsync();

        Assert.True(exitCode == 0, errors);
        Assert.Null(new FileInfo(installer.Program).LinkTarget);
        Assert.Equal(old, await File.ReadAllBytesAsync(elsewhere, Stop));
        using Process shell = installer.Start("sh", "-c", output.TrimEnd().Split("To undo: ")[1]);
        await InstalledCopy.EndAsync(shell);
        Assert.Equal(elsewhere, new FileInfo(installer.Program).LinkTarget);
    }

    [Fact]
    public async Task A_directory_in_the_programs_place_is_told()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        Directory.CreateDirectory(installer.Program);

        (int exitCode, _, string errors) = await installer.RunAsync();

        Assert.Equal((1, $"install: {installer.Program} is a directory. Name another directory with --to. Nothing was changed.\n"), (exitCode, errors));
        Assert.Equal(["codex-claude-proxy"], installer.Installed);
    }

    [Theory]
    [InlineData("HOME", "", new string[0], "HOME is not set. Name a directory with --to.")]
    [InlineData("HOME", "/nowhere", new[] { "--target", "a/b" }, "'a/b' is not a target such as linux-x64-static.")]
    public async Task It_guesses_neither_a_directory_nor_a_target(string variable, string value, string[] arguments, string sentence)
    {
        using Installer installer = new("http://127.0.0.1:9");
        installer.PretendLinux();
        installer.Variables[variable] = value;

        Assert.Equal((1, "", $"install: {sentence}\n"), await installer.RunAsync(arguments));
    }

    [Fact]
    public async Task A_wget_that_crashes_with_a_time_limit_is_asked_without()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source, "wget");
        installer.PretendLinux();
        installer.Pretend("wget", $"case \"$*\" in *-T*) exit 139 ;; esac\nexec {Installer.Require("wget")} \"$@\"\n");

        (int exitCode, _, string errors) = await installer.RunAsync();

        Assert.True(exitCode == 0, errors);
    }

    [Fact]
    public async Task Two_at_once_do_not_write_into_the_same_file()
    {
        await using ReleaseServer server = await PublishedAsync();
        byte[] program = [.. "#!/bin/sh\nif [ -e \"$HOME/go\" ]; then :; else echo >\"$HOME/tried\"; until [ -e \"$HOME/go\" ]; do :; done; fi\n"u8, .. ReleaseServer.Program("1.1.0", "linux-x64")];
        server.Publish("1.1.0", Key, ("codex-claude-proxy-linux-x64", program));
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        Task<(int ExitCode, string Output, string Errors)> first = installer.RunAsync();
        while (!File.Exists(Path.Combine(installer.Home, "tried"))) await Task.Delay(10, Stop);
        File.Delete(Path.Combine(installer.Home, "tried"));
        Task<(int ExitCode, string Output, string Errors)> second = installer.RunAsync();
        while (!File.Exists(Path.Combine(installer.Home, "tried"))) await Task.Delay(10, Stop);
        await File.WriteAllTextAsync(Path.Combine(installer.Home, "go"), "", Stop);

        foreach ((int exitCode, _, string errors) in (IEnumerable<(int, string, string)>)[await first, await second]) Assert.True(exitCode == 0, errors);
        Assert.Equal(program, await File.ReadAllBytesAsync(installer.Program, Stop));
        Assert.DoesNotContain(installer.Installed, name => name.Contains("next", StringComparison.Ordinal) || name.Contains("aside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_run_finds_that_there_is_nothing_to_do()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        await installer.RunAsync();
        server.Requests.Clear();

        (int exitCode, string output, _) = await installer.RunAsync();

        Assert.Equal((0, $"codex-claude-proxy 1.1.0 (linux-x64) is installed already: {installer.Program}\n"), (exitCode, output));
        Assert.DoesNotContain("v1.1.0/codex-claude-proxy-linux-x64", server.Requests);
        Assert.Equal(["codex-claude-proxy"], installer.Installed);
    }

    [Fact]
    public async Task Interrupted_it_changes_nothing_and_clears_up()
    {
        await using ReleaseServer server = await PublishedAsync();
        server.Stalled = "v1.1.0/codex-claude-proxy-linux-x64";
        using Installer installer = new(server.Source);
        installer.PretendLinux();

        using Process process = installer.Start("setsid", "--wait", Installer.Require("sh"), "-c", "echo $$; exec sh");
        await process.StandardInput.WriteAsync(installer.Script);
        process.StandardInput.Close();
        string group = (await process.StandardOutput.ReadLineAsync(Stop))!;
        await server.Stalling.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        // As a terminal does: to the shell and to what it runs.
        using (Process kill = Process.Start("sh", ["-c", $"kill -INT -{group}"])) await kill.WaitForExitAsync(Stop);
        (int exitCode, _, _) = await InstalledCopy.EndAsync(process);

        Assert.NotEqual(0, exitCode);
        Assert.Empty(installer.Installed);
        Assert.Empty(installer.Temporary);
    }

    [Theory]
    [InlineData(new string[0], "This installer has no release source.")]
    [InlineData(new[] { "--frobnicate" }, "Unknown argument: --frobnicate.")]
    [InlineData(new[] { "--to" }, "--to needs a value.")]
    [InlineData(new[] { "--to", "" }, "--to needs a value.")]
    public async Task Without_a_source_or_with_a_wrong_argument_it_says_so(string[] arguments, string sentence)
    {
        using Installer installer = new(source: null);

        (int exitCode, _, string errors) = await installer.RunAsync(arguments);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"install: {sentence}", errors, StringComparison.Ordinal);
        Assert.Empty(installer.Installed);
    }

    /// <summary>At many lines' ends, and behind each of the last characters.</summary>
    [Fact]
    public async Task A_script_that_was_cut_short_does_nothing()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(server.Source);
        string script = installer.Script.TrimEnd();
        IEnumerable<int> ends = script.Index().Where(one => one.Item == '\n').Where((_, line) => line % 4 == 0).Select(one => one.Index).Concat(Enumerable.Range(script.Length - 30, 30));
        string file = Path.Combine(Path.GetDirectoryName(installer.Bin)!, "..", "whole.sh");
        await File.WriteAllTextAsync(file, script, Stop);

        using Process shell = installer.Start("sh", ["-c", $"for length in {string.Join(' ', ends)}; do head -c $length whole.sh | sh; done 2>/dev/null; sh whole.sh"]);
        await InstalledCopy.EndAsync(shell);

        // Only the last one, the whole script, came as far as to ask.
        Assert.Single(server.Requests, request => request == "v1.1.0/version.txt");
    }

    [Fact]
    public async Task A_release_fills_in_its_source_and_its_key()
    {
        await using ReleaseServer server = await PublishedAsync();
        using Installer installer = new(source: null);
        installer.PretendLinux();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("ccp-installers-");
        using (Process fill = Process.Start(Path.Combine(SourceTree.Root(), "scripts", "installers.sh"), [directory.FullName, server.Source, Key.Public])) await fill.WaitForExitAsync(Stop);
        installer.Script = await File.ReadAllTextAsync(Path.Combine(directory.FullName, "install.sh"), Stop);
        string powerShell = await File.ReadAllTextAsync(Path.Combine(directory.FullName, "install.ps1"), Stop);
        directory.Delete(recursive: true);

        (int exitCode, string output, string errors) = await installer.RunAsync();

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith("The signature was not verified, because minisign is not installed.", output, StringComparison.Ordinal);
        Assert.Contains($"$releaseSource = \"{server.Source}\"", powerShell, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_minisign_it_verifies_the_signature(bool isGenuine)
    {
        string minisign = Installer.Require("minisign");
        await using ReleaseServer server = await PublishedAsync();
        if (!isGenuine) server.Files["v1.1.0/checksums.txt.sig"] = new SigningKey().Sign(server.Files["v1.1.0/checksums.txt"]);
        using Installer installer = new(server.Source);
        installer.PretendLinux();
        installer.Pretend("minisign", $"exec {minisign} \"$@\"\n");
        installer.Script = (await File.ReadAllTextAsync(Path.Combine(SourceTree.Root(), "scripts", "install.sh"), Stop)).Replace("\nrelease_key=\n", $"\nrelease_key='{Key.Public}'\n", StringComparison.Ordinal);

        (int exitCode, _, string errors) = await installer.RunAsync();

        Assert.Equal(isGenuine ? 0 : 1, exitCode);
        Assert.EndsWith(isGenuine ? "" : "install: The signature of checksums.txt is not valid. Nothing was changed.\n", errors, StringComparison.Ordinal);
        Assert.Equal(isGenuine, File.Exists(installer.Program));
    }

    [Theory]
    [InlineData("install.sh")]
    [InlineData("installers.sh")]
    [InlineData("notices.sh")]
    [InlineData("sign.sh")]
    public async Task ShellCheck_finds_no_fault(string script)
    {
        using Process process = Process.Start(new ProcessStartInfo(Installer.Require("shellcheck"), [Path.Combine(SourceTree.Root(), "scripts", script)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

        Assert.Equal((0, "", ""), await InstalledCopy.EndAsync(process));
    }

    private static async Task<ReleaseServer> PublishedAsync()
    {
        ReleaseServer server = await ReleaseServer.StartAsync();
        Publish(server, "1.1.0");
        return server;
    }

    private static void Publish(ReleaseServer server, string version) =>
        server.Publish(version, Key, [.. Targets.Select(target => ($"codex-claude-proxy-{target}", ReleaseServer.Program(version, target)))]);
}
