namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>The last step of a release: the draft, made by a pretended <c>gh</c> that writes down what it is asked for.</summary>
public sealed class Drafts : IDisposable
{
    private readonly FakeRelease _release = new();
    private readonly string _asked;
    private readonly (string Name, string Value)[] _variables;

    public Drafts()
    {
        _asked = Path.Combine(_release.Home.Folder, "asked");
        string bin = Script.Pretend(_release.Home, "gh", $"""
            #!/bin/sh
            printf '%s\n' "$@" >"{_asked}"
            """);
        _variables = [("PATH", bin), ("GITHUB_REPOSITORY", "owner/repo")];
    }

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task A_draft_gets_every_file_and_the_changelogs_text()
    {
        await _release.CollectAsync();
        await File.WriteAllTextAsync(Path.Combine(_release.Folder, "checksums.txt.sig"), "signature", TestContext.Current.CancellationToken);

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/draft.sh", [_release.Folder], _variables);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", result.Errors);
        string[] asked = await File.ReadAllLinesAsync(_asked, TestContext.Current.CancellationToken);
        Assert.Equal(["release", "create", "v" + FakeRelease.Version, "--repo", "owner/repo", "--draft", "--verify-tag", "--title", "codex-claude-proxy " + FakeRelease.Version, "--notes"], asked[..10]);
        string notes = (await Script.OutputAsync(_release.Home, "scripts/release/notes.sh", [FakeRelease.Version])).TrimEnd();
        Assert.Contains(notes, string.Join('\n', asked), StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(_release.Folder)) Assert.Contains(file, asked);
    }

    [Fact]
    public async Task Without_a_signature_the_draft_is_made_and_that_is_said()
    {
        await _release.CollectAsync();

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/draft.sh", [_release.Folder], _variables);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("checksums.txt.sig is missing", result.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(_asked));
    }

    [Theory]
    [InlineData("codex-claude-proxy-linux-x64")]
    [InlineData("version.txt")]
    public async Task What_is_not_what_it_was_becomes_no_draft(string file)
    {
        await _release.CollectAsync();
        await File.AppendAllTextAsync(Path.Combine(_release.Folder, file), "x", TestContext.Current.CancellationToken);

        ClientResult result = await Script.RunAsync(_release.Home, "scripts/release/draft.sh", [_release.Folder], _variables);

        Assert.NotEqual(0, result.ExitCode);
        Assert.False(File.Exists(_asked));
    }
}
