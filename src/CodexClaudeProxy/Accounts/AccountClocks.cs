using System.Text.Json;

namespace CodexClaudeProxy.Accounts;

/// <summary>
/// When an account may be used again. Two clocks that know nothing of each other: <em>exhausted</em> until a quota window is reset,
/// and <em>cooling down</em> for a moment after a fault; each for the whole account (model null) or for one model.
/// Not safe for several threads; the pool guards it.
/// </summary>
internal sealed class AccountClocks
{
    private readonly Dictionary<Scope, Clock> _exhausted = [];
    private readonly Dictionary<Scope, Clock> _cooling = [];

    /// <summary>The latest word counts: a window's end is told anew with every refusal.</summary>
    public void Exhaust(string account, string? model, DateTimeOffset until) => _exhausted[new Scope(account, model)] = new Clock(until, null);

    /// <summary>The later end counts: a second fault does not shorten the rest.</summary>
    public void Cool(string account, string? model, DateTimeOffset until, string reason)
    {
        Scope scope = new(account, model);
        if (!_cooling.TryGetValue(scope, out Clock clock) || clock.Until < until) _cooling[scope] = new Clock(until, reason);
    }

    /// <summary>The backend says that the account may be used: true when that is news.</summary>
    public bool Restore(string account)
    {
        Scope[] known = [.. _exhausted.Keys.Where(scope => scope.Account == account)];
        foreach (Scope scope in known) _exhausted.Remove(scope);
        return known.Length > 0;
    }

    public DateTimeOffset? ExhaustedUntil(string account, string model, DateTimeOffset now) => Latest(_exhausted, account, model, now)?.Until;

    public (DateTimeOffset Until, string? Reason)? CoolingUntil(string account, string model, DateTimeOffset now) =>
        Latest(_cooling, account, model, now) is { } clock ? (clock.Until, clock.Reason) : null;

    /// <summary>Every clock of the account that still runs, for reports.</summary>
    public IEnumerable<RunningClock> Running(string account, DateTimeOffset now) =>
        All(now).Where(clock => clock.Account == account);

    public void Write(Utf8JsonWriter writer, DateTimeOffset now)
    {
        writer.WriteStartArray();
        foreach (RunningClock clock in All(now))
        {
            writer.WriteStartObject();
            writer.WriteString("account"u8, clock.Account);
            if (clock.Model is not null) writer.WriteString("model"u8, clock.Model);
            writer.WriteString(clock.Exhausted ? "exhaustedUntil"u8 : "coolingUntil"u8, Times.Iso(clock.Until));
            if (clock.Reason is not null) writer.WriteString("reason"u8, clock.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public void Read(JsonElement stored)
    {
        if (stored.ValueKind != JsonValueKind.Array) return;
        foreach (JsonElement clock in stored.EnumerateArray())
        {
            if (clock.Text("account") is not { } account) continue;
            if (clock.Time("exhaustedUntil") is { } exhausted) Exhaust(account, clock.Text("model"), exhausted);
            if (clock.Time("coolingUntil") is { } cooling) Cool(account, clock.Text("model"), cooling, clock.Text("reason") ?? "unknown");
        }
    }

    private IEnumerable<RunningClock> All(DateTimeOffset now) =>
        _exhausted.Select(entry => new RunningClock(entry.Key.Account, entry.Key.Model, true, entry.Value.Until, null))
            .Concat(_cooling.Select(entry => new RunningClock(entry.Key.Account, entry.Key.Model, false, entry.Value.Until, entry.Value.Reason)))
            .Where(clock => clock.Until > now);

    private static Clock? Latest(Dictionary<Scope, Clock> clocks, string account, string model, DateTimeOffset now)
    {
        Clock? whole = Running(clocks, new Scope(account, null), now);
        Clock? part = Running(clocks, new Scope(account, model), now);
        return whole?.Until > part?.Until ? whole : part ?? whole;
    }

    private static Clock? Running(Dictionary<Scope, Clock> clocks, Scope scope, DateTimeOffset now)
    {
        if (!clocks.TryGetValue(scope, out Clock clock)) return null;
        if (clock.Until > now) return clock;
        clocks.Remove(scope);
        return null;
    }

    private readonly record struct Scope(string Account, string? Model);

    private readonly record struct Clock(DateTimeOffset Until, string? Reason);
}

/// <summary>One clock of one account that has not run down.</summary>
/// <param name="Model">Null for the whole account.</param>
internal readonly record struct RunningClock(string Account, string? Model, bool Exhausted, DateTimeOffset Until, string? Reason);
