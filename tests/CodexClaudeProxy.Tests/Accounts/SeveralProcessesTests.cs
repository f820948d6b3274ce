using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Accounts;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class SeveralProcessesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_killed_at_any_moment_leaves_a_whole_file_with_every_account()
    {
        using AccountFixture fixture = new();
        for (int i = 0; i < 20; i++) await fixture.AddAsync($"{i}@x.com", $"{i}");
        string[] expected = [.. fixture.Store.Read().All.Select(account => account.Key)];
        Random random = new(20261125);
        int writes = 0;

        for (int round = 0; round < 10; round++)
        {
            using Process writer = await AccountWorker.StartAsync("write", fixture.Data.Root);
            await writer.GoAsync();
            for (int i = random.Next(1, 8); i > 0; i--, writes++)
            {
                Assert.NotNull(await writer.StandardOutput.ReadLineAsync(Stop));
                // Also while it writes, a reader sees the old content or the new.
                AssertWhole(fixture.Data.Accounts, expected);
            }

            // Somewhere in the next write, or between two.
            Thread.SpinWait(random.Next(400_000));
            writer.Kill();
            await writer.WaitForExitAsync(Stop);
            AssertWhole(fixture.Data.Accounts, expected);
            AssertWhole(fixture.Data.AccountsBackup, expected);
        }

        Assert.True(writes >= 10);
        // Nobody left a lock that keeps the next one out.
        using AccountStore next = fixture.NewStore();
        await next.OpenAsync(Stop);
        Assert.Equal(expected, next.Read().All.Select(account => account.Key));
        Assert.Empty(Directory.GetFiles(fixture.Data.Root, ".accounts.json*"));
    }

    [Fact]
    public async Task Eight_processes_never_spend_a_refresh_token_twice()
    {
        const int Processes = 8;
        const int Rounds = 4;
        using AccountFixture fixture = new();
        // Every token is due from birth: each round of each process wants a new one.
        await using FakeAuth auth = await FakeAuth.StartAsync();
        auth.AccessTokenLifetime = TimeSpan.FromMinutes(4);
        string codexHome = Path.Combine(fixture.Root, "codex");
        Directory.CreateDirectory(codexHome);
        FakeUser[] users = [FakeAuth.DefaultUser, new("two@x.com", "acc-2", "user-2"), new("three@x.com", "acc-3", "user-3")];
        foreach (FakeUser user in users)
        {
            FakeTokens tokens = auth.SignIn(user);
            // The first is shared with the official client.
            bool shared = user == users[0];
            if (shared) await File.WriteAllTextAsync(Path.Combine(codexHome, "auth.json"), tokens.ToAuthJson(DateTimeOffset.UnixEpoch), Stop);
            TokenSet pair = new() { AccessToken = tokens.AccessToken, RefreshToken = tokens.RefreshToken, IdToken = tokens.IdToken, AccountId = user.AccountId };
            await fixture.Store.UpdateAsync(document => document.Upsert(pair, user.Email, shared ? "imported" : null, DateTimeOffset.UnixEpoch), Stop);
        }

        Process[] workers = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ =>
            AccountWorker.StartAsync("refresh", fixture.Data.Root, auth.Url, codexHome, Rounds.ToString(CultureInfo.InvariantCulture))));
        foreach (Process worker in workers) await worker.GoAsync();
        foreach (Process worker in workers)
        {
            string output = await worker.StandardOutput.ReadToEndAsync(Stop);
            await worker.WaitForExitAsync(Stop);
            Assert.True(worker.ExitCode == 0, output);
            worker.Dispose();
        }

        Assert.Equal(0, auth.RefreshTokenReuses);
        Assert.InRange(auth.Refreshes, users.Length * Rounds, users.Length * Rounds * Processes);
        // The last pair of each account is the one on disk: it works once more.
        foreach (Account account in fixture.Store.Read().All)
        {
            Assert.Null(account.NeedsSignIn);
            Assert.Equal(account.RefreshToken, CodexAuthFile.Read(fixture.Data.AuthFile(account))!.Tokens!.RefreshToken);
        }

        Assert.Equal(fixture.Store.Read().All[0].RefreshToken, CodexAuthFile.Read(Path.Combine(codexHome, "auth.json"))!.Tokens!.RefreshToken);
    }

    private static void AssertWhole(string path, string[] expected)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal(expected, AccountList.Parse(File.ReadAllBytes(path)).All.Select(account => account.Key));
    }
}
