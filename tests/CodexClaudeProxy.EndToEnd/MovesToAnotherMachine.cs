using System.Diagnostics;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Everything of one machine, in one file, to another one.</summary>
public sealed class MovesToAnotherMachine
{
    private const string Passphrase = "correct horse battery";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_accounts_are_the_same_there()
    {
        using ClientHome old = new(), other = new();
        await using FakeAuth auth = await FakeAuth.StartAsync();
        old.Write(".codex-claude-proxy/accounts.json", FakeTokens.ToAccountsJson([auth.SignIn(new FakeUser("a@x.com", "acc-a", "user-a")), auth.SignIn(new FakeUser("b@x.com", "acc-b", "user-b"))]));
        old.Write(".codex-claude-proxy/settings.json", """{"accountStrategy":"round-robin"}""");
        string backup = Path.Combine(old.Folder, "ccp.backup");

        Assert.Equal(0, (await RunAsync(old, Passphrase, "accounts", "label", "a@x.com", "home")).Code);
        Assert.Equal(0, (await RunAsync(old, Passphrase, "backup", backup, "--passphrase-file", "-")).Code);
        (int code, string output) = await RunAsync(other, Passphrase, "restore", backup, "--passphrase-file", "-", "--yes");

        Assert.True(code == 0, output);
        Assert.Equal((await RunAsync(old, "", "accounts", "list", "--json")).Output, (await RunAsync(other, "", "accounts", "list", "--json")).Output);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(old.Folder, ".codex-claude-proxy/settings.json"), Stop), await File.ReadAllTextAsync(Path.Combine(other.Folder, ".codex-claude-proxy/settings.json"), Stop));
        Assert.Equal(1, (await RunAsync(other, "another passphrase", "restore", backup, "--passphrase-file", "-", "--yes")).Code);
    }

    [Fact]
    public async Task A_passphrase_is_asked_twice_and_not_shown()
    {
        using ClientHome home = new();
        home.Write(".codex-claude-proxy/settings.json", "{}");
        string backup = Path.Combine(home.Folder, "ccp.backup");
        await using Terminal terminal = await Terminal.StartAsync(home, [], "/bin/sh", "-c", $"'{await PublishedBinary.PathAsync()}' backup '{backup}'; echo code $?; sleep 600");

        await AwaitAsync(terminal, "Passphrase, at least 12 characters:");
        await terminal.TypeAsync(Passphrase + "x");
        await terminal.PressAsync("BSpace");
        await terminal.PressAsync("Enter");
        await AwaitAsync(terminal, "Passphrase again:");
        await terminal.TypeAsync(Passphrase);
        await terminal.PressAsync("Enter");
        string screen = await AwaitAsync(terminal, "code 0");

        Assert.DoesNotContain("horse", screen, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(home, Passphrase, "restore", backup, "--passphrase-file", "-", "--yes")).Code);
    }

    private static async Task<string> AwaitAsync(Terminal terminal, string text)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1);)
        {
            string screen = await terminal.ScreenAsync();
            if (screen.Contains(text, StringComparison.Ordinal)) return screen;
            await Task.Delay(100, Stop);
        }

        throw new TimeoutException($"'{text}' is not on the screen: {await terminal.ScreenAsync()}");
    }

    private static async Task<(int Code, string Output)> RunAsync(ClientHome home, string input, params string[] args)
    {
        // A port where no proxy of anyone answers.
        ProcessStartInfo start = new(await PublishedBinary.PathAsync(), args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["HOME"] = home.Folder, ["CCP_PORT"] = "1" } };
        start.Environment.Remove("CCP_DATA_DIR");
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(Stop);
        string output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }
}
