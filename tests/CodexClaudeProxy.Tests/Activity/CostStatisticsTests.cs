using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>
/// What requests would have cost: the same from rows and from rollups, and with the prices of today. Two requests to gpt-5.5 cost
/// 2,000 × 5 + 8,000 × 0.50 + 500 × 30 = 0.029 dollars each, one to gpt-5.4 1,000 × 2.50 + 100 × 15 = 0.004, and of the fourth nobody knows.
/// </summary>
public sealed class CostStatisticsTests : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-costs-");
    private ActivityStore _store;

    public CostStatisticsTests() => _store = Open();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_directory.FullName, "activity.db");

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static RequestEntry[] Four =>
    [
        Samples.Entry(1) with { Account = "a", UserAgent = "claude-cli/2.1.330 (external, cli)", UpstreamModel = "gpt-5.5", Tokens = new RequestTokens(2_000, 8_000, 0, 500, 0, false) },
        Samples.Entry(2) with { Account = "b", UserAgent = "claude-cli/2.1.331 (external, cli)", UpstreamModel = "gpt-5.5", Tokens = new RequestTokens(2_000, 8_000, 0, 500, 0, false) },
        Samples.Entry(3) with { Account = "a", UserAgent = "opencode/1.4.2", UpstreamModel = "gpt-5.4", Tokens = new RequestTokens(1_000, 0, 0, 100, 0, false), SideCall = "title" },
        Samples.Entry(4) with { Account = "b", UpstreamModel = "mystery", Tokens = new RequestTokens(10, 20, 0, 5, 0, false) },
        Samples.Entry(5) with { Account = "b", UpstreamModel = "gpt-5.5", Outcome = RequestOutcome.Failed, ErrorType = "api_error" },
    ];

    [Theory]
    [InlineData(24)]
    [InlineData(48)]
    [InlineData(24 * 60)]
    public async Task Rows_hours_and_days_cost_the_same(int hours)
    {
        Add(Four);

        StatisticsReport byAccount = await OfAsync(hours, Dimension.Account, stacked: 1);

        AssertCost(0.062, 35, byAccount.Totals);
        AssertCost(0.033, 0, GroupOf(byAccount, "a"));
        AssertCost(0.029, 35, GroupOf(byAccount, "b"));
        AssertCost(0.058, 0, GroupOf(await OfAsync(hours, Dimension.Model), "gpt-5.5"));
        AssertCost(null, 35, GroupOf(await OfAsync(hours, Dimension.Model), "mystery"));
        AssertCost(0.004, 0, GroupOf(await OfAsync(hours, Dimension.SideCall), "title"));
        Assert.Equal(0.062, Math.Round(byAccount.Series.Sum(point => point.Tally.Cost.Usd ?? 0), 9));
        Assert.Equal(
            [("gpt-5.4", false, 2.5, 1_100), ("gpt-5.5", false, 5.0, 21_000), ("mystery", false, null, 35)],
            byAccount.CostLines.Select(line => (line.Model!, line.IsLong, line.Price?.Input, line.Tokens.All)).Order());
    }

    [Theory]
    [InlineData(24)]
    [InlineData(48)]
    [InlineData(24 * 60)]
    public async Task All_versions_of_a_client_are_one_group(int hours)
    {
        Add(Four);

        StatisticsReport report = await OfAsync(hours, Dimension.Client, stacked: 12);

        Assert.Equal([("", 2L), ("Claude Code", 2), ("opencode", 1)], report.Groups.Select(group => (group.Key ?? "", group.Tally.Requests)).Order());
        AssertCost(0.058, 0, GroupOf(report, "Claude Code"));
        Assert.Equal(2, report.Groups.Single(group => group.Key == "Claude Code").Series!.Sum(point => point.Requests));
    }

    [Fact]
    public async Task Only_the_first_groups_have_a_series_and_it_has_the_points_of_the_whole()
    {
        Add(Four);

        StatisticsReport report = await OfAsync(48, Dimension.Account, stacked: 1);

        Assert.Equal("b", report.Groups[0].Key);
        Assert.Equal(report.Series.Count, report.Groups[0].Series!.Count);
        Assert.Equal(0.029, Math.Round(report.Groups[0].Series!.Sum(point => point.Cost.Usd ?? 0), 9));
        Assert.Null(report.Groups[1].Series);
    }

    [Fact]
    public async Task The_time_before_has_a_cost_too()
    {
        Add(Four);

        StatisticsReport report = (await _store.ReadAsync(database => Statistics.Of(database, new StatisticsRange(Samples.At(3), Samples.At(6)), Dimension.None, PriceList.Default), Now))!;

        AssertCost(0.004, 35, report.Totals);
        AssertCost(0.058, 0, report.Previous!);
    }

    [Fact]
    public async Task A_long_request_is_dearer_also_in_the_sums()
    {
        // 300,000 × 10 + 1,000 × 45, and 1,000 × 5.
        Add(Samples.Entry(1) with { UpstreamModel = "gpt-5.5", Tokens = new RequestTokens(300_000, 0, 0, 1_000, 0, false) }, Samples.Entry(2) with { UpstreamModel = "gpt-5.5", Tokens = new RequestTokens(1_000, 0, 0, 0, 0, false) });

        foreach (int hours in (int[])[24, 48, 24 * 60]) AssertCost(3.05, 0, (await OfAsync(hours, Dimension.None)).Totals);
    }

    [Theory]
    [InlineData(0, 7, 23)]
    [InlineData(60, 1, 0)]
    [InlineData(-30, 7, 22)]
    [InlineData(330, 1, 4)]
    public async Task Hours_of_the_week_are_the_callers(int offsetMinutes, int weekday, int hour)
    {
        DateTimeOffset sunday = new(2026, 11, 29, 23, 10, 0, TimeSpan.Zero);
        Add(Four[0] with { Received = sunday, Ended = sunday });

        HoursReport report = (await _store.ReadAsync(database => Statistics.Hours(database, new StatisticsRange(sunday.AddDays(-3), sunday.AddHours(1)), offsetMinutes, PriceList.Default), Now))!;

        Tally found = report.Hours[(weekday - 1) * 24 + hour];
        Assert.Equal((168, 1, 1), (report.Hours.Count, report.Hours.Sum(each => each.Requests), found.Requests));
        AssertCost(0.029, 0, found);
    }

    /// <summary>Nothing but requests and rollups is in the file of a version that knew no prices and did not group by client.</summary>
    [Fact]
    public async Task A_file_from_before_is_priced_as_well()
    {
        Add(Four);
        await _store.DisposeAsync();
        using (Database database = Database.Open(File, create: false, TimeSpan.Zero)) database.Execute("DROP INDEX requests_key; ALTER TABLE requests DROP COLUMN access_key; DROP TABLE tokens; DELETE FROM rollups WHERE dimension = 8; PRAGMA user_version = 2");
        _store = Open();

        foreach (int hours in (int[])[24, 48, 24 * 60])
        {
            AssertCost(0.062, 35, (await OfAsync(hours, Dimension.None)).Totals);
            AssertCost(0.029, 35, GroupOf(await OfAsync(hours, Dimension.Account), "b"));
            StatisticsReport byClient = await OfAsync(hours, Dimension.Client);
            Assert.Equal(2, GroupOf(byClient, "Claude Code").Requests);
            AssertCost(0.058, 0, GroupOf(byClient, "Claude Code"));
        }
    }

    /// <summary>Of old sums it is not known any more which model each account's tokens were for.</summary>
    [Fact]
    public async Task What_is_only_kept_as_a_sum_is_unpriced_not_free()
    {
        Add(Four);
        await _store.DisposeAsync();
        using (Database database = Database.Open(File, create: false, TimeSpan.Zero)) database.Execute("DROP INDEX requests_key; ALTER TABLE requests DROP COLUMN access_key; DELETE FROM requests; DROP TABLE tokens; PRAGMA user_version = 2");
        _store = Open();

        StatisticsReport report = await OfAsync(24 * 60, Dimension.Account);

        AssertCost(0.062, 35, report.Totals);
        AssertCost(null, 10_500 + 1_100, GroupOf(report, "a"));
    }

    /// <summary>b has more requests, a costs more: which of them comes first also says which has a series.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(48)]
    public async Task Groups_come_in_the_order_that_was_asked_for(int hours)
    {
        Add(Four);

        Assert.Equal(["b", "a"], (await OfAsync(hours, Dimension.Account, stacked: 1)).Groups.Select(group => group.Key));
        IReadOnlyList<GroupReport> dearest = (await OfAsync(hours, Dimension.Account, stacked: 1, order: tally => tally.Cost.Usd ?? -1)).Groups;
        Assert.Equal([("a", true), ("b", false)], dearest.Select(group => (group.Key, group.Series is not null)));
    }

    private void Add(params RequestEntry[] entries)
    {
        foreach (RequestEntry entry in entries) _store.Add(entry);
    }

    private ActivityStore Open() => new(File, TimeProvider.System, new TestLog());

    private static Tally GroupOf(StatisticsReport report, string key) => report.Groups.Single(group => group.Key == key).Tally;

    private static void AssertCost(double? usd, long unpriced, Tally tally) =>
        Assert.Equal((usd, unpriced), (tally.Cost.Usd is { } cost ? Math.Round(cost, 9) : null, tally.Cost.UnpricedTokens));

    private async Task<StatisticsReport> OfAsync(int hours, object by, int stacked = 0, Func<Tally, double>? order = null)
    {
        DateTimeOffset to = Samples.At(3_600);
        return (await _store.ReadAsync(database => Statistics.Of(database, new StatisticsRange(to.AddHours(-hours), to), (Dimension)by, PriceList.Default, stacked, order), Now))!;
    }
}
