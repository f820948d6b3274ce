using System.Globalization;
using System.Text;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What a metrics collector reads: counts since the start of the program, and how things stand now.</summary>
/// <param name="showsAccounts">Whether the accounts may be told, by label or e-mail address.</param>
internal sealed class MetricsEndpoint(Counters counters, RequestLog requests, AccountStore accounts, AccountPool pool, Func<bool> showsAccounts)
{
    private const string Prefix = "codex_claude_proxy_";

    public required TimeProvider Time { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required Func<long> Lost { get; init; }

    public void MapTo(Routes routes) => routes.Get("/metrics", WriteAsync);

    private async Task WriteAsync(HttpContext http)
    {
        var text = new MetricsText();
        (IReadOnlyList<Counters.Series> series, Counters.Durations firstToken, Counters.Durations total) = counters.Read();
        bool named = showsAccounts();
        WriteRequests(text, series, named);
        WriteTokens(text, series, named);
        WriteDurations(text, "first_token_seconds", "From a request to the first part of its answer.", firstToken);
        WriteDurations(text, "request_seconds", "From a request to the end of its answer.", total);
        if (named) WriteWindows(text);
        Write(text, Prefix + "requests_in_flight", "gauge", "Requests being answered.", requests.Running);
        Write(text, Prefix + "statistics_lost_total", "counter", "Requests that could not be stored in the statistics.", Lost());
        Write(text, Prefix + "uptime_seconds", "gauge", "Time since the program started.", Math.Round((Time.GetUtcNow() - Started).TotalSeconds));
        Write(text, "process_start_time_seconds", "gauge", "Start of the program, in seconds since 1970.", Started.ToUnixTimeSeconds());
        Write(text, "process_resident_memory_bytes", "gauge", "Memory of the program in RAM.", Environment.WorkingSet);
        text.Describe(Prefix + "build_info", "gauge", "The program's version.");
        text.Sample(Prefix + "build_info", 1, ("version", ProductVersion.Text));

        http.Response.ContentType = MetricsText.ContentType;
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), http.RequestAborted);
    }

    private void WriteRequests(MetricsText text, IReadOnlyList<Counters.Series> series, bool named)
    {
        const string name = Prefix + "requests_total";
        text.Describe(name, "counter", "Finished requests, by how they ended.");
        foreach ((string? model, string? account, IEnumerable<Counters.Series> parts) in Grouped(series, named))
        {
            text.Sample(name, parts.Sum(part => part.Ok), ("outcome", "ok"), ("model", model), ("account", account));
            text.Sample(name, parts.Sum(part => part.Failed), ("outcome", "failed"), ("model", model), ("account", account));
            text.Sample(name, parts.Sum(part => part.Left), ("outcome", "left"), ("model", model), ("account", account));
        }
    }

    private void WriteTokens(MetricsText text, IReadOnlyList<Counters.Series> series, bool named)
    {
        const string name = Prefix + "tokens_total";
        text.Describe(name, "counter", "Tokens; reasoning is a part of output.");
        foreach ((string? model, string? account, IEnumerable<Counters.Series> parts) in Grouped(series, named))
        {
            text.Sample(name, parts.Sum(part => part.Fresh), ("kind", "fresh"), ("model", model), ("account", account));
            text.Sample(name, parts.Sum(part => part.Cached), ("kind", "cached"), ("model", model), ("account", account));
            text.Sample(name, parts.Sum(part => part.Written), ("kind", "written"), ("model", model), ("account", account));
            text.Sample(name, parts.Sum(part => part.Output), ("kind", "output"), ("model", model), ("account", account));
            text.Sample(name, parts.Sum(part => part.Reasoning), ("kind", "reasoning"), ("model", model), ("account", account));
        }
    }

    private static void WriteDurations(MetricsText text, string name, string help, Counters.Durations durations)
    {
        name = Prefix + name;
        text.Describe(name, "histogram", help);
        long sum = 0;
        for (int i = 0; i < durations.Counts.Length; i++)
        {
            sum += durations.Counts[i];
            text.Sample(name + "_bucket", sum, ("le", i < Counters.Seconds.Length ? Counters.Seconds[i].ToString(CultureInfo.InvariantCulture) : "+Inf"));
        }

        text.Sample(name + "_sum", durations.SumSeconds);
        text.Sample(name + "_count", sum);
    }

    private void WriteWindows(MetricsText text)
    {
        DateTimeOffset now = Time.GetUtcNow();
        var windows = accounts.Read().All
            .SelectMany(account => WindowsOf(pool.LimitsOf(account)).Select(window => (Account: NameOf(account.Key), window.Limit, Window: window.Window.At(now))))
            .DistinctBy(entry => (entry.Account, entry.Limit, entry.Window.Length)).ToList();

        text.Describe(Prefix + "account_window_used_percent", "gauge", "How much of an account's quota window is used.");
        foreach ((string? account, string? limit, RateLimitWindow window) in windows)
            text.Sample(Prefix + "account_window_used_percent", window.UsedPercent, ("account", account), ("window", WindowName.Of(window.Length)), ("limit", limit));

        text.Describe(Prefix + "account_window_resets_at_seconds", "gauge", "When the quota window resets, in seconds since 1970.");
        foreach ((string? account, string? limit, RateLimitWindow window) in windows.Where(entry => entry.Window.ResetsAt is not null))
            text.Sample(Prefix + "account_window_resets_at_seconds", window.ResetsAt!.Value.ToUnixTimeSeconds(), ("account", account), ("window", WindowName.Of(window.Length)), ("limit", limit));
    }

    /// <summary>The account's own windows, and those of the models that have a limit to themselves.</summary>
    private static IEnumerable<(string? Limit, RateLimitWindow Window)> WindowsOf(RateLimits? limits)
    {
        foreach (RateLimitWindow window in limits?.Windows ?? []) yield return (null, window);
        foreach (LimitFamily family in limits?.Families ?? [])
        {
            foreach (RateLimitWindow window in family.Windows) yield return (family.Label, window);
        }
    }

    /// <summary>One line for each pair of labels, also when two accounts have one name, or none may be told.</summary>
    private IEnumerable<(string? Model, string? Account, IEnumerable<Counters.Series> Parts)> Grouped(IReadOnlyList<Counters.Series> series, bool named) =>
        series.GroupBy(part => (part.Model, Account: named && part.Account is { } key ? NameOf(key) : null)).Select(group => (group.Key.Model, group.Key.Account, group.AsEnumerable()));

    /// <summary>The owner's label, else the e-mail address; the whole key where that would stand for two accounts.</summary>
    private string NameOf(string key)
    {
        IReadOnlyList<Account> all = accounts.Read().All;
        Account? account = all.FirstOrDefault(one => one.Key == key);
        if (account is null) return key;
        string name = account.Label ?? account.Email;
        return all.Count(other => (other.Label ?? other.Email) == name) == 1 ? name : key;
    }

    private static void Write(MetricsText text, string name, string type, string help, double value)
    {
        text.Describe(name, type, help);
        text.Sample(name, value);
    }
}
