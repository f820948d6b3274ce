using System.Globalization;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Turns.Record;

namespace CodexClaudeProxy.Demo;

/// <summary>
/// Thirty days of requests that were never made, for the statistics to show something: a few developers on weekdays, little at the weekend,
/// nothing at night. The same for the same clock.
/// </summary>
/// <param name="accounts">Those that served; the first ones most.</param>
/// <param name="zone">Where it is day and night.</param>
internal sealed class SimulatedPast(IReadOnlyList<SimulatedAccount> accounts, TimeZoneInfo zone, DateTimeOffset now)
{
    private const int Seed = 20_261_130;
    private const int Days = 30;
    private const int SessionsOnWeekday = 12;
    private const int SessionsAtWeekend = 3;
    private const int Samples = 24;

    /// <summary>Attempts are remembered of the newest requests, and of those with several.</summary>
    private static readonly TimeSpan Detailed = TimeSpan.FromDays(1);

    /// <summary>The hours at which somebody begins to work on something.</summary>
    private static readonly int[] Hours = [8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 13, 14, 14, 14, 15, 15, 16, 16, 17, 18, 20, 21, 22];

    private readonly Random _random = new(Seed);
    private readonly string[] _accounts = [.. accounts.Where(account => !account.IsSignedOut && !account.IsDisabled).Select(account => Account.KeyOf(account.Email, account.Id))];

    /// <summary>How the windows filled up until now.</summary>
    public PoolState Windows() => new()
    {
        History =
        [
            .. from account in accounts
               from window in account.Windows
               select new KeptSeries(Account.KeyOf(account.Email, account.Id), null, window.Length.TotalSeconds, string.Join(' ', SamplesOf(window))),
        ],
    };

    /// <summary>A batch for each day, in the order in which the requests ended.</summary>
    public IEnumerable<RequestEntry[]> Requests() =>
        Sessions().SelectMany(static session => session).OrderBy(static entry => entry.Ended).GroupBy(static entry => entry.Ended.UtcDateTime.Date).Select(static day => day.ToArray());

    private IEnumerable<string> SamplesOf(SimulatedWindow window)
    {
        DateTimeOffset began = window.ResetsAt - window.Length;
        for (int i = 0; i <= Samples; i++)
        {
            double part = (double)i / Samples;
            // People do not work evenly.
            double used = window.UsedPercent * Math.Clamp(part + 0.06 * Math.Sin(i), 0, 1);
            yield return string.Create(CultureInfo.InvariantCulture, $"{(began + (now - began) * part).ToUnixTimeSeconds()}:{(i == Samples ? window.UsedPercent : used):0.##}");
        }
    }

