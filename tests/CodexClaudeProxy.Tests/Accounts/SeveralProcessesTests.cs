using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Files;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>With <c>CCP_LONG_RUNS=1</c> in the environment these run for minutes: a thousand killed writers, more than a thousand expired tokens.</summary>
public sealed class SeveralProcessesTests(ITestOutputHelper output)
{
    private const int Processes = 8;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CCP_LONG_RUNS") == "1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_killed_at_any_moment_leaves_a_whole_file_with_every_account()
    {
        using AccountFixture fixture = new();
        for (int i = 0; i < 20; i++) await fixture.AddAsync($"{i}@x.com", $"{i}");
        string[] expected = [.. fixture.Store.Read().All.Select(account => account.Key)];
        Random random = new(20261125);
        int kills = 0, writes = 0;
        int wanted = IsLong ? 1000 : Processes;

        while (kills < wanted)
        {
            Process[] writers = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => AccountWorker.StartAsync("write", fixture.Data.Root)));
            foreach (Process writer in writers) await writer.GoAsync();
            foreach (Process writer in writers)
            {
                for (int i = random.Next(1, 4); i > 0; i--, writes++)
                {
                    Assert.NotNull(await writer.StandardOutput.ReadLineAsync(Stop));
                    // Also while they write, a reader sees the old content or the new.
                    AssertWhole(fixture.Data.Accounts, expected);
                }

                // Somewhere in the next write, or between two.
                Thread.SpinWait(random.Next(400_000));
                writer.Kill();
                await writer.WaitForExitAsync(Stop);
                writer.Dispose();
                kills++;
                AssertWhole(fixture.Data.Accounts, expected);
            }

            // Nobody is writing now.
            AssertWhole(fixture.Data.AccountsBackup, expected);
        }

        output.WriteLine($"{kills} writers killed after at least {writes} writes, no account lost");
        // Nobody left a lock that keeps the next one out.
        using AccountStore next = fixture.NewStore();
        await next.OpenAsync(Stop);
        Assert.Equal(expected, next.Read().All.Select(account => account.Key));
        Assert.Empty(Directory.GetFiles(fixture.Data.Root, ".accounts.json*"));
    }

    [Fact]
    public async Task Eight_processes_never_spend_a_refresh_token_twice()
    {
        // Each round is an expiry of each account: whoever comes first renews, and the others of that moment share what he got.
        int rounds = IsLong ? 334 : 4;
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
            AccountWorker.StartAsync("refresh", fixture.Data.Root, auth.Url, codexHome, rounds.ToString(CultureInfo.InvariantCulture))));
        foreach (Process worker in workers) await worker.GoAsync();
        foreach (Process worker in workers)
        {
            string output = await worker.StandardOutput.ReadToEndAsync(Stop);
            await worker.WaitForExitAsync(Stop);
            Assert.True(worker.ExitCode == 0, output);
            worker.Dispose();
        }

        output.WriteLine($"{auth.Refreshes} refreshes by {Processes} processes, {auth.RefreshTokenReuses} reuses");
        Assert.Equal(0, auth.RefreshTokenReuses);
        Assert.InRange(auth.Refreshes, users.Length * rounds, users.Length * rounds * Processes);
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
        // As every reader of ours does: on Windows another one would be in a writer's way, and the other way round.
        byte[] content = BusyFile.Read(path);
        using JsonDocument document = JsonDocument.Parse(content);
        Assert.Equal(expected, AccountList.Parse(content).All.Select(account => account.Key));
    }
}
