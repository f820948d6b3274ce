using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>
/// How long the dashboard's queries take with very many requests in the file. Not one of the library's benchmarks: what counts is a
/// single query with a connection of its own, as the program asks it, and its slowest run.
/// </summary>
internal static class StatisticsMeasurement
{
    public const string Word = "statistics";

    private const int Runs = 15;
    private const int Days = 90;

    /// <param name="rows">How many requests, spread over 90 days.</param>
    /// <param name="directory">Where the file is made, or is from the last time.</param>
    public static async Task RunAsync(int rows, string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "activity.db");
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_795_600_000);
        await using var store = new ActivityStore(path, TimeProvider.System, NullLogger.Instance);
        if (!File.Exists(path)) await FillAsync(store, rows, now);
        StorageReport storage = await store.ReportAsync(default);
        Console.WriteLine($"{storage.Rows:N0} requests, {storage.Bytes / 1e6:N0} MB, {(double)storage.Bytes / storage.Rows:N0} bytes each");
        Console.WriteLine("| query | median, ms | slowest, ms |\n|---|---|---|");

        await MeasureListAsync("list: newest 50", new());
        await MeasureListAsync("list: one account", new() { Account = Account(3) });
        await MeasureListAsync("list: failed", new() { Outcome = RequestOutcome.Failed });
        await MeasureListAsync("list: failed, one model", new() { Outcome = RequestOutcome.Failed, Model = Model(2) });
        await MeasureListAsync("list: one old session", new() { Session = Session(rows / 10) });
        await MeasureListAsync("list: a day 60 days ago", new() { From = now.AddDays(-60), To = now.AddDays(-59), Account = Account(1) });
        await MeasureListAsync("list: text of many", new() { Text = "project-3" });
        await MeasureListAsync("list: text of none", new() { Text = "no such text" });
        RequestPage page = (await store.ReadAsync(database => RequestSearch.List(database, new(), 50, null), default))!;
        await MeasureAsync("one request", database => RequestSearch.Find(database, page.Requests[20].Id)!);
        foreach ((string name, DateTimeOffset? from) in new (string, DateTimeOffset?)[] { ("1 h", now.AddHours(-1)), ("24 h", now.AddDays(-1)), ("7 d", now.AddDays(-7)), ("30 d", now.AddDays(-30)), ("90 d", now.AddDays(-90)), ("all", null) })
        {
            foreach (Dimension by in new[] { Dimension.None, Dimension.Model, Dimension.Client, Dimension.Session })
                await MeasureAsync($"statistics: {name} by {by}", database => Statistics.Of(database, new StatisticsRange(from, now), by, PriceList.Default, stacked: 8));
        }

        await MeasureAsync("hours of the week: all", database => Statistics.Hours(database, new StatisticsRange(null, now), 60, PriceList.Default));
        await MeasureListAsync("list: one client", new() { Client = "Claude Code" });
        await MeasureAsync("turns of a session", database => RequestSearch.Turns(database, new RequestFilter { Session = Session(rows / 10) }, 2_000));
        await MeasureAsync("storage", database => $"{database.Number("SELECT count(*) FROM requests")}");

        Task MeasureListAsync(string name, RequestFilter filter) => MeasureAsync(name, database => RequestSearch.List(database, filter, 50, null));

        async Task MeasureAsync(string name, Func<Database, object> query)
        {
            var times = new List<double>();
            object? result = null;
            for (int i = 0; i < Runs; i++)
            {
                long start = Stopwatch.GetTimestamp();
                result = await store.ReadAsync(query, default);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            times.Sort();
            string note = result is RequestPage found ? $" ({found.Requests.Count} found{(found.Requests.Count < 50 && found.Next is not null ? ", goes on" : "")})" : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name}{note} | {times[Runs / 2]:0.0} | {times[^1]:0.0} |"));
        }
    }

    private static async Task FillAsync(ActivityStore store, int rows, DateTimeOffset now)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < rows; i++)
        {
            store.Add(Entry(i, now - TimeSpan.FromDays(Days) * ((double)(rows - i) / rows)));
            if (i % 5_000 == 4_999) await store.ReadAsync(_ => "", default);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"written in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s"));
    }

    /// <summary>Five accounts, six models, twelve projects, a session for every forty requests, one failure in fifty.</summary>
    private static RequestEntry Entry(int i, DateTimeOffset ended)
    {
        bool failed = i % 50 == 7;
        int random = (int)((uint)i * 2_654_435_761u >> 8);
        int total = 800 + random % 60_000;
        return new RequestEntry
        {
            Id = "req_" + i.ToString("D24", CultureInfo.InvariantCulture),
            Received = ended.AddMilliseconds(-total),
            Ended = ended,
            Path = "/v1/messages",
            UserAgent = $"claude-cli/2.1.{i / 100_000} (external, cli)",
            RequestedModel = $"claude-opus-{random % 4}",
            UpstreamModel = Model(random % 6),
            Lane = "opus",
            Effort = "high",
            Streamed = true,
            Account = Account(random % 5),
            Conversation = Session(i),
            Session = Session(i),
            Project = $"project-{i / 40 % 12}",
            Status = failed ? 500 : 200,
            Outcome = failed ? RequestOutcome.Failed : RequestOutcome.Ok,
            StopReason = failed ? null : "tool_use",
            ErrorType = failed ? "api_error" : null,
            ErrorMessage = failed ? "The upstream service had an error" : null,
            Attempts = 1,
            ConnectMs = 120,
            FirstEventMs = 300,
            FirstTokenMs = 600 + random % 5_000,
            TotalMs = total,
            Tokens = failed ? null : new RequestTokens(random % 9_000, 40_000 + random % 90_000, 0, random % 4_000, random % 1_000, false),
            Detail = """{"attempts":[{"account":"person@example.com:00000000-0000-0000-0000-000000000000","reason":"the conversation is there","startMs":2,"durationMs":5000,"failure":null,"decision":null}],"selections":[],"timeline":[{"name":"received","atMs":0}],"route":{"lane":"opus","reason":"the best model"}}"""u8.ToArray(),
        };
    }

    private static string Account(int i) => $"person{i}@example.com:00000000-0000-0000-0000-00000000000{i}";

    private static string Model(int i) => $"gpt-6-model-{i}";

    private static string Session(int i) => $"5e551000-0000-4000-8000-{i / 40:D12}";
}
