using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts;

/// <summary>An account's windows as JSON for the outside: the plan's and those of single models, each with its pace.</summary>
internal sealed class QuotaReport(AccountPool pool, TimeProvider time)
{
    /// <summary>Writes the members <c>plan</c>, <c>credits</c> and <c>windows</c> into the object that is open.</summary>
    /// <param name="withHistory">Also how each window filled up.</param>
    public void WriteMembers(Utf8JsonWriter json, Account account, bool withHistory)
    {
        RateLimits? limits = pool.LimitsOf(account);
        json.WriteString("plan"u8, pool.PlanOf(account));
        json.WritePropertyName("credits"u8);
        WriteCredits(json, limits?.Credits);
        json.WritePropertyName("windows"u8);
        WriteWindows(json, account, limits, withHistory);
    }

    public void WriteWindows(Utf8JsonWriter json, Account account, RateLimits? limits, bool withHistory)
    {
        json.WriteStartArray();
        foreach (RateLimitWindow window in limits?.Windows ?? []) WriteWindow(json, account, null, window, withHistory);
        foreach (LimitFamily family in limits?.Families ?? [])
        {
            foreach (RateLimitWindow window in family.Windows) WriteWindow(json, account, family, window, withHistory);
        }

        json.WriteEndArray();
    }

    /// <summary>A window's length as people say it: <c>5h</c>, <c>7d</c>, <c>90m</c>.</summary>
    public static string NameOf(TimeSpan length)
    {
        (double number, string unit) = length.TotalDays >= 1 && length.Ticks % TimeSpan.TicksPerDay == 0 ? (length.TotalDays, "d")
            : length.Ticks % TimeSpan.TicksPerHour == 0 ? (length.TotalHours, "h")
            : (Math.Round(length.TotalMinutes), "m");
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }

    private void WriteWindow(Utf8JsonWriter json, Account account, LimitFamily? family, RateLimitWindow window, bool withHistory)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, NameOf(window.Length));
        json.WriteString("limit"u8, family?.Name ?? family?.Id);
        json.WriteString("model"u8, family?.Model);
        json.WriteNumber("windowSeconds"u8, (long)window.Length.TotalSeconds);
        json.WriteNumber("usedPercent"u8, window.UsedPercent);
        json.WriteNumber("leftPercent"u8, Math.Clamp(Math.Round(100 - window.UsedPercent, 2), 0, 100));
        Times.Write(json, "resetsAt", window.ResetsAt);
        json.WritePropertyName("pace"u8);
        WritePace(json, Pace.Of(window, time.GetUtcNow()));
        if (withHistory) WriteHistory(json, pool.HistoryOf(account, family?.Id ?? "", window.Length));
        json.WriteEndObject();
    }

    private static void WritePace(Utf8JsonWriter json, Pace? pace)
    {
        if (pace is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("percentPerHour"u8, Math.Round(pace.PercentPerHour, 2));
        json.WriteNumber("usedAtReset"u8, Math.Round(pace.UsedAtReset, 1));
        json.WriteBoolean("lastsUntilReset"u8, pace.LastsUntilReset);
        Times.Write(json, "emptyAt", pace.LastsUntilReset ? null : pace.EmptyAt);
        json.WriteEndObject();
    }

    private static void WriteHistory(Utf8JsonWriter json, IReadOnlyList<UsageSample> samples)
    {
        json.WriteStartArray("history"u8);
        foreach (UsageSample sample in samples)
        {
            json.WriteStartObject();
            json.WriteString("at"u8, Times.Iso(sample.At));
            json.WriteNumber("usedPercent"u8, sample.UsedPercent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCredits(Utf8JsonWriter json, PlanCredits? credits)
    {
        if (credits is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteBoolean("hasCredits"u8, credits.HasCredits);
        json.WriteBoolean("unlimited"u8, credits.Unlimited);
        json.WriteString("balance"u8, credits.Balance);
        json.WriteEndObject();
    }
}
