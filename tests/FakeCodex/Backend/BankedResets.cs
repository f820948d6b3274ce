using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>
/// The resets that accounts have saved up, by the real backend's rules: a request's id is carried out once, nothing is spent while no window is used up, and
/// the effect may be late.
/// </summary>
public sealed class BankedResets
{
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Credit>> _credits = [];
    private readonly HashSet<string> _done = [];
    private readonly Dictionary<string, DateTimeOffset> _takesEffect = [];
    private readonly HashSet<string> _usedUp = [];

    internal BankedResets(TimeProvider clock) => _clock = clock;

    /// <summary>How long the usage does not show a reset.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>What becomes of the next requests to redeem after they were carried out: null for their answers.</summary>
    public Func<Reply?> Answer { get; set; } = () => null;

    /// <summary>The answer of the list; null for the list.</summary>
    public Func<Reply?> List { get; set; } = () => null;

    /// <summary>Gives an account a reset.</summary>
    public void Give(FakeUser user, string id, DateTimeOffset? expires)
    {
        lock (_gate)
        {
            if (!_credits.TryGetValue(user.AccountId, out List<Credit>? credits)) _credits[user.AccountId] = credits = [];
            credits.Add(new Credit(id, expires));
        }
    }

    /// <summary>Uses up both windows of an account.</summary>
    public void UseUp(FakeUser user)
    {
        lock (_gate)
        {
            _usedUp.Add(user.AccountId);
            _takesEffect.Remove(user.AccountId);
        }
    }

    /// <summary>Whether the account is refused because its windows are used up.</summary>
    public bool IsUsedUp(FakeUser user)
    {
        lock (_gate) return _usedUp.Contains(user.AccountId) && !(_takesEffect.TryGetValue(user.AccountId, out DateTimeOffset at) && at <= _clock.GetUtcNow());
    }

    /// <summary>The ids of an account's resets that are spent, in time order.</summary>
    public IReadOnlyList<string> Spent(FakeUser user)
    {
        lock (_gate) return [.. _credits.GetValueOrDefault(user.AccountId, []).Where(credit => credit.RedeemedAt is not null).OrderBy(credit => credit.RedeemedAt).Select(credit => credit.Id)];
    }

    /// <summary>What the usage tells of this account, put over the recorded answer; accounts that have to do with resets only.</summary>
    internal Reply Usage(FakeUser user, Reply recorded)
    {
        lock (_gate)
        {
            bool knows = _credits.TryGetValue(user.AccountId, out List<Credit>? credits);
            if (!knows && !_usedUp.Contains(user.AccountId)) return recorded;
            JsonObject body = JsonNode.Parse(recorded.BodyBytes())!.AsObject();
            if (knows) body["rate_limit_reset_credits"] = new JsonObject { ["available_count"] = credits!.Count(credit => credit.IsAvailable(_clock.GetUtcNow())) };
            if (_usedUp.Contains(user.AccountId)) body["rate_limit"] = Rates(IsUsedUp(user));
            body["credits"] = null;
            return Reply.Json(200, body.ToJsonString());
        }
    }

    internal Reply ListOf(FakeUser user)
    {
        if (List() is { } other) return other;
        lock (_gate)
        {
            List<Credit> credits = _credits.GetValueOrDefault(user.AccountId, []);
            return Reply.Json(200, new JsonObject
            {
                ["available_count"] = credits.Count(credit => credit.IsAvailable(_clock.GetUtcNow())),
                ["credits"] = new JsonArray([.. credits.Select(credit => credit.Json())]),
            }.ToJsonString());
        }
    }

    internal Reply Consume(ReceivedRequest request, FakeUser user)
    {
        if (request.Json.ValueKind != JsonValueKind.Object || request.Json.GetText("redeem_request_id") is not { } id || !Guid.TryParse(id, out _))
        {
            request.Rejection = Rejection.Detail(422, "redeem_request_id: a UUID is required");
            return request.Rejection.ToReply();
        }

        Reply carriedOut = Reply.Json(200, CarryOut(id, request.Json.GetText("credit_id"), user).ToJsonString());
        return Answer() ?? carriedOut;
    }

    private JsonObject CarryOut(string request, string? wanted, FakeUser user)
    {
        lock (_gate)
        {
            if (_done.Contains(request)) return new JsonObject { ["code"] = "already_redeemed" };
            DateTimeOffset now = _clock.GetUtcNow();
            // Where none is named, the newest is taken and not the next to expire.
            Credit? credit = _credits.GetValueOrDefault(user.AccountId, []).LastOrDefault(each => each.IsAvailable(now) && (wanted is null || each.Id == wanted));
            if (credit is null) return new JsonObject { ["code"] = "no_credit" };
            if (!IsUsedUp(user)) return new JsonObject { ["code"] = "nothing_to_reset" };
            credit.RedeemedAt = now;
            _done.Add(request);
            _takesEffect[user.AccountId] = now + Lag;
            return new JsonObject { ["code"] = "reset", ["windows_reset"] = 2, ["credit"] = new JsonObject { ["id"] = credit.Id, ["status"] = "redeemed", ["redeemed_at"] = Iso(now) } };
        }
    }

    private JsonObject Rates(bool full) => new()
    {
        ["allowed"] = !full,
        ["limit_reached"] = full,
        ["primary_window"] = Window(full, TimeSpan.FromHours(5)),
        ["secondary_window"] = Window(full, TimeSpan.FromDays(7)),
    };

    private JsonObject Window(bool full, TimeSpan length) => new()
    {
        ["used_percent"] = full ? 100 : 0,
        ["limit_window_seconds"] = (long)length.TotalSeconds,
        ["reset_after_seconds"] = (long)(length / 2).TotalSeconds,
        ["reset_at"] = (_clock.GetUtcNow() + length / 2).ToUnixTimeSeconds(),
    };

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed class Credit(string id, DateTimeOffset? expires)
    {
        public string Id { get; } = id;

        public DateTimeOffset? RedeemedAt { get; set; }

        public bool IsAvailable(DateTimeOffset now) => RedeemedAt is null && !(expires <= now);

        public JsonObject Json() => new()
        {
            ["id"] = Id,
            ["reset_type"] = "codex_rate_limits",
            ["status"] = RedeemedAt is null ? "available" : "redeemed",
            ["granted_at"] = "2026-11-01T10:00:00Z",
            ["expires_at"] = expires is { } end ? Iso(end) : null,
            ["title"] = "Full reset (Weekly + 5 hr)",
            ["description"] = null,
            ["redeem_started_at"] = null,
            ["redeemed_at"] = RedeemedAt is { } at ? Iso(at) : null,
        };
    }
}
