using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What Claude Code tells a status line about its session; everything may be missing.</summary>
internal sealed record StatusInput(string? Session, string? Model, string? ModelName, double? CacheHit)
{
    public static StatusInput Read(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.TrimStart('\uFEFF'), JsonDepth.Document);
            JsonElement root = document.RootElement;
            JsonElement model = root.Member("model");
            JsonElement usage = root.Member("context_window").Member("current_usage");
            return new StatusInput(root.Text("session_id"), model.Text("id"), model.Text("display_name"),
                Share(usage.Number("cache_read_input_tokens"), usage.Number("input_tokens"), usage.Number("cache_creation_input_tokens")));
        }
        catch (JsonException)
        {
            return new StatusInput(null, null, null, null);
        }
    }

    /// <summary>The part that came from the cache; null when nothing is known.</summary>
    public static double? Share(double? cached, params ReadOnlySpan<double?> others)
    {
        double all = cached ?? 0;
        foreach (double? other in others) all += other ?? 0;
        return cached is null || all <= 0 ? null : cached / all;
    }
}

/// <summary>The line: account, remaining quota of its windows, model, prompt cache.</summary>
/// <param name="answers">Of the running proxy.</param>
internal sealed class StatusLine(StatusInput input, LocalAnswers answers, DateTimeOffset now)
{
    private const double Low = 20;
    private const double VeryLow = 5;

    /// <summary>As in the list of the accounts.</summary>
    private static readonly Dictionary<string, string> StateWords = new()
    {
        ["exhausted"] = "used up", ["cooling-down"] = "cooldown", ["reserved"] = "below its reserve", ["needs-sign-in"] = "needs a new sign-in",
    };

    public bool IsColoured { get; init; }

    public override string ToString()
    {
        List<string> parts = [];
        if (answers.Pool is { } pool) parts.AddRange(Account(pool.RootElement));
        else parts.Add("proxy not running");
        if ((input.ModelName ?? input.Model) is { } model) parts.Add(model);
        if ((SessionHit() ?? input.CacheHit) is { } hit) parts.Add(string.Create(CultureInfo.InvariantCulture, $"cache {Math.Round(hit * 100)}%"));
        return string.Concat(string.Join(" · ", parts).Where(letter => letter == '\e' || !char.IsControl(letter)));
    }

    /// <summary>The account that served the session last, else the one that would serve next.</summary>
    private IEnumerable<string> Account(JsonElement pool)
    {
        string? id = Rows().Select(row => row.Text("account")).FirstOrDefault(account => account is not null)
            ?? pool.Items("next").Select(next => next.Text("account")).FirstOrDefault(account => account is not null)
            ?? pool.Text("activeAccount");
        JsonElement account = pool.Items("accounts").FirstOrDefault(account => account.Text("id") == id);
        if (account.ValueKind != JsonValueKind.Object)
        {
            yield return "no account signed in";
            yield break;
        }

        yield return account.Text("label") ?? Masked(account.Text("email")) ?? id!;
        if (account.Text("state") is { } state and not "ready") yield return Coloured(StateWords.GetValueOrDefault(state, state) + (account.Time("stateUntil") is { } until && until > now ? $" for {Span(until - now)}" : ""), left: 0);

        JsonElement[] windows = [.. account.Items("windows").Where(window => window.Text("model") is null).OrderBy(window => window.Number("windowSeconds"))];
        double? tightest = windows.Min(window => window.Number("leftPercent"));
        foreach (JsonElement window in windows)
        {
            if (window.Number("leftPercent") is not { } left) continue;
            string resets = left == tightest && window.Time("resetsAt") is { } reset && reset > now ? $", resets in {Span(reset - now)}" : "";
            yield return Coloured(string.Create(CultureInfo.InvariantCulture, $"{window.Text("name")} {Math.Floor(left)}% remaining{resets}"), left);
        }
    }

    /// <summary>A status bar is in every screenshot.</summary>
    private static string? Masked(string? email) => email?.IndexOf('@') is > 0 and var at ? $"{email[0]}…{email[at..]}" : email;

    /// <summary>Over the session's last requests, which is steadier than the last one alone.</summary>
    private double? SessionHit()
    {
        JsonElement[] tokens = [.. Rows().Select(row => row.Member("tokens")).Where(tokens => tokens.Number("cached") is not null)];
        return tokens.Length == 0 ? null : StatusInput.Share(tokens.Sum(each => each.Number("cached")), tokens.Sum(each => each.Number("fresh") ?? 0), tokens.Sum(each => each.Number("written") ?? 0));
    }

    private JsonElement.ArrayEnumerator Rows() => answers.Requests is { } requests ? requests.RootElement.Items("requests") : default;

    private string Coloured(string text, double left) => !IsColoured || left > Low ? text : $"\e[{(left > VeryLow ? 33 : 31)}m{text}\e[0m";

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => $"{(int)span.TotalDays}d {span.Hours}h",
        { TotalHours: >= 1 } => $"{(int)span.TotalHours}h {span.Minutes}m",
        _ => $"{Math.Max(1, (int)span.TotalMinutes)}m",
    };
}