    private IEnumerable<List<RequestEntry>> Sessions()
    {
        DateTime today = TimeZoneInfo.ConvertTime(now, zone).Date;
        for (int day = Days; day >= 0; day--)
        {
            DateTime date = today.AddDays(-day);
            int sessions = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? SessionsAtWeekend : SessionsOnWeekday;
            for (int i = 0; i < sessions; i++)
            {
                DateTime local = date.AddHours(Hours[_random.Next(Hours.Length)]).AddSeconds(_random.Next(3600));
                DateTimeOffset start = new DateTimeOffset(local, TimeSpan.Zero) - zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified));
                if (start < now) yield return Session(start.ToUniversalTime());
            }
        }

        // Also at night somebody looks at the demo.
        foreach (int minutes in (int[])[170, 52, 14]) yield return Session(now.AddMinutes(-minutes));
    }

    private List<RequestEntry> Session(DateTimeOffset start)
    {
        SimulatedHabit habit = SimulatedHabit.Pick(_random);
        SimulatedRoute route = habit.Routes[_random.Next(habit.Routes.Count)];
        string session = Letters(12);
        // Most goes to the first account, as with the strategy that is the default.
        int account = (int)(_accounts.Length * Math.Pow(_random.NextDouble(), 2));
        RequestEntry turn = new()
        {
            Id = "", Received = start, Ended = start, Path = habit.Path, UserAgent = habit.AgentAt(start, now), RequestedModel = route.Requested, UpstreamModel = route.Upstream,
            Lane = route.Lane, Effort = route.Effort, Streamed = true, Session = habit.HasSession ? $"simulated-{session}" : null, Conversation = $"simulated-{session}",
            Project = habit.HasSession ? SimulatedHabit.Projects[_random.Next(SimulatedHabit.Projects.Count)] : null,
        };
        List<RequestEntry> turns = [];
        if (habit.Title is { } title) Add(turns, Title(turn, title, start, _accounts[account]));

        int count = 4 + (int)(40 * Math.Pow(_random.NextDouble(), 2));
        long context = _random.Next(14_000, 26_000), known = 0;
        DateTimeOffset at = start.AddSeconds(2);
        for (int i = 0; i < count; i++)
        {
            bool failsOver = i > 0 && _random.NextDouble() < 0.006;
            string before = _accounts[account];
            if (failsOver) account = (account + 1) % _accounts.Length;
            RequestEntry entry = Turn(turn, at, context, failsOver || _random.NextDouble() < 0.04 ? 0 : known, _accounts[account], failsOver ? before : null);
            if (!Add(turns, entry)) break;
            known = entry.Tokens is null ? known : context;
            context += (entry.Tokens?.Output ?? 0) + _random.Next(300, 6_000);
            // The client sums up a long conversation and begins anew.
            if (context > 230_000) (context, known) = (_random.Next(20_000, 30_000), 0);
            at = entry.Ended.AddSeconds(_random.NextDouble() < 0.15 ? _random.Next(60, 400) : _random.Next(2, 30));
        }

        return turns;
    }

    /// <summary>False for what would end in the future.</summary>
    private bool Add(List<RequestEntry> turns, RequestEntry entry)
    {
        if (entry.Ended >= now) return false;
        turns.Add(entry);
        return true;
    }

    private RequestEntry Title(RequestEntry turn, SimulatedRoute route, DateTimeOffset at, string account) => turn with
    {
        Id = NewId(), Ended = at.AddMilliseconds(900), RequestedModel = route.Requested, UpstreamModel = route.Upstream, Lane = route.Lane, Effort = route.Effort, SideCall = "title",
        Account = account, Status = 200, StopReason = "end_turn", Attempts = 1, ConnectMs = 140, FirstEventMs = 310, FirstTokenMs = 620, TotalMs = 900,
        Tokens = new RequestTokens(_random.Next(300, 900), 0, 0, _random.Next(12, 30), 0, false), Detail = DetailOf(at, account, null, 900),
    };

    /// <param name="refused">The account that was tried first; null for none.</param>
    private RequestEntry Turn(RequestEntry turn, DateTimeOffset at, long input, long known, string account, string? refused)
    {
        long cached = known / 128 * 128, output = 40 + (long)(3_000 * Math.Pow(_random.NextDouble(), 3));
        int first = 500 + (int)(4_000 * Math.Pow(_random.NextDouble(), 2)) + (int)((input - cached) / 90), total = first + (int)(output * 13);
        RequestEntry entry = turn with
        {
            Id = NewId(), Received = at, Ended = at.AddMilliseconds(total), Account = account, Status = 200, StopReason = output % 4 == 0 ? "end_turn" : "tool_use",
            Attempts = refused is null ? 1 : 2, ConnectMs = 90 + first % 200, FirstEventMs = 240 + first % 400, FirstTokenMs = first, TotalMs = total,
            Tokens = new RequestTokens(input - cached, cached, 0, output, output / 3, false), Detail = DetailOf(at, account, refused, total),
        };
        double luck = _random.NextDouble();
        return luck < 0.013 ? Failed(entry, luck) : luck < 0.019 ? entry with { Outcome = RequestOutcome.Left, StopReason = null } : entry;
    }

    private static RequestEntry Failed(RequestEntry entry, double luck)
    {
        (int status, string type, string message) = luck switch
        {
            < 0.006 => (529, "overloaded_error", "Upstream is overloaded (simulated)"),
            < 0.010 => (500, "api_error", "Upstream ended the response with an error (simulated)"),
            _ => (429, "rate_limit_error", "The usage limit has been reached (simulated)"),
        };
        return entry with
        {
            Outcome = RequestOutcome.Failed, Status = status, ErrorType = type, ErrorMessage = message, StopReason = null, Tokens = null, FirstTokenMs = null, TotalMs = entry.ConnectMs!.Value,
            Ended = entry.Received.AddMilliseconds(entry.ConnectMs.Value),
        };
    }

    private ReadOnlyMemory<byte> DetailOf(DateTimeOffset at, string account, string? refused, int total)
    {
        if (refused is null && at < now - Detailed) return default;
        AttemptDetail served = new(account, refused is null ? "the conversation is on this account" : "the next usable account", refused is null ? 2 : 310, total, null, null, null);
        AttemptDetail[] attempts = refused is null ? [served] : [new(refused, "the conversation is on this account", 2, 300, "UsageLimit", "NextAccount", null), served];
        return new TurnDetail(attempts, [], [new TimelinePoint("received", 0), new TimelinePoint("sent", 2), new TimelinePoint("lastByte", total)], null, null).ToBytes();
    }

    /// <summary>An id is a number of 128 bits, so its first digits are zeros.</summary>
    private string NewId() => "req_000" + Letters(21);

    private string Letters(int count) => new(_random.GetItems("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".AsSpan(), count));
}
