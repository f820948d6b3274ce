using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>What holds after any sequence of reports, changes, restarts and waits, in every strategy.</summary>
public sealed class SelectionProperties
{
    private static readonly string[] Models = ["gpt", "gpt-mini", "gpt-5.3-codex-spark"];
    private static readonly HashSet<string> NothingTried = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Nobody_gets_an_account_that_cannot_serve_and_nobody_moves_without_need(int seed)
    {
        Random random = new(seed);
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        using AccountFixture fixture = new(time);
        for (int i = 0; i < 4; i++) await fixture.AddAsync($"{(char)('a' + i)}@x.com", $"{i}", time.GetUtcNow().AddYears(1));
        AccountPool pool = NewPool(fixture, random);
        Dictionary<string, string> homes = [];
        int moves = 0, refusals = 0, lastResorts = 0;

        for (int step = 0; step < 1500; step++)
        {
            Account[] accounts = [.. fixture.Store.Read().All];
            Account any = accounts[random.Next(accounts.Length)];
            switch (random.Next(14))
            {
                case 0:
                    pool.ReportExhausted(any.Key, OneOf(random, null, "gpt", "gpt-mini"), OneOf(random, (DateTimeOffset?)null, time.GetUtcNow().AddMinutes(random.Next(1, 300))));
                    break;
                case 1:
                    pool.ReportCooldown(any.Key, OneOf(random, null, "gpt-mini"), time.GetUtcNow().AddSeconds(random.Next(1, 600)), "r", isFault: random.Next(2) == 0);
                    break;
                case 2 or 3:
                    pool.ReportUsage(any.Key, RandomLimits(random, time.GetUtcNow()));
                    break;
                case 4:
                    pool.ReportFetched(any.Key, RandomLimits(random, time.GetUtcNow()), time.GetUtcNow());
                    break;
                case 5:
                    time.Advance(TimeSpan.FromMinutes(random.Next(1, 120)));
                    break;
                case 6 when random.Next(4) == 0:
                    await fixture.Store.UpdateAsync(document =>
                    {
                        AccountPreferences.SetEnabled(document, any, random.Next(3) > 0);
                        AccountPreferences.SetReserve(document, any, OneOf(random, 0, 0, 30));
                        AccountPreferences.SetReserve(document, any, TimeSpan.FromHours(5), OneOf(random, (int?)null, null, 20));
                        AccountPreferences.SetExcludedModels(document, any, random.Next(4) == 0 ? ["*-mini"] : []);
                        AccountPreferences.SetPriority(document, any, random.Next(3));
                        return true;
                    }, TestContext.Current.CancellationToken);
                    break;
                case 7 when random.Next(6) == 0:
                    pool.Save();
                    pool = NewPool(fixture, random);
                    pool.Load();
                    break;
                default:
                    Choose();
                    break;
            }
        }

        // The run was worth something.
        Assert.True(moves > 10 && refusals > 5 && lastResorts > 0, $"{moves} moves, {refusals} refusals, {lastResorts} last resorts");

        void Choose()
        {
            string model = Models[random.Next(Models.Length)];
            string? conversation = OneOf(random, null, $"c{random.Next(12)}", $"c{random.Next(12)}");
            Dictionary<string, Candidate> standing = pool.Judge(model).ToDictionary(candidate => candidate.Account.Key);
            string? home = conversation is null ? null : homes.GetValueOrDefault(conversation);

            Selection selection = pool.Select(conversation, model, NothingTried);

            bool someoneCan = standing.Values.Any(candidate => candidate.IsUsable);
            if (selection.Account is not { } chosen)
            {
                refusals++;
                Assert.False(someoneCan);
                return;
            }

            Candidate candidate = standing[chosen.Key];
            if (someoneCan) Assert.True(candidate.IsUsable, $"{chosen.Key} is {candidate.State} while another can serve");
            else Assert.True(candidate.IsLastResort || candidate.Skip == SkipReason.Reserved && home is not null, $"{chosen.Key} is {candidate.State}");
            if (!someoneCan) lastResorts++;

            if (home is not null && standing[home].IsUsable) Assert.Equal(home, chosen.Key);
            if (home is not null && home != chosen.Key) moves++;
            if (conversation is not null) homes[conversation] = chosen.Key;
        }
    }

    private static AccountPool NewPool(AccountFixture fixture, Random random) =>
        new(fixture.Store, fixture.Time, fixture.Logs.CreateLogger<AccountPool>()) { Strategy = (SelectionStrategy)random.Next(5) };

    private static RateLimits RandomLimits(Random random, DateTimeOffset now) => new([
        new RateLimitWindow(TimeSpan.FromHours(5), random.Next(101), now.AddMinutes(random.Next(1, 300))),
        new RateLimitWindow(TimeSpan.FromDays(7), random.Next(101), now.AddHours(random.Next(1, 168))),
    ])
    {
        LimitReached = random.Next(3) == 0,
        Families = random.Next(3) > 0 ? [] :
        [
            new LimitFamily("codex_bengalfox", "GPT-5.3-Codex-Spark", [new RateLimitWindow(TimeSpan.FromHours(5), OneOf(random, 10, 100), now.AddHours(1))]) { LimitReached = random.Next(2) == 0 },
        ],
    };

    private static T OneOf<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];
}
