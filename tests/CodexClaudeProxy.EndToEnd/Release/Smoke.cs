namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>The check that every program of a release must pass: it passes the real one, and none that fails its user.</summary>
public sealed class Smoke : IDisposable
{
    /// <summary>Behaves like the program, but for what the variable FAULT says.</summary>
    private const string Program = """
        #!/usr/bin/env node
        const fault = process.env.FAULT;
        if (process.argv[2] === "--version") {
          console.log("codex-claude-proxy VERSION");
          process.exit(fault === "version" ? 1 : 0);
        }
        if (fault === "ends") process.exit(3);
        const event = (type) => `event: ${type}\ndata: {"type":"${type}"}\n\n`;
        const server = require("node:http").createServer((_, response) => {
          response.statusCode = fault === "refuses" ? 500 : 200;
          response.end(event("message_start") + (fault === "empty" ? "" : event("content_block_delta")) + (fault === "cut" ? "" : event("message_stop")));
        });
        server.listen(0, "127.0.0.1", () => console.log(`codex-claude-proxy\n  Address  http://127.0.0.1:${server.address().port}`));
        process.on("SIGTERM", () => process.exit(fault === "unclean" ? 4 : 0));
        """;

    private readonly ClientHome _home = new();
    private readonly string _program;

    public Smoke() => _program = Path.Combine(Script.Pretend(_home, "program", Program.Replace("VERSION", FakeRelease.Version, StringComparison.Ordinal)), "program");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_real_program_passes() =>
        Assert.EndsWith("codex-claude-proxy\n", await Script.OutputAsync(_home, "scripts/release/smoke.sh", [FakeRelease.Version, await PublishedBinary.PathAsync()]), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null)]
    [InlineData("version", "--version failed")]
    [InlineData("ends", "the demo ended by itself")]
    [InlineData("refuses", "the message got no answer")]
    [InlineData("empty", "the answer has no content")]
    [InlineData("cut", "the answer does not end with message_stop")]
    [InlineData("unclean", "told to stop, the demo ended with 4")]
    public async Task What_fails_its_user_does_not_pass(string? fault, string? message)
    {
        ClientResult result = await Script.RunAsync(_home, "scripts/release/smoke.sh", [FakeRelease.Version, _program], ("FAULT", fault ?? ""));

        Assert.True(result.ExitCode == (fault is null ? 0 : 1), result.ToString());
        if (message is not null) Assert.StartsWith($"smoke: {message}\n", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_version_does_not_pass()
    {
        ClientResult result = await Script.RunAsync(_home, "scripts/release/smoke.sh", ["9.9.9", _program]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("smoke: --version does not tell 9.9.9\n", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>The containers are pretended: each runs the program on this machine.</summary>
    [Theory]
    [InlineData("/bin/true", new[] { "debian:11", "almalinux:8", "fedora:latest" }, new[] { "alpine:3", "scratch" })]
    [InlineData("/sbin/ldconfig", new[] { "alpine:3", "busybox:musl", "scratch", "debian:11" }, new[] { "almalinux:8", "fedora:latest" })]
    public async Task A_program_for_Linux_is_tried_in_the_systems_of_its_kind(string kind, string[] expected, string[] others)
    {
        string bin = Script.Pretend(_home, "docker", $"""
            #!/bin/sh
            echo "$*" >>"{_home.Folder}/asked"
            case "$1" in
              build) cat >>"{_home.Folder}/built"; echo image-1 ;;
              import) cat >/dev/null; echo empty-1 ;;
              run) while [ "$1" != /codex-claude-proxy ]; do shift; done; shift; exec "{_program}" "$@" ;;
            esac
            """);

        string output = await Script.OutputAsync(_home, "scripts/release/old-systems.sh", [kind], ("PATH", bin));

        string[] tried = [.. output.Split('\n').Where(line => line.StartsWith("== ", StringComparison.Ordinal)).Select(line => line.Split(" in ")[1])];
        Assert.Superset(expected.ToHashSet(), tried.ToHashSet());
        Assert.Empty(tried.Intersect(others));
        Assert.Equal(tried.Length, output.Split('\n').Count(line => line.StartsWith("works: ", StringComparison.Ordinal)));
        Assert.Contains($"run --rm --network host -v {kind}:/codex-claude-proxy:ro", await File.ReadAllTextAsync(Path.Combine(_home.Folder, "asked"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // The dynamic program needs a library that some of them do not have.
        Assert.Equal(kind == "/bin/true", File.Exists(Path.Combine(_home.Folder, "built")));
    }
}
