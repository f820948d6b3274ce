using System.Text;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Updates;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>What must be right before a program is exchanged.</summary>
public sealed class UpdaterTests : IDisposable
{
    private static readonly string Asset = $"codex-claude-proxy-{ProductVersion.Target}";

    private readonly SigningKey _key = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-updater-");

    public UpdaterTests() => File.WriteAllText(Program, "old");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Program => Path.Combine(_directory.FullName, "codex-claude-proxy");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_is_right_takes_the_place_of_the_program()
    {
        await using ReleaseServer server = await PublishedAsync();

        await UpdateAsync(server);

        Assert.Equal(ReleaseServer.Program("1.1.0", ProductVersion.Target), await File.ReadAllBytesAsync(Program, Stop));
        Assert.Equal("old", await File.ReadAllTextAsync(Program + ".previous", Stop));
        Assert.Equal(2, Directory.GetFileSystemEntries(_directory.FullName).Length);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_told()
    {
        await using ReleaseServer server = await PublishedAsync();
        // Root may write everywhere; nobody may write to a directory.
        Directory.CreateDirectory(Program + ".next");

        var refusal = await Assert.ThrowsAsync<UpdateRefusedException>(() => UpdateAsync(server));

        Assert.StartsWith($"{Program}.next cannot be written: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(Program, Stop));
    }

    [Fact]
    public async Task Two_updates_at_once_are_one_too_many_until_the_first_is_done()
    {
        await using ReleaseServer server = await PublishedAsync();
        // It tells its version only when it is told to, and so long the first update is trying it.
        byte[] slow = [.. "#!/bin/sh\necho >\"$0.tried\"\nuntil [ -e \"$0.go\" ]; do sleep 0.02; done\n"u8, .. ReleaseServer.Program("1.1.0", ProductVersion.Target)];
        server.Publish("1.1.0", _key, (Asset, slow));
        Task first = UpdateAsync(server);
        while (!File.Exists(Program + ".next.tried")) await Task.Delay(10, Stop);

        var refusal = await Assert.ThrowsAsync<UpdateRefusedException>(() => UpdateAsync(server).WaitAsync(TimeSpan.FromSeconds(10), Stop));
        await File.WriteAllTextAsync(Program + ".next.go", "", Stop);
        await first;

        Assert.Equal($"Another update of {Program} is running. Nothing was changed.", refusal.Message);
        Assert.Equal(slow, await File.ReadAllBytesAsync(Program, Stop));
        Assert.Equal("old", await File.ReadAllTextAsync(Program + ".previous", Stop));
        Assert.False(File.Exists(Program + ".lock"));
    }

    [Fact]
    public async Task A_slower_update_does_not_lose_the_previous_version()
    {
        await using ReleaseServer server = await PublishedAsync();
        InstalledProgram slower = new(Program);
        await UpdateAsync(server);

        var refusal = await Assert.ThrowsAsync<UpdateRefusedException>(() => UpdateAsync(server, slower));

        Assert.Equal($"Another update was faster: {Program} is another file by now. Nothing was changed.", refusal.Message);
        Assert.Equal("old", await File.ReadAllTextAsync(Program + ".previous", Stop));
        Assert.Equal(2, Directory.GetFileSystemEntries(_directory.FullName).Length);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "tampered program", "does not have the checksum that was signed" },
        { "truncated program", "cannot be fetched" },
        { "missing program", "has no program for" },
        { "program that does not start", "does not start on this machine" },
        { "program for another target", "was built for plan9-mips" },
        { "program of another version", "is version 1.0.5, not 1.1.0" },
        { "tampered checksums", "The signature of release 1.1.0 is not valid for this file" },
        { "truncated checksums", "cannot be fetched" },
        { "no signature", "Release 1.1.0 has no signature" },
        { "signature of another key", "The signature of release 1.1.0 was made with another key" },
        { "signature that is none", "The signature of release 1.1.0 is not in minisign's format" },
        { "old release under a new version", "What the release source gives as version 9.9.9 is another one" },
        { "older release as the newest", "The newest release, 0.0.1, is older than this version, 1.0.0" },
        { "version that is none", "is no version" },
        { "no release", "cannot be fetched: the server answers with 404" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_not_right_is_refused_and_changes_nothing(string fault, string sentence)
    {
        await using ReleaseServer server = await PublishedAsync();
        Spoil(server, fault);

        var refusal = await Assert.ThrowsAsync<UpdateRefusedException>(() => UpdateAsync(server));

        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.Equal([Program], Directory.GetFileSystemEntries(_directory.FullName));
        Assert.Equal("old", await File.ReadAllTextAsync(Program, Stop));
    }

    private async Task UpdateAsync(ReleaseServer server, InstalledProgram? program = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these releases are shell scripts.");
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        var updater = new Updater(new ReleaseFiles(http, server.Source), MinisignKey.Parse(_key.Public)!, new BuildIdentity(ProductVersion.Name, "1.0.0", Commit: null, ProductVersion.Target));
        await updater.InstallAsync(await updater.FindAsync(wanted: null, Stop), program ?? new InstalledProgram(Program), Stop);
    }

    private async Task<ReleaseServer> PublishedAsync()
    {
        ReleaseServer server = await ReleaseServer.StartAsync();
        server.Publish("1.1.0", _key, (Asset, ReleaseServer.Program("1.1.0", ProductVersion.Target)));
        return server;
    }

    private void Spoil(ReleaseServer server, string fault)
    {
        const string checksums = "v1.1.0/checksums.txt", signature = "v1.1.0/checksums.txt.sig";
        string asset = $"v1.1.0/{Asset}";
        Action spoil = fault switch
        {
            "tampered program" => () => server.Tamper(asset),
            "truncated program" => () => server.Truncated = asset,
            "missing program" => () => server.Publish("1.1.0", _key, ("codex-claude-proxy-plan9-mips", [1, 2, 3])),
            "program that does not start" => () => server.Publish("1.1.0", _key, (Asset, [0x7F, (byte)'E', (byte)'L', (byte)'F', 0])),
            "program for another target" => () => server.Publish("1.1.0", _key, (Asset, ReleaseServer.Program("1.1.0", "plan9-mips"))),
            "program of another version" => () => server.Publish("1.1.0", _key, (Asset, ReleaseServer.Program("1.0.5", ProductVersion.Target))),
            "tampered checksums" => () => server.Tamper(checksums),
            "truncated checksums" => () => server.Truncated = checksums,
            "no signature" => () => server.Files.TryRemove(signature, out _),
            "signature of another key" => () => server.Files[signature] = new SigningKey().Sign(server.Files[checksums]),
            "signature that is none" => () => server.Files[signature] = Encoding.UTF8.GetBytes("<html>not found</html>\n"),
            "old release under a new version" => () => Rename(server, "1.1.0", "9.9.9"),
            "older release as the newest" => () =>
            {
                server.Publish("0.0.1", _key, (Asset, ReleaseServer.Program("0.0.1", ProductVersion.Target)));
                server.Newest = "0.0.1";
            },
            "version that is none" => () => server.Files["v1.1.0/version.txt"] = Encoding.UTF8.GetBytes("../../evil\n"),
            "no release" => () => server.Newest = "2.0.0",
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "unknown"),
        };
        spoil();
    }

    /// <summary>Whoever holds the server but not the key can at most show an old release as a new one.</summary>
    private static void Rename(ReleaseServer server, string from, string to)
    {
        foreach ((string name, byte[] content) in server.Files.ToArray()) server.Files[name.Replace($"v{from}/", $"v{to}/", StringComparison.Ordinal)] = content;
        server.Files[$"v{from}/version.txt"] = Encoding.UTF8.GetBytes(to);
        server.Newest = from;
    }
}
