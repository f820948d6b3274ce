using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>The recorded account answers with the asking account's values put in.</summary>
public static class AccountAnswers
{
    public static Reply Usage(FakeUser user) => Usage(user, "wham-usage-200");

    /// <param name="user">Whose usage it is.</param>
    /// <param name="fixture">Which recorded answer.</param>
    public static Reply Usage(FakeUser user, string fixture)
    {
        JsonObject body = Body(fixture);
        body["user_id"] = user.UserId;
        body["account_id"] = user.AccountId;
        body["email"] = user.Email;
        body["plan_type"] = user.Plan;
        return Reply.Json(200, body.ToCompactJson());
    }

    /// <summary>The five hours are used up, and the week is half.</summary>
    public static Reply UsedUp(FakeUser user, DateTimeOffset resets)
    {
        JsonObject body = Body("wham-usage-200");
        JsonNode rates = body["rate_limit"]!;
        (rates["allowed"], rates["limit_reached"]) = (false, true);
        rates["primary_window"] = Window(100, 18_000, resets);
        rates["secondary_window"] = Window(45, 604_800, resets.AddDays(3));
        body["credits"] = null;
        body["plan_type"] = user.Plan;
        return Reply.Json(200, body.ToCompactJson());
    }

    public static Reply AccountsCheck(FakeUser user) => AccountsCheck(user, "https://chatgpt.com", "NO_CONSTRAINT");

    /// <param name="user">Whose workspace it is.</param>
    /// <param name="origin">Where inference shall go: an HTTPS origin or <c>NO_CONSTRAINT</c>.</param>
    /// <param name="routing"><c>NO_CONSTRAINT</c>, <c>us</c> or <c>us_cr</c>.</param>
    public static Reply AccountsCheck(FakeUser user, string origin, string routing)
    {
        JsonObject body = Body("accounts-check-200");
        JsonNode account = body["accounts"]![0]!;
        account["id"] = user.AccountId;
        account["plan_type"] = user.Plan;
        account["workspace_backend_origin"] = origin;
        account["account_routing_override"] = routing;
        body["account_ordering"] = new JsonArray(user.AccountId);
        body["default_account_id"] = user.AccountId;
        return Reply.Json(200, body.ToCompactJson());
    }

    private static JsonObject Window(int used, int seconds, DateTimeOffset resets) =>
        new() { ["used_percent"] = used, ["limit_window_seconds"] = seconds, ["reset_at"] = resets.ToUnixTimeSeconds() };

    private static JsonObject Body(string fixture) => JsonNode.Parse(Fixtures.Answer(fixture).GetProperty("body").GetRawText())!.AsObject();
}
