using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>The program exchanges itself, against a release server on loopback.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UpdateTests
{
    private readonly SigningKey _key = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_update_exchanges_the_program_and_keeps_the_previous_one()
    {
        await using ReleaseServer server = await PublishedAsync();
        using InstalledCopy copy = new(server.Source, _key.Public);
        File.SetUnixFileMode(copy.Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        Dictionary<string, string> before = copy.Files();

        (int exitCode, string output, string errors) = await copy.RunAsync("update");

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith($"{copy.Program} is now version 1.1.0. Version {ProductVersion.Text} is kept beside it", output, StringComparison.Ordinal);
        Assert.Equal(ReleaseServer.Program("1.1.0", ProductVersion.Target), await File.ReadAllBytesAsync(copy.Program, Stop));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute, File.GetUnixFileMode(copy.Program));
        Assert.Equal(copy.Original, await File.ReadAllBytesAsync(copy.Previous, Stop));
        Assert.Equal(["codex-claude-proxy.previous"], copy.Files().Keys.Except(before.Keys));
    }

    [Fact]
    public async Task A_rollback_brings_the_previous_version_back_without_the_network()
    {
        using InstalledCopy copy = new(source: null, key: null);
        byte[] previous = ReleaseServer.Program("0.0.9", ProductVersion.Target);
        await File.WriteAllBytesAsync(copy.Previous, previous, Stop);
        File.SetUnixFileMode(copy.Previous, File.GetUnixFileMode(copy.Program));

        (int exitCode, string output, string errors) = await copy.RunAsync("update", "--rollback");

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith($"{copy.Program} is version 0.0.9 again.", output, StringComparison.Ordinal);
        Assert.Equal(previous, await File.ReadAllBytesAsync(copy.Program, Stop));
        Assert.Equal(copy.Original, await File.ReadAllBytesAsync(copy.Previous, Stop));
    }

    [Fact]
    public async Task Without_a_previous_version_there_is_nothing_to_go_back_to()
    {
        using InstalledCopy copy = new(source: null, key: null);

        (int exitCode, _, string errors) = await copy.RunAsync("update", "--rollback");

        Assert.Equal((1, $"There is no previous version: {copy.Previous} does not exist.\n"), (exitCode, errors));
    }

    [Fact]
    public async Task A_check_only_tells()
    {
        await using ReleaseServer server = await PublishedAsync();
        using InstalledCopy copy = new(server.Source, _key.Public);
        Dictionary<string, string> before = copy.Files();

        (int exitCode, string output, _) = await copy.RunAsync("update", "--check");
        Assert.Equal((0, $"Version 1.1.0 is available, this is {ProductVersion.Text}. Install it with: codex-claude-proxy update\n"), (exitCode, output));

        (exitCode, output, _) = await copy.RunAsync("update", "--check", "--json");
        JsonNode report = JsonNode.Parse(output)!;
        Assert.Equal((0, true, ProductVersion.Text, "1.1.0", false), (exitCode, (bool)report["success"]!, (string?)report["version"], (string?)report["available"], (bool)report["changed"]!));
        Assert.Equal(before, copy.Files());
        Assert.DoesNotContain($"v1.1.0/{InstalledCopy.Asset}", server.Requests);
    }

    [Fact]
    public async Task The_newest_version_stays()
    {
        await using ReleaseServer server = await ReleaseServer.StartAsync();
        server.Newest = ProductVersion.Text;
        server.Publish(ProductVersion.Text, _key, (InstalledCopy.Asset, ReleaseServer.Program(ProductVersion.Text, ProductVersion.Target)));
        using InstalledCopy copy = new(server.Source, _key.Public);
        Dictionary<string, string> before = copy.Files();

        (int exitCode, string output, _) = await copy.RunAsync("update");

        Assert.Equal((0, $"This is the newest version: {ProductVersion.Text}.\n"), (exitCode, output));
        Assert.Equal(before, copy.Files());
    }

    [Fact]
    public async Task A_version_that_was_asked_for_is_taken_even_if_it_is_older()
    {
        await using ReleaseServer server = await PublishedAsync();
        server.Publish("0.0.1", _key, (InstalledCopy.Asset, ReleaseServer.Program("0.0.1", ProductVersion.Target)));
        using InstalledCopy copy = new(server.Source, _key.Public);

        (int exitCode, _, string errors) = await copy.RunAsync("update", "--version", "v0.0.1");

        Assert.True(exitCode == 0, errors);
        Assert.Equal(ReleaseServer.Program("0.0.1", ProductVersion.Target), await File.ReadAllBytesAsync(copy.Program, Stop));
    }

    [Fact]
    public async Task What_was_tampered_with_is_refused_and_changes_nothing()
    {
        await using ReleaseServer server = await PublishedAsync();
        server.Tamper($"v1.1.0/{InstalledCopy.Asset}");
        using InstalledCopy copy = new(server.Source, _key.Public);
        Dictionary<string, string> before = copy.Files();

        (int exitCode, string output, string errors) = await copy.RunAsync("update");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.EndsWith($"{InstalledCopy.Asset} does not have the checksum that was signed. Nothing was changed.\n", errors, StringComparison.Ordinal);
        Assert.Equal(before, copy.Files());
    }

    [Fact]
    public async Task Without_a_release_source_it_says_so()
    {
        using InstalledCopy copy = new(source: null, key: null);

        (int exitCode, string output, string errors) = await copy.RunAsync("update");

        Assert.Equal((1, "", "This build has no release source, so it cannot update itself. Get another version where you got this one.\n"), (exitCode, output, errors));
    }

    [Theory]
    [InlineData("dpkg", "apt-get install --only-upgrade codex-claude-proxy")]
    [InlineData("rpm", "dnf upgrade codex-claude-proxy")]
    public async Task A_file_of_a_package_manager_is_refused(string manager, string command)
    {
        await using ReleaseServer server = await PublishedAsync();
        using InstalledCopy copy = new(server.Source, _key.Public);
        DirectoryInfo tools = Directory.CreateDirectory(Path.Combine(copy.Directory, "tools"));
        string tool = Path.Combine(tools.FullName, manager);
        await File.WriteAllTextAsync(tool, $"#!/bin/sh\n[ \"$2\" = '{copy.Program}' ]\n", Stop);
        File.SetUnixFileMode(tool, File.GetUnixFileMode(copy.Program));
        copy.Variables["PATH"] = tools.FullName;
        Dictionary<string, string> before = copy.Files();

        foreach (string[] arguments in (string[][])[["update"], ["update", "--rollback"]])
        {
            (int exitCode, _, string errors) = await copy.RunAsync(arguments);
            Assert.Equal((1, $"{copy.Program} belongs to a package of {manager}. Change its version with: {command}\n"), (exitCode, errors));
        }

        Assert.Equal(before, copy.Files());
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("opt/homebrew/Cellar/codex-claude-proxy/0.1.0/bin", "Homebrew", "brew upgrade codex-claude-proxy")]
    [InlineData("nix/store/abc-codex-claude-proxy/bin", "Nix", "nix profile upgrade codex-claude-proxy")]
    public async Task A_file_in_a_package_manager_s_own_directory_is_refused(string directory, string manager, string command)
    {
        await using ReleaseServer server = await PublishedAsync();
        using InstalledCopy copy = new(server.Source, _key.Public, directory);

        (int exitCode, _, string errors) = await copy.RunAsync("update");

        Assert.Equal((1, $"{copy.Program} belongs to a package of {manager}. Change its version with: {command}\n"), (exitCode, errors));
    }

    [Fact]
    public async Task It_goes_through_the_proxy_that_the_environment_names()
    {
        await using ReleaseServer server = await PublishedAsync();
        using InstalledCopy copy = new("http://releases.example/releases", _key.Public);
        copy.Variables["HTTP_PROXY"] = server.Address;

        (int exitCode, _, string errors) = await copy.RunAsync("update");

        Assert.True(exitCode == 0, errors);
        Assert.Contains($"v1.1.0/{InstalledCopy.Asset}", server.Requests);
    }

    [Fact]
    public async Task An_interrupted_download_changes_nothing()
    {
        await using ReleaseServer server = await PublishedAsync();
        server.Stalled = $"v1.1.0/{InstalledCopy.Asset}";
        using InstalledCopy copy = new(server.Source, _key.Public);
        Dictionary<string, string> before = copy.Files();

        using Process process = copy.Start("update");
        Task<(int ExitCode, string Output, string Errors)> end = InstalledCopy.EndAsync(process);
        await server.Stalling.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        using (Process kill = Process.Start("sh", ["-c", $"kill -INT {process.Id}"])) await kill.WaitForExitAsync(Stop);

        (int exitCode, _, string errors) = await end;
        Assert.True(exitCode == 130, $"{exitCode}: {errors}");
        Assert.Equal(before, copy.Files());
    }

    private async Task<ReleaseServer> PublishedAsync()
    {
        ReleaseServer server = await ReleaseServer.StartAsync();
        server.Publish("1.1.0", _key, (InstalledCopy.Asset, ReleaseServer.Program("1.1.0", ProductVersion.Target)));
        return server;
    }
}
