using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>Logins on a second device: a code is shown, the client polls, a person approves.</summary>
public sealed class DeviceLogins
{
    private readonly FakeAuth _auth;
    private readonly ConcurrentDictionary<string, Pending> _pending = new();

    internal DeviceLogins(FakeAuth auth) => _auth = auth;

    /// <summary>When false, the account does not allow device logins.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Seconds between polls, which the server asks for as a string.</summary>
    public int IntervalSeconds { get; set; } = 5;

    /// <summary>Approves every login at once as this user.</summary>
    public FakeUser? ApproveAllAs { get; set; }

    /// <summary>Approves the login that shows this code.</summary>
    public void Approve(string userCode, FakeUser? user = null) =>
        _pending.Values.Single(pending => pending.UserCode == userCode).ApprovedBy = user ?? FakeAuth.DefaultUser;

    internal Reply Start(ReceivedRequest request)
    {
        if (!IsEnabled) return Reply.NotFound();
        if (request.Json.GetText("client_id") != FakeAuth.ClientId) return Reply.Json(400, """{"error":"invalid_client"}""");
        string id = FakeIds.Secret("deviceauth_");
        string userCode = NewUserCode();
        _pending[id] = new(userCode) { ApprovedBy = ApproveAllAs };
        return Reply.Json(200, new JsonObject
        {
            ["device_auth_id"] = id,
            ["user_code"] = userCode,
            ["interval"] = IntervalSeconds.ToString(CultureInfo.InvariantCulture),
            ["expires_at"] = request.At.AddMinutes(15).ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        }.ToCompactJson());
    }

    private static string NewUserCode() =>
        RandomNumberGenerator.GetString("BCDFGHJKLMNPQRSTVWXZ", 4) + "-" + RandomNumberGenerator.GetString("0123456789", 5);

    internal Reply Poll(ReceivedRequest request)
    {
        string id = request.Json.GetText("device_auth_id") ?? "";
        bool isKnown = _pending.TryGetValue(id, out Pending? pending) && pending.UserCode == request.Json.GetText("user_code");
        if (!isKnown || pending!.ApprovedBy is not { } user) return Reply.Http("deviceauth-token-pending-403");
        _pending.TryRemove(id, out _);

        // In this flow the server itself chooses the verifier and tells it.
        string verifier = FakeIds.Secret("");
        string challenge = AuthorizationCodes.ChallengeOf(verifier);
        return Reply.Json(200, new JsonObject
        {
            ["authorization_code"] = _auth.Codes.Create(user, $"{_auth.Url}/deviceauth/callback", challenge),
            ["code_challenge"] = challenge,
            ["code_verifier"] = verifier,
        }.ToCompactJson());
    }

    private sealed class Pending(string userCode)
    {
        public string UserCode { get; } = userCode;
        public FakeUser? ApprovedBy { get; set; }
    }
}
