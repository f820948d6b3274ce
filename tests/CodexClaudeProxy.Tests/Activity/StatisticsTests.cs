using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>What the requests of a time add up to, from rows and from rollups.</summary>
public sealed class StatisticsTests : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-statistics-");
    private readonly ActivityStore _store;

    public StatisticsTests() => _store = new ActivityStore(Path.Combine(_directory.FullName, "activity.db"), TimeProvider.System, new TestLog());

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(24, 900, 96)]
    [InlineData(7 * 24, 3_600, 169)]
    [InlineData(30 * 24, 14_400, 181)]
    [InlineData(90 * 24, 86_400, 91)]
    public async Task Every_length_gives_the_same_sums(int hours, int bucketSeconds, int points)
    {
        RequestEntry[] entries = [.. Enumerable.Range(0, 700).Select(Samples.Varied)];
        foreach (RequestEntry entry in entries) _store.Add(entry);
        DateTimeOffset to = Samples.At(1_800);

        StatisticsReport report = await OfAsync(to.AddHours(-hours), to, Dimension.Account);

        Assert.Equal((bucketSeconds, points), (report.BucketSeconds, report.Series.Count));
        Assert.Equal((700, 100, 0, 600, 6_000, 18_000, 3_000), (report.Totals.Requests, report.Totals.Failed, report.Totals.Left, report.Totals.Measured, report.Totals.Fresh, report.Totals.Cached, report.Totals.Output));
        Assert.Equal(0.75, report.Totals.CacheHitRate);
        Assert.Equal(700, report.Series.Sum(point => point.Tally.Requests));
        Assert.Equal([("a@x.com:1", 350L), ("b@x.com:2", 350L)], report.Groups.Select(group => (group.Key!, group.Tally.Requests)).Order());
        Assert.InRange(report.Totals.FirstToken.Percentile(0.5)!.Value, 430, 475);
        Assert.InRange(report.Totals.Total.Percentile(0.95)!.Value, 1_590, 1_740);
        Assert.Equal(Samples.At(0), report.Since);
        Assert.Null(report.Previous);
    }

    [Fact]
    public async Task The_time_before_is_compared_with()
    {
        foreach (int i in Enumerable.Range(0, 100)) _store.Add(Samples.Entry(i));

        StatisticsReport report = await OfAsync(Samples.At(60), Samples.At(120), Dimension.None);

        Assert.Equal((40, 60), (report.Totals.Requests, report.Previous!.Requests));
    }

    [Fact]
    public async Task What_was_never_measured_is_not_zero()
    {
        _store.Add(Samples.Entry(1));
        _store.Add(Samples.Entry(2) with { ErrorType = "api_error", Outcome = RequestOutcome.Failed });

        StatisticsReport report = await OfAsync(Samples.At(0), Samples.At(60), Dimension.ErrorType);

        Assert.True(report.Totals.IsUnmeasured);
        Assert.Null(report.Totals.CacheHitRate);
        Assert.Null(report.Totals.FirstToken.Percentile(0.5));
        Assert.Equal(("api_error", 1), (report.Groups.Single().Key, report.Groups.Single().Tally.Requests));
        Assert.False(new Tally().IsUnmeasured);
    }

    [Theory]
    [InlineData(Dimension.Model)]
    [InlineData(Dimension.Session)]
    [InlineData(Dimension.Project)]
    [InlineData(Dimension.ErrorType)]
    [InlineData(Dimension.RequestedModel)]
    public async Task Groups_are_the_same_from_rows_and_from_rollups(object by)
    {
        foreach (RequestEntry entry in Enumerable.Range(0, 300).Select(Samples.Varied)) _store.Add(entry);
        DateTimeOffset to = Samples.At(3_600);

        StatisticsReport rows = await OfAsync(to.AddHours(-24), to, (Dimension)by);
        StatisticsReport hours = await OfAsync(to.AddHours(-48), to, (Dimension)by);
        StatisticsReport days = await OfAsync(to.AddDays(-60), to, (Dimension)by);

        string expected = Text(rows);
        Assert.NotEqual("", expected);
        Assert.Equal(expected, Text(hours));
        Assert.Equal(expected, Text(days));

        static string Text(StatisticsReport report) => string.Join('\n', report.Groups
            .Select(group => $"{group.Key ?? "unknown"} {group.Tally.Requests} {group.Tally.Failed} {group.Tally.Output} {group.Tally.Total.Percentile(0.5)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_histogram_is_off_by_five_per_cent_at_most_and_comes_back_from_its_bytes()
    {
        var random = new Random(7);
        int[] times = [.. Enumerable.Range(0, 5_000).Select(_ => (int)Math.Exp(random.NextDouble() * 16)).Order()];
        var histogram = new Histogram();
        foreach (int time in times) histogram.Add(time);
        var twice = new Histogram();
        twice.Read(histogram.Write());
        twice.Add(histogram);

        foreach (double part in new[] { 0.05, 0.5, 0.95, 0.99, 1 })
        {
            double exact = times[(int)Math.Ceiling(part * times.Length) - 1];
            Assert.InRange(histogram.Percentile(part)!.Value, exact * 0.95 - 1, exact * 1.05 + 1);
            Assert.Equal(histogram.Percentile(part), twice.Percentile(part));
        }

        Assert.Null(new Histogram().Percentile(0.5));
        new Histogram().Read("\u00ff\u00ff garbage"u8);
        Assert.InRange(histogram.Write().Length, 100, 700);
    }

    private async Task<StatisticsReport> OfAsync(DateTimeOffset from, DateTimeOffset to, object by) =>
        (await _store.ReadAsync(database => Statistics.Of(database, new StatisticsRange(from, to), (Dimension)by, PriceList.Default), Now))!;
}
