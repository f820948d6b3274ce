using System.Text;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Tests.Accounts;

namespace CodexClaudeProxy.Tests.Backups;

public sealed class BackupCommandTests : IDisposable
{
    private readonly AccountFixture _fixture = new();
    private readonly StringBuilder _output = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_fixture.Root, "b.backup");

    private string Other => Path.Combine(_fixture.Root, "other");

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_backup_is_restored_into_another_directory()
    {
        await _fixture.AddAsync("a@x.com", "1");
        string secret = Path.Combine(_fixture.Root, "secret");
        File.WriteAllText(secret, "correct horse battery\n");

        Assert.Equal(0, await RunAsync("", "backup", Target, "--passphrase-file", secret));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        Assert.DoesNotContain("rt_a@x.com", Encoding.Latin1.GetString(File.ReadAllBytes(Target)), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("correct horse battery\n", "restore", Target, "--passphrase-file", "-", "--yes", "--data-dir", Other));

        Assert.Contains("each refresh token works once", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_fixture.Data.Accounts), File.ReadAllBytes(Path.Combine(Other, "accounts.json")));
        Assert.DoesNotContain("correct horse", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_is_asked_twice_and_shown_what_changes()
    {
        await _fixture.AddAsync("a@x.com", "1");

        Assert.Equal(0, await AskAsync("", ["correct horse battery", "correct horse battery"], "backup", Target));
        Assert.Equal(1, await AskAsync("n\n", ["correct horse battery"], "restore", Target, "--data-dir", Other));
        Assert.Contains("with 1 account (a@x.com)", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("new       accounts.json", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Nothing was restored.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(["restore.lock"], Directory.EnumerateFileSystemEntries(Other).Select(Path.GetFileName));
        Assert.Equal(0, await AskAsync("y\n", ["correct horse battery"], "restore", Target, "--data-dir", Other));
        Assert.True(File.Exists(Path.Combine(Other, "accounts.json")));
    }

    [Theory]
    [InlineData("", "The passphrase is empty.")]
    [InlineData("short", "The passphrase is too weak")]
    [InlineData("aaaaaaaaaaaaaaaa", "The passphrase is too weak")]
    public async Task A_weak_passphrase_is_refused(string passphrase, string message)
    {
        await _fixture.AddAsync("a@x.com", "1");

        Assert.Equal(2, await RunAsync(passphrase + "\n", "backup", Target, "--passphrase-file", "-"));
        Assert.Contains(message, _output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_passphrase_that_is_not_utf_8_is_refused()
    {
        await _fixture.AddAsync("a@x.com", "1");
        string secret = Path.Combine(_fixture.Root, "secret");
        File.WriteAllBytes(secret, [.. "correct horse batt"u8, 0xE9, .. "rie"u8]);

        Assert.Equal(2, await RunAsync("", "backup", Target, "--passphrase-file", secret));
        Assert.Contains("The passphrase is not UTF-8 text.", _output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        File.WriteAllText(secret, "correct horse battérie");
        Assert.Equal(0, await RunAsync("", "backup", Target, "--passphrase-file", secret));
    }

    [Fact]
    public async Task What_goes_wrong_is_told_with_its_exit_code()
    {
        await _fixture.AddAsync("a@x.com", "1");

        Assert.Equal(2, await AskAsync("", ["correct horse battery", "correct horse batterie"], "backup", Target));
        Assert.False(File.Exists(Target));
        Assert.Equal(2, await RunAsync("", "backup", Target));
        Assert.Equal(0, await RunAsync("correct horse battery", "backup", Target, "--passphrase-file", "-"));
        Assert.Equal(2, await RunAsync("correct horse battery", "backup", Target, "--passphrase-file", "-"));
        Assert.Equal(2, await RunAsync("correct horse battery", "restore", Target, "--passphrase-file", "-"));
        Assert.Equal(1, await RunAsync("wrong passphrase", "restore", Target, "--passphrase-file", "-", "--yes", "--data-dir", Other));
        Assert.Equal(1, await RunAsync("x", "restore", Target + ".none", "--passphrase-file", "-", "--yes"));
        Assert.Equal(1, await RunAsync("correct horse battery", "backup", Target + "2", "--passphrase-file", "-", "--data-dir", Path.Combine(_fixture.Root, "nothing")));

        foreach (string text in (string[])["The two passphrases are not the same.", "A passphrase is needed, and no terminal is there to ask in.", "is there already. Choose another name.", "To skip the question, add --yes", "The passphrase is wrong.", "There is nothing to back up"])
            Assert.Contains(text, _output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string input, params string[] args) => Commands.RunAsync(Args(args), Terminal(input), Stop);

    private Task<int> AskAsync(string input, string[] secrets, params string[] args)
    {
        Queue<string> left = new(secrets);
        return Commands.RunAsync(Args(args), Terminal(input) with { IsInteractive = true, ReadSecret = left.Dequeue }, Stop);
    }

    private string[] Args(string[] args) => args.Contains("--data-dir") ? args : [.. args, "--data-dir", _fixture.Data.Root];

    private Terminal Terminal(string input)
    {
        StringWriter output = new(_output) { NewLine = "\n" };
        // A port where no proxy of anyone answers.
        return new Terminal(new StringReader(input), output, output, name => name == "CCP_PORT" ? "1" : null);
    }
}
