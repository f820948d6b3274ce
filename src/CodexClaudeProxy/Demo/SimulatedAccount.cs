using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Demo;

/// <summary>A subscriber who does not exist. The domain ends in <c>.example</c>, which nobody can own.</summary>
internal sealed class SimulatedAccount(string name, string plan, SimulatedWindow fiveHours, SimulatedWindow week)
{
    private static readonly TimeSpan LimitedFor = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TokenLife = TimeSpan.FromDays(10);

    private const int MostConversations = 1000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _conversations = [];
    private readonly HashSet<string> _redeemed = [];
    private readonly HashSet<string> _redeemRequests = [];
    private DateTimeOffset _limitEnds;

    public string Email { get; } = $"{name}@simulated.example";

    public string Id { get; } = $"simulated-{name}";

    public string RefreshToken { get; } = $"simulated-refresh-{name}";

    /// <summary>The owner's name for it; null for none.</summary>
    public string? Label { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>Its refresh token was used by another program, so that only a new sign-in helps.</summary>
    public bool IsSignedOut { get; init; }

    /// <summary>The limit that one model has to itself; null for none.</summary>
    public SimulatedWindow? Spark { get; init; }

    /// <summary>When its banked resets expire, the next one first.</summary>
    public IReadOnlyList<DateTimeOffset> Resets { get; init; } = [];

    /// <summary>One in each state: the one that serves, another that is ready, one that is used up, one that is limited for a model, one that needs a sign-in, one that is disabled.</summary>
    public static SimulatedAccount[] All(DateTimeOffset now) =>
    [
        new("pro", "pro", FiveHours(11.5, now.AddMinutes(192)), Week(24, now.AddHours(103))) { Label = "Work" },
        new("plus", "plus", FiveHours(63, now.AddMinutes(71)), Week(82, now.AddHours(39))) { Label = "Home" },
        new("team", "team", FiveHours(100, now.AddMinutes(47)), Week(58, now.AddHours(61))) { Label = "Client project", Resets = [now.AddDays(3).AddHours(4), now.AddDays(19)] },
        new("lab", "pro", FiveHours(34, now.AddMinutes(134)), Week(41, now.AddHours(127))) { Label = "Lab", Spark = FiveHours(100, now.AddMinutes(168)) },
        new("travel", "plus", FiveHours(0, now.AddMinutes(300)), Week(17, now.AddHours(82))) { IsSignedOut = true },
        new("family", "plus", FiveHours(5, now.AddMinutes(222)), Week(9, now.AddHours(150))) { Label = "Family", IsDisabled = true },
    ];

    /// <summary>Its windows, the shortest first.</summary>
    public IReadOnlyList<SimulatedWindow> Windows => [fiveHours, week];

    public bool IsLimited(DateTimeOffset now)
    {
        lock (_gate) return Rolled(now).Any(window => window.IsFull);
    }

    /// <summary>The limit that was asked for has not passed yet.</summary>
    public bool IsLimitedOnWish(DateTimeOffset now)
    {
        lock (_gate) return now < _limitEnds;
    }

    public void Limit(DateTimeOffset now)
    {
        lock (_gate) fiveHours.Fill(_limitEnds = now + LimitedFor);
    }

    /// <summary>Fills the windows by one turn, and tells whether this account has served the conversation before: only then its cache is warm.</summary>
    public bool Use(string conversation, int tokens)
    {
        lock (_gate)
        {
            fiveHours.Use(0.3 + tokens / 100_000.0);
            week.Use(0.05 + tokens / 600_000.0);
            if (_conversations.Count >= MostConversations) _conversations.Clear();
            return !_conversations.Add(conversation);
        }
    }

    public IEnumerable<(string Name, string Value)> Headers(DateTimeOffset now)
    {
        lock (_gate)
        {
            SimulatedWindow[] windows = Rolled(now);
            List<(string, string)> headers = [("x-codex-plan-type", plan), ("x-codex-active-limit", "codex"), ("x-codex-credits-has-credits", "False")];
            foreach ((string slot, SimulatedWindow window) in new[] { ("primary", windows[0]), ("secondary", windows[1]) })
            {
                headers.Add(($"x-codex-{slot}-used-percent", Text(window.UsedPercent)));
                headers.Add(($"x-codex-{slot}-window-minutes", Text(window.Length.TotalMinutes)));
                headers.Add(($"x-codex-{slot}-reset-at", Text(window.ResetsAt.ToUnixTimeSeconds())));
                headers.Add(($"x-codex-{slot}-reset-after-seconds", Text(Math.Ceiling((window.ResetsAt - now).TotalSeconds))));
            }

            if (windows[0].IsFull) headers.Add(("x-codex-rate-limit-reached-type", "rate_limit_reached"));
            return headers;
        }
    }

    /// <summary>The answer of <c>GET /wham/usage</c>.</summary>
    public JsonObject Usage(DateTimeOffset now)
    {
        lock (_gate)
        {
            SimulatedWindow[] windows = Rolled(now);
            return new JsonObject
            {
                ["user_id"] = $"user-{Id}",
                ["account_id"] = Id,
                ["email"] = Email,
                ["plan_type"] = plan,
                ["rate_limit"] = LimitJson(now, windows),
                ["additional_rate_limits"] = Spark is null ? null : new JsonArray(new JsonObject
                {
                    ["limit_name"] = "GPT-5.3-Codex-Spark",
                    ["metered_feature"] = "codex_simulated_spark",
                    ["rate_limit"] = LimitJson(now, Spark),
                }),
                ["credits"] = new JsonObject { ["has_credits"] = false, ["unlimited"] = false, ["balance"] = "0" },
                ["rate_limit_reset_credits"] = new JsonObject { ["available_count"] = Available().Count() },
            };
        }
    }

    /// <summary>The answer of <c>GET /wham/rate-limit-reset-credits</c>.</summary>
    public JsonObject Credits()
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["available_count"] = Available().Count(),
                ["credits"] = new JsonArray([.. Available().Select(credit => new JsonObject
                {
                    ["id"] = credit.Id,
                    ["reset_type"] = "codex_rate_limits",
                    ["status"] = "available",
                    ["expires_at"] = Times.Iso(credit.ExpiresAt),
                    ["title"] = "Full reset (Weekly + 5 hr)",
                })]),
            };
        }
    }

    /// <summary>The answer of <c>POST /wham/rate-limit-reset-credits/consume</c>: a request is carried out once, and nothing is spent while no window is full.</summary>
    public JsonObject Redeem(string request, string? credit, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_redeemRequests.Contains(request)) return new JsonObject { ["code"] = "already_redeemed" };
            if (Available().LastOrDefault(each => credit is null || each.Id == credit).Id is not { } id) return new JsonObject { ["code"] = "no_credit" };
            if (!Rolled(now).Any(window => window.IsFull)) return new JsonObject { ["code"] = "nothing_to_reset" };
            _redeemed.Add(id);
            _redeemRequests.Add(request);
            foreach (SimulatedWindow window in Windows) window.Reset(now);
            return new JsonObject { ["code"] = "reset", ["windows_reset"] = Windows.Count };
        }
    }

    private IEnumerable<(string Id, DateTimeOffset ExpiresAt)> Available() =>
        Resets.Select((end, i) => (Id: $"SimulatedReset_{name}_{i + 1}", end)).Where(credit => !_redeemed.Contains(credit.Id));

    /// <summary>The answer of <c>GET /wham/accounts/check</c>.</summary>
    public JsonObject Workspaces() => new()
    {
        ["accounts"] = new JsonArray(new JsonObject
        {
            ["id"] = Id,
            ["name"] = plan == "team" ? "Northwind" : null,
            ["plan_type"] = plan,
            ["structure"] = plan == "team" ? "workspace" : "personal",
            ["workspace_backend_origin"] = "NO_CONSTRAINT",
            ["account_routing_override"] = "NO_CONSTRAINT",
        }),
        ["account_ordering"] = new JsonArray(Id),
        ["default_account_id"] = Id,
    };

    /// <summary>The body of the refusal while a window is full.</summary>
    public JsonObject LimitReached(DateTimeOffset now)
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["type"] = "usage_limit_reached",
                    ["message"] = "The usage limit has been reached (simulated)",
                    ["plan_type"] = plan,
                    ["resets_at"] = fiveHours.ResetsAt.ToUnixTimeSeconds(),
                    ["resets_in_seconds"] = (long)Math.Ceiling((fiveHours.ResetsAt - now).TotalSeconds),
                },
            };
        }
    }

    /// <summary>Tokens with the claims of real ones, and no signature.</summary>
    public TokenSet Tokens(DateTimeOffset now)
    {
        JsonObject claims = new()
        {
            ["iss"] = "https://simulated.example",
            ["email"] = Email,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + TokenLife).ToUnixTimeSeconds(),
            ["https://api.openai.com/auth"] = new JsonObject { ["chatgpt_account_id"] = Id, ["chatgpt_plan_type"] = plan, ["chatgpt_user_id"] = $"user-{Id}" },
        };
        string token = $"{Encoded("""{"alg":"none","typ":"JWT"}""")}.{Encoded(claims.ToJsonString())}.simulated";
        return new TokenSet { AccessToken = token, IdToken = token, RefreshToken = RefreshToken, AccountId = Id };
    }

    private SimulatedWindow[] Rolled(DateTimeOffset now)
    {
        fiveHours.Roll(now);
        week.Roll(now);
        Spark?.Roll(now);
        return [fiveHours, week];
    }

    private static SimulatedWindow FiveHours(double usedPercent, DateTimeOffset resetsAt) => new(TimeSpan.FromHours(5), usedPercent, resetsAt);

    private static SimulatedWindow Week(double usedPercent, DateTimeOffset resetsAt) => new(TimeSpan.FromDays(7), usedPercent, resetsAt);

    private static JsonObject LimitJson(DateTimeOffset now, params SimulatedWindow[] windows) => new()
    {
        ["allowed"] = !windows[0].IsFull,
        ["limit_reached"] = windows[0].IsFull,
        ["primary_window"] = WindowJson(windows[0], now),
        ["secondary_window"] = windows.Length > 1 ? WindowJson(windows[1], now) : null,
    };

    private static JsonObject WindowJson(SimulatedWindow window, DateTimeOffset now) => new()
    {
        ["used_percent"] = window.UsedPercent,
        ["limit_window_seconds"] = (long)window.Length.TotalSeconds,
        ["reset_after_seconds"] = (long)Math.Ceiling((window.ResetsAt - now).TotalSeconds),
        ["reset_at"] = window.ResetsAt.ToUnixTimeSeconds(),
    };

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
