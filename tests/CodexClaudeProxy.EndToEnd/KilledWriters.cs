using System.Diagnostics;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// Commands that change the account file are killed at any moment, with a signal nobody can catch. A few dozen times; with
/// <c>CCP_LONG_RUNS=1</c> in the environment a thousand times.
/// </summary>
public sealed class KilledWriters(ITestOutputHelper output)
{
    private const int Accounts = 20;
    private const int AtOnce = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_account_is_lost()
    {
        using ClientHome home = new();
        string data = Path.Combine(home.Folder, "data");
        await using FakeAuth auth = await FakeAuth.StartAsync();
        FakeTokens[] tokens = [.. Enumerable.Range(0, Accounts).Select(i => auth.SignIn(new FakeUser($"{i}@x.com", $"acc-{i}", $"user-{i}")))];
        home.Write("data/accounts.json", FakeTokens.ToAccountsJson(tokens));
        string binary = await PublishedBinary.PathAsync();

        long start = Stopwatch.GetTimestamp();
        await EndAsync(Label(binary, data, "first"), kill: false);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);

        int wanted = Environment.GetEnvironmentVariable("CCP_LONG_RUNS") == "1" ? 1000 : 40;
        int kills = 0, ends = 0, halfWritten = 0;
        Random random = new(20261125);
        while (kills < wanted)
        {
            Process[] writers = [.. Enumerable.Range(0, AtOnce).Select(i => Label(binary, data, $"{kills}-{i}"))];
            foreach (Process writer in writers)
            {
                // Later than its start, and mostly before its end.
                await Task.Delay(whole * (0.3 + 0.6 * random.NextDouble()), TimeProvider.System, Stop);
                if (await EndAsync(writer, kill: true)) kills++;
                else ends++;
                if (Directory.EnumerateFiles(data, ".accounts.json*.tmp").Any()) halfWritten++;
                AssertWhole(Path.Combine(data, "accounts.json"), tokens);
            }

            AssertWhole(Path.Combine(data, "accounts.json.bak"), tokens);
        }

        await EndAsync(Label(binary, data, "last"), kill: false);
        Assert.Empty(Directory.EnumerateFiles(data, ".accounts.json*.tmp"));
        Assert.Contains("\"label\": \"last\"", await File.ReadAllTextAsync(Path.Combine(data, "accounts.json"), Stop), StringComparison.Ordinal);
        output.WriteLine($"{kills} commands killed ({ends} were faster), {halfWritten} times a half-written file lay beside; no account lost");
    }

    private static Process Label(string binary, string data, string label) => Process.Start(
        new ProcessStartInfo(binary, ["accounts", "label", "0@x.com", label, "--data-dir", data]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <returns>True when it was killed, false when it had done its work.</returns>
    private static async Task<bool> EndAsync(Process writer, bool kill)
    {
        using (writer)
        {
            if (kill) writer.Kill();
            await writer.WaitForExitAsync(Stop);
            Assert.True(writer.ExitCode == 0 || kill, await writer.StandardError.ReadToEndAsync(Stop));
            return writer.ExitCode != 0;
        }
    }

    private static void AssertWhole(string path, FakeTokens[] expected)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal(
            expected.Select(tokens => (tokens.User.Email, tokens.RefreshToken, tokens.AccessToken)),
            document.RootElement.GetProperty("accounts").EnumerateArray().Select(account => (
                account.GetProperty("email").GetString()!, account.GetProperty("refreshToken").GetString()!, account.GetProperty("accessToken").GetString()!)));
    }
}
