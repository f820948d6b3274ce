using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;
using CodexClaudeProxy.Tests.Accounts;
using CodexClaudeProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>The file of finished requests: what survives, what is dropped, and that trouble with it stays its own.</summary>
public sealed class ActivityStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-activity-");
    private readonly TestLog _log = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_directory.FullName, "activity.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Everything_of_an_entry_comes_back()
    {
        RequestEntry full = Samples.Entry(1) with
        {
            UserAgent = "claude-cli/2.1.330", RequestedModel = "claude-opus-5", UpstreamModel = "gpt-6-astra", Lane = "opus", Effort = "high", Streamed = true, Account = "a@x.com:1",
            Conversation = "c", Session = "s", Agent = "g", Project = "shop", Status = 500, Outcome = RequestOutcome.Failed, StopReason = "end_turn", ErrorType = "api_error",
            ErrorCode = "x", ErrorMessage = "naïve ☃", Attempts = 3, HeldMs = 7, ConnectMs = 8, FirstEventMs = 9, FirstTokenMs = 10, TotalMs = 11,
            Tokens = new RequestTokens(1, 2, 3, 4, 5, true), WebSearches = 6, SideCall = "check", Key = "0123456789ab laptop", Detail = """{"attempts":[]}"""u8.ToArray(),
        };
        await using ActivityStore store = Open();
        store.Add(full);
        store.Add(Samples.Entry(2));

        RequestPage page = (await store.ReadAsync(database => RequestSearch.List(database, new RequestFilter(), 10, null), Now))!;
        RequestEntry found = (await store.ReadAsync(database => RequestSearch.Find(database, full.Id), Now))!;

        Assert.Equal([Samples.Entry(2), full with { Detail = default }], page.Requests);
        Assert.Equal((full with { Detail = default }, """{"attempts":[]}"""), (found with { Detail = default }, System.Text.Encoding.UTF8.GetString(found.Detail.Span)));
        Assert.Null(await store.ReadAsync(database => RequestSearch.Find(database, "req_unknown"), Now));
    }

    [Fact]
    public void Deleted_text_is_overwritten_whatever_SQLite_was_built_with()
    {
        using Database database = new ActivityFile(File, TimeProvider.System).OpenForWriting();

        Assert.Equal(1, database.Number("PRAGMA secure_delete"));
    }

    [Fact]
    public void SQLite_comes_from_the_system_not_from_beside_the_program() =>
        Assert.True(OperatingSystem.IsLinux() ? Path.GetFileName(Native.FileName) == Native.FileName : Path.IsPathFullyQualified(Native.FileName));

    [Fact]
    public async Task Nobody_else_may_read_the_file_and_nothing_is_made_before_it_is_needed()
    {
        await using (ActivityStore store = Open())
        {
            Assert.Null(await store.ReadAsync(database => "", Now));
            Assert.False(System.IO.File.Exists(File));
            await FillAsync(store, 1);
            if (!OperatingSystem.IsWindows())
                Assert.All(_directory.EnumerateFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
        }

        Assert.Equal("activity.db", Assert.Single(_directory.EnumerateFiles()).Name);
    }

    [Fact]
    public async Task A_file_beyond_its_bound_loses_the_oldest_requests_and_keeps_their_sums()
    {
        await using ActivityStore store = Open();
        store.LimitBytes = 2_000_000;
        for (int i = 0; i < 40; i++) await FillAsync(store, 1_000, i * 1_000);

        StorageReport report = await store.ReportAsync(Now);
        StatisticsReport all = (await store.ReadAsync(database => Statistics.Of(database, new StatisticsRange(null, Samples.At(50_000)), Dimension.Session, PriceList.Default), Now))!;

        Assert.InRange(report.Bytes, 500_000, 2_000_000 + 4_500_000);
        Assert.InRange(report.Rows, 1_000, 25_000);
        Assert.InRange(new FileInfo(File).Length, 0, 2_100_000);
        Assert.Equal(40_000, all.Totals.Requests);
        Assert.Equal(Samples.At(40_000 - (int)report.Rows), report.Oldest);
        Assert.All(all.Groups, group => Assert.NotNull(group.Key));
    }

    [Fact]
    public async Task A_damaged_file_is_put_aside_and_a_new_one_begun()
    {
        await System.IO.File.WriteAllTextAsync(File, string.Concat(Enumerable.Repeat("This is no database. ", 1_000)), Now);
        await using ActivityStore store = Open();
        store.Add(Samples.Entry(1));
        await store.ReadAsync(database => "", Now);

        await FillAsync(store, 1, 2);

        Assert.Equal(2, (await store.ReportAsync(Now)).Rows);
        Assert.Contains(_directory.EnumerateFiles(), file => file.Name.StartsWith("activity.db.damaged-", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.Contains("a new one was started", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_from_before_side_calls_is_read_and_written_on()
    {
        await using (ActivityStore store = Open()) await FillAsync(store, 3);
        using (Database database = Database.Open(File, create: false, TimeSpan.Zero)) database.Execute("DROP INDEX requests_key; ALTER TABLE requests DROP COLUMN access_key; ALTER TABLE requests DROP COLUMN side; DROP TABLE tokens; DELETE FROM rollups WHERE dimension = 8; PRAGMA user_version = 1");

        await using ActivityStore later = Open();
        RequestPage old = (await later.ReadAsync(database => RequestSearch.List(database, new RequestFilter { Side = RequestFilter.NoSide }, 10, null), Now))!;
        later.Add(Samples.Entry(9) with { SideCall = "title" });
        RequestPage marked = (await later.ReadAsync(database => RequestSearch.List(database, new RequestFilter { Side = RequestFilter.AnySide }, 10, null), Now))!;

        Assert.Equal(3, old.Requests.Count);
        Assert.Equal("title", Assert.Single(marked.Requests).SideCall);
    }

    [Fact]
    public async Task A_file_from_before_keys_is_read_and_written_on()
    {
        await using (ActivityStore store = Open()) await FillAsync(store, 3);
        using (Database database = Database.Open(File, create: false, TimeSpan.Zero)) database.Execute("DROP INDEX requests_key; ALTER TABLE requests DROP COLUMN access_key; PRAGMA user_version = 3");

        await using ActivityStore later = Open();
        IReadOnlyList<RequestEntry> old = (await later.ReadAsync(database => RequestSearch.List(database, new RequestFilter(), 10, null), Now))!.Requests;
        later.Add(Samples.Entry(9) with { Key = KeyName.Of("0123456789ab", "laptop of Anna") });
        IReadOnlyList<RequestEntry> ofKey = (await later.ReadAsync(database => RequestSearch.List(database, new RequestFilter { Key = "0123456789ab" }, 10, null), Now))!.Requests;

        Assert.Equal(3, old.Count);
        Assert.All(old, static entry => Assert.Null(entry.Key));
        Assert.Equal("0123456789ab laptop of Anna", Assert.Single(ofKey).Key);
        using Database upgraded = Database.Open(File, create: false, TimeSpan.Zero);
        Assert.Equal((4, 1), (upgraded.Number("PRAGMA user_version"), upgraded.Number("SELECT count(*) FROM sqlite_master WHERE name = 'requests_key'")));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_alone()
    {
        using (Database database = Database.Open(File, create: true, TimeSpan.Zero)) database.Execute("CREATE TABLE future(x); PRAGMA user_version = 99");
        byte[] before = await System.IO.File.ReadAllBytesAsync(File, Now);
        await using (ActivityStore store = Open())
        {
            await FillAsync(store, 3);
            Assert.Equal(0, (await store.ReportAsync(Now)).Rows);
        }

        using (Database database = Database.Open(File, create: false, TimeSpan.Zero)) Assert.Equal(99, database.Number("PRAGMA user_version"));
        Assert.Equal(before.Length, new FileInfo(File).Length);
        Assert.Single(_log.Lines, line => line.Contains("No statistics are stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_written_waits_and_is_written_later()
    {
        var time = new FakeTimeProvider(Samples.At(0));
        await using var store = new ActivityStore(Path.Combine(File, "activity.db"), time, _log);
        await System.IO.File.WriteAllTextAsync(File, "in the way of a directory", Now);
        store.Add(Samples.Entry(1));
        Assert.Null(await store.ReadAsync(database => "", Now));
        Assert.Contains(_log.Lines, line => line.Contains("kept in memory", StringComparison.Ordinal));

        System.IO.File.Delete(File);
        store.Add(Samples.Entry(2));
        long rows = 0;
        for (int i = 0; i < 1_000 && rows < 2; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
            rows = (await store.ReportAsync(Now)).Rows;
        }

        Assert.Equal(2, rows);
    }

    [Fact]
    public async Task Two_stores_share_one_file()
    {
        await using ActivityStore one = Open();
        await using ActivityStore other = Open();
        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[] { FillAsync(one, 20, i * 40), FillAsync(other, 20, i * 40 + 20) }));

        Assert.Equal(800, (await one.ReportAsync(Now)).Rows);
        StatisticsReport all = (await other.ReadAsync(database => Statistics.Of(database, new StatisticsRange(null, Samples.At(5_000)), Dimension.Session, PriceList.Default), Now))!;
        Assert.Equal((800, 800), (all.Totals.Requests, all.Groups.Sum(group => group.Tally.Requests)));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Readers_see_whole_batches_while_others_write()
    {
        await using ActivityStore store = Open();
        await FillAsync(store, 1);
        Task writing = Task.Run(async () => { for (int i = 1; i < 30; i++) await FillAsync(store, 50, i * 50); }, Now);
        long last = 0;
        while (!writing.IsCompleted)
        {
            (long rows, long sum) = (await store.ReadAsync(database => Tuple.Create(
                database.Number("SELECT count(*) FROM requests")!.Value,
                database.Number("SELECT sum(requests) FROM rollups WHERE span = 86400 AND dimension = 0")!.Value), Now))!;
            Assert.Equal(rows, sum);
            Assert.True(rows >= last, $"{rows} after {last}");
            last = rows;
        }

        await writing;
        Assert.Equal(1 + 29 * 50, (await store.ReportAsync(Now)).Rows);
    }

    [Fact]
    public async Task A_query_sees_the_file_at_one_moment()
    {
        await using ActivityStore store = Open();
        await FillAsync(store, 10);
        using SemaphoreSlim looked = new(0);
        using SemaphoreSlim written = new(0);
        Task<Tuple<long?, long?>?> query = store.ReadAsync(database =>
        {
            long? before = database.Number("SELECT count(*) FROM requests");
            looked.Release();
            written.Wait(Now);
            return Tuple.Create(before, database.Number("SELECT sum(requests) FROM rollups WHERE span = 86400 AND dimension = 0"));
        }, Now);
        await looked.WaitAsync(Now);
        await FillAsync(store, 5, 10);
        written.Release();

        Assert.Equal(Tuple.Create<long?, long?>(10, 10), await query);
        Assert.Equal(15, (await store.ReportAsync(Now)).Rows);
    }

    [Fact]
    public async Task An_export_goes_on_behind_a_stretch_in_which_nothing_fits()
    {
        await using ActivityStore store = Open();
        for (int i = 0; i < 20_500; i++)
        {
            store.Add(Samples.Entry(i) with { Outcome = i is 3 or 20_400 or 20_401 ? RequestOutcome.Failed : RequestOutcome.Ok });
            if (i % 5_000 == 0) await store.ReportAsync(Now);
        }

        List<string> found = [];
        for (long? after = 0; after is not null;)
        {
            RequestPart part = (await store.ReadAsync(database => RequestSearch.Part(database, new RequestFilter { Outcome = RequestOutcome.Failed }, after.Value, 2), Now))!;
            found.AddRange(part.Entries.Select(entry => entry.Id));
            after = part.After;
        }

        Assert.Equal([Samples.Entry(3).Id, Samples.Entry(20_400).Id, Samples.Entry(20_401).Id], found);
    }

    [Fact]
    public async Task Pages_have_no_gaps_and_no_repetitions_while_rows_arrive()
    {
        await using ActivityStore store = Open();
        await FillAsync(store, 1_000);
        List<string> seen = [];
        string? cursor = null;
        do
        {
            RequestPage page = (await store.ReadAsync(database => RequestSearch.List(database, new RequestFilter(), 70, cursor), Now))!;
            seen.AddRange(page.Requests.Select(entry => entry.Id));
            cursor = page.Next;
            await FillAsync(store, 3, 10_000 + seen.Count);
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 1_000).Reverse().Select(i => Samples.Entry(i).Id), seen);
    }

    [Theory]
    [InlineData("account", "b@x.com:2")]
    [InlineData("model", "gpt-b")]
    [InlineData("outcome", "failed")]
    [InlineData("session", "session-3")]
    [InlineData("conversation", "conversation-3")]
    [InlineData("text", "SESSION-3")]
    [InlineData("text", "100% odd_")]
    [InlineData("from", "")]
    [InlineData("to", "")]
    [InlineData("nothing", "")]
    public async Task The_file_filters_as_memory_does(string member, string value)
    {
        RequestFilter filter = member switch
        {
            "account" => new() { Account = value },
            "model" => new() { Model = value },
            "outcome" => new() { Outcome = RequestOutcome.Failed },
            "session" => new() { Session = value },
            "conversation" => new() { Conversation = value },
            "text" => new() { Text = value },
            "from" => new() { From = Samples.At(40), Outcome = RequestOutcome.Failed },
            "to" => new() { To = Samples.At(40), Account = "b@x.com:2" },
            _ => new() { Session = "there is no such session", Outcome = RequestOutcome.Left },
        };
        RequestEntry[] entries = [.. Enumerable.Range(0, 200).Select(Samples.Varied)];
        await using ActivityStore store = Open();
        foreach (RequestEntry entry in entries) store.Add(entry);

        RequestPage page = (await store.ReadAsync(database => RequestSearch.List(database, filter, 500, null), Now))!;

        Assert.Equal(entries.Where(filter.Fits).Reverse().Select(entry => entry.Id), page.Requests.Select(entry => entry.Id));
        Assert.Equal(member != "nothing", page.Requests.Count > 0);
    }

    [Fact]
    public async Task Forgetting_leaves_nothing_in_the_file()
    {
        await using ActivityStore store = Open();
        store.Add(Samples.Entry(1) with { Project = "forget-me-not" });
        await store.ReportAsync(Now);

        await store.ClearAsync(Now);

        Assert.Equal((0, null), ((await store.ReportAsync(Now)).Rows, (await store.ReportAsync(Now)).Oldest));
        foreach (FileInfo file in _directory.EnumerateFiles())
            Assert.Equal(-1, (await ReadSharedAsync(file.FullName)).AsSpan().IndexOf("forget-me-not"u8));
        await FillAsync(store, 1);
        Assert.Equal(1, (await store.ReportAsync(Now)).Rows);
    }

    [Fact]
    public async Task A_killed_process_loses_at_most_its_last_second()
    {
        using Process worker = await AccountWorker.StartAsync("record", File);
        await worker.GoAsync();
        long written = 0;
        while (written < 3_000) written = long.Parse((await worker.StandardOutput.ReadLineAsync(Now))!, CultureInfo.InvariantCulture);
        worker.Kill();
        await worker.WaitForExitAsync(Now);
        // What it said before it died counts too.
        while (await worker.StandardOutput.ReadLineAsync(Now) is { } line) written = long.Parse(line, CultureInfo.InvariantCulture);

        await using ActivityStore store = Open();
        await FillAsync(store, 1, 1_000_000);
        long rows = (await store.ReportAsync(Now)).Rows - 1;
        StatisticsReport all = (await store.ReadAsync(database => Statistics.Of(database, new StatisticsRange(null, Samples.At(2_000_000)), Dimension.None, PriceList.Default), Now))!;

        Assert.True(rows >= written, $"{rows} of {written}");
        Assert.Equal(rows + 1, all.Totals.Requests);
        Assert.Empty(_log.Lines);
    }

    private ActivityStore Open() => new(File, TimeProvider.System, _log);

    private static async Task FillAsync(ActivityStore store, int count, int first = 0)
    {
        for (int i = first; i < first + count; i++) store.Add(Samples.Entry(i));
        await store.ReadAsync(database => "", Now);
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy, Now);
        return copy.ToArray();
    }
}
