using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.Sqlite;
using CodexClaudeProxy.Tests.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Backups;

public sealed class RestorationTests : IDisposable
{
    private const string Passphrase = "correct horse battery";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly AccountFixture _from;
    private readonly AccountFixture _to;

    public RestorationTests() => (_from, _to) = (new AccountFixture(_time), new AccountFixture(_time));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    [Fact]
    public async Task Another_directory_becomes_what_the_first_one_was()
    {
        await FillAsync();

        byte[] backup = Backup();
        using Restoration restoration = Open(backup);
        Assert.Equal(["accounts.json", "settings.json", "config.json", "state.json"], restoration.Changes.Select(change => change.File));
        Assert.All(restoration.Changes, change => Assert.Equal("new", change.State));
        // Nothing is there before it is confirmed.
        Assert.False(File.Exists(_to.Data.Accounts));
        Assert.Null(await restoration.ApplyAsync(Stop));

        foreach (string name in (string[])["accounts.json", "settings.json", "config.json", "state.json"]) Assert.Equal(File.ReadAllBytes(In(_from, name)), File.ReadAllBytes(In(_to, name)));
        Assert.Equal(_from.Store.Read().All.Select(account => account.ToString() + account.RefreshToken), _to.Store.Read().All.Select(account => account.ToString() + account.RefreshToken));
        Assert.Equal(File.ReadAllBytes(_to.Data.Accounts), File.ReadAllBytes(_to.Data.AccountsBackup));
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in Directory.EnumerateFiles(_to.Data.Root)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task What_was_there_is_kept_aside()
    {
        await FillAsync();
        await _to.AddAsync("here@x.com", "9");
        byte[] before = File.ReadAllBytes(_to.Data.Accounts);

        using Restoration restoration = Open(Backup());
        string safety = (await restoration.ApplyAsync(Stop))!;

        Assert.Equal(before, File.ReadAllBytes(Path.Combine(safety, "accounts.json")));
        Assert.Equal(["a@x.com", "b@x.com"], _to.NewStore().Read().All.Select(account => account.Email));
        // The next start takes the copy for what it is.
        _to.Data.Prepare();
    }

    [Fact]
    public async Task Newer_tokens_of_the_same_account_stay()
    {
        await FillAsync();
        byte[] backup = Backup();
        _time.Advance(TimeSpan.FromHours(2));
        await _to.Store.UpdateAsync(document => document.Upsert(_to.Tokens("a@x.com", "1", _time.GetUtcNow().AddDays(5), refresh: "newer"), "a@x.com", null, _time.GetUtcNow()), Stop);

        using Restoration restoration = Open(backup);
        await restoration.ApplyAsync(Stop);

        Assert.Equal(["a@x.com"], restoration.KeptTokens);
        AccountList restored = _to.NewStore().Read();
        Assert.Equal("newer_a@x.com_1", restored.Find("a@x.com")!.RefreshToken);
        Assert.Equal("rt_b@x.com_2", restored.Find("b@x.com")!.RefreshToken);
        Assert.Equal("home", restored.Find("a@x.com")!.Label);
    }

    [Fact]
    public async Task While_a_proxy_runs_nothing_is_changed()
    {
        await FillAsync();
        using Restoration restoration = Open(Backup());
        using (ProxyClaim running = new(_to.Data.Root))
        {
            Assert.Equal(Restoration.InUse, (await Assert.ThrowsAsync<BackupException>(() => restoration.ApplyAsync(Stop))).Message);
            Assert.False(File.Exists(_to.Data.Accounts));
        }

        await restoration.ApplyAsync(Stop);
        Assert.True(File.Exists(_to.Data.Accounts));
    }

    [Fact]
    public async Task A_failure_in_the_middle_puts_everything_back()
    {
        await FillAsync();
        await _to.AddAsync("here@x.com", "9");
        byte[] before = File.ReadAllBytes(_to.Data.Accounts);
        // A directory cannot be replaced by a file.
        Directory.CreateDirectory(Path.Combine(In(_to, "state.json"), "x"));

        using Restoration restoration = Open(Backup());
        await Assert.ThrowsAnyAsync<Exception>(() => restoration.ApplyAsync(Stop));

        Assert.Equal(before, File.ReadAllBytes(_to.Data.Accounts));
        Assert.False(File.Exists(In(_to, "settings.json")));
        Assert.False(File.Exists(UnfinishedRestore.JournalOf(_to.Data)));
    }

    [Fact]
    public async Task An_interrupted_restore_is_put_back_at_the_next_start()
    {
        await _to.AddAsync("here@x.com", "9");
        byte[] before = File.ReadAllBytes(_to.Data.Accounts);
        string safety = Directory.CreateDirectory(Path.Combine(_to.Data.Root, "before-restore-x")).FullName;
        File.Copy(_to.Data.Accounts, Path.Combine(safety, "accounts.json"));
        File.WriteAllText(UnfinishedRestore.JournalOf(_to.Data), JsonSerializer.Serialize(
            new RestoreJournal("before-restore-x", ["accounts.json", "state.json"], ["accounts.json", "settings.json", "state.json"]), BackupsContext.Default.RestoreJournal));
        File.WriteAllText(_to.Data.Accounts, "{}");
        File.WriteAllText(In(_to, "settings.json"), "{}");
        File.WriteAllText(In(_to, "state.json"), "untouched");

        await UnfinishedRestore.RollBackAsync(_to.Data, _time, Stop);

        Assert.Equal(before, File.ReadAllBytes(_to.Data.Accounts));
        Assert.False(File.Exists(In(_to, "settings.json")));
        Assert.Equal("untouched", File.ReadAllText(In(_to, "state.json")));
        Assert.False(File.Exists(UnfinishedRestore.JournalOf(_to.Data)));
    }

    [Fact]
    public async Task What_a_killed_restore_had_unpacked_is_removed_at_the_next_start()
    {
        Directory.CreateDirectory(In(_to, ".restore-x"));
        File.WriteAllText(Path.Combine(In(_to, ".restore-x"), "accounts.json"), "tokens");

        await UnfinishedRestore.RollBackAsync(_to.Data, _time, Stop);

        Assert.Empty(Directory.EnumerateDirectories(_to.Data.Root, ".restore-*"));
    }

    [Fact]
    public async Task A_restore_that_waits_for_its_answer_is_not_disturbed()
    {
        await FillAsync();
        byte[] backup = Backup();
        using (Restoration waiting = Open(backup))
        {
            await UnfinishedRestore.RollBackAsync(_to.Data, _time, Stop);
            Assert.StartsWith("Another restore of this data directory has begun.", Assert.Throws<BackupException>(() => Open(backup)).Message, StringComparison.Ordinal);
            await waiting.ApplyAsync(Stop);
        }

        Assert.Equal(File.ReadAllBytes(_from.Data.Accounts), File.ReadAllBytes(_to.Data.Accounts));
        using Restoration next = Open(backup);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    public async Task A_damaged_account_file_is_not_backed_up(string content)
    {
        await FillAsync();
        File.WriteAllText(_from.Data.Accounts, content);

        string told = Assert.Throws<BackupException>(() => Backup()).Message;

        Assert.Contains("is damaged", told, StringComparison.Ordinal);
        Assert.Contains("accounts.json.bak", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_statistics_come_along_when_they_are_wanted()
    {
        await FillAsync();
        using (Database database = Database.Open(In(_from, "activity.db"), create: true, TimeSpan.FromSeconds(1)))
        {
            database.Execute("PRAGMA journal_mode = WAL; PRAGMA user_version = 3; CREATE TABLE t(x); INSERT INTO t VALUES(7)");
            // What is still in the log beside the file counts too.
            File.WriteAllText(In(_from, "other"), "");
            using Restoration restoration = Open(Backup(withStatistics: true));
            Directory.CreateDirectory(_to.Data.Root);
            File.WriteAllText(In(_to, "activity.db-wal"), "of another database");
            await restoration.ApplyAsync(Stop);
        }

        Assert.False(File.Exists(In(_to, "activity.db-wal")));
        using Database restored = Database.Open(In(_to, "activity.db"), create: false, TimeSpan.FromSeconds(1));
        Assert.Equal((7, 3), (restored.Number("SELECT x FROM t"), restored.Number("PRAGMA user_version")));
        Assert.Empty(Directory.EnumerateFiles(_from.Data.Root, ".activity.db.*"));
    }

    [Fact]
    public void An_empty_directory_has_nothing_to_back_up() =>
        Assert.StartsWith("There is nothing to back up", Assert.Throws<BackupException>(() => Backup()).Message, StringComparison.Ordinal);

    private async Task FillAsync()
    {
        Account first = await _from.AddAsync("a@x.com", "1");
        await _from.AddAsync("b@x.com", "2");
        await _from.Store.UpdateAsync(document => { AccountPreferences.SetLabel(document, first, "home"); return true; }, Stop);
        foreach (string name in (string[])["settings.json", "config.json", "state.json", "models.json", "not-ours.json"]) File.WriteAllText(In(_from, name), $$"""{"of":"{{name}}"}""");
    }

    private byte[] Backup(bool withStatistics = false)
    {
        using MemoryStream output = new();
        new BackupWriter(_from.Data.Root, "1.2.3", _time) { Cost = new KeyCost(64, 1, 1) }.Write(output, Passphrase, withStatistics);
        return output.ToArray();
    }

    private Restoration Open(byte[] backup)
    {
        using MemoryStream input = new(backup);
        return Restoration.Open(_to.Data, input, Passphrase, _time);
    }

    private static string In(AccountFixture fixture, string name) => Path.Combine(fixture.Data.Root, name);
}
