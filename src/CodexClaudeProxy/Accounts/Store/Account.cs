using System.IO.Enumeration;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>
/// One ChatGPT sign-in as it stands in <c>accounts.json</c>. A person with two workspaces has two accounts with one e-mail address,
/// and two people may share a workspace: only both together are an identity.
/// </summary>
internal sealed record Account
{
    public required string Email { get; init; }

    /// <summary>The workspace (<c>chatgpt-account-id</c>); empty while no token has told it.</summary>
    public required string AccountId { get; init; }

    public string PlanType { get; init; } = "unknown";

    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? IdToken { get; init; }

    /// <summary>End of the access token: its own <c>exp</c>, else what was stored beside it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the access token was issued, if it tells.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    public string? AddedAt { get; init; }

    public string? LastUsed { get; init; }

    /// <summary>A name given by the owner.</summary>
    public string? Label { get; init; }

    /// <summary><c>imported</c>: the tokens are shared with Codex's own <c>auth.json</c>.</summary>
    public string? Source { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Lower comes first, whatever the strategy.</summary>
    public int Priority { get; init; }

    /// <summary>Percent of the weekly window that the owner keeps for himself; null where the settings decide.</summary>
    public int? Reserve { get; init; }

    /// <summary>The same for windows of other lengths. One that names the weekly window's precedes <see cref="Reserve"/>.</summary>
    public IReadOnlyList<WindowReserve> Reserves { get; init; } = [];

    /// <summary>Names and patterns of models that this account never serves.</summary>
    public IReadOnlyList<string> ExcludedModels { get; init; } = [];

    /// <summary>What everything of this account goes through; null where the environment decides.</summary>
    public AccountProxy? Proxy { get; init; }

    /// <summary>Set when the issuer refused the refresh token for good. The access token is used to its end all the same.</summary>
    public SignInDemand? NeedsSignIn { get; init; }

    public bool IsFedRamp { get; init; }

    /// <summary>Where the workspace wants its requests; null when nothing special is known.</summary>
    public WorkspaceRouting? Routing { get; init; }

    /// <summary>What is known of the workspace for people; null until the backend was asked.</summary>
    public Workspace? Workspace { get; init; }

    /// <summary>The stored <c>quota</c> object as JSON text, or null.</summary>
    public string? Quota { get; init; }

    /// <summary>When the usage endpoint was asked last, by whichever process; null when never, or by a program that does not note it.</summary>
    public DateTimeOffset? QuotaAskedAt { get; init; }

    /// <summary>The connections of everything that is sent for this account.</summary>
    public OutboundRoute Route => new(Key, Proxy);

    public bool IsImported => Source == "imported";

    /// <summary>The identity as one text: <c>e-mail:account id</c>. Also accepted wherever an account is addressed.</summary>
    public string Key => KeyOf(Email, AccountId);

    public static string KeyOf(string email, string accountId) => $"{email.ToLowerInvariant()}:{accountId}";

    /// <summary>The access token's end has passed; a token that does not tell counts as valid until upstream refuses it.</summary>
    public bool IsExpired(DateTimeOffset now) => AccessToken is null || ExpiresAt <= now;

    /// <summary>The access token is the last one: no other follows without a new sign-in.</summary>
    public bool CannotRenew => NeedsSignIn is not null || RefreshToken is null;

    /// <summary>Only a new sign-in helps: there is no token to send and none to refresh it with.</summary>
    public bool CannotSend(DateTimeOffset now) => NeedsSignIn is { TokenRefused: true } || (CannotRenew && IsExpired(now));

    /// <summary>The name or pattern that keeps this account from serving the model; null for none.</summary>
    public string? ExclusionOf(string model) => model.Length == 0 ? null : ExcludedModels.FirstOrDefault(pattern => FileSystemName.MatchesSimpleExpression(pattern, model));

    /// <summary>Never the tokens: records print all their members, and this text ends in logs.</summary>
    public override string ToString() => Key;

    /// <summary>A token says what the plan was when it was issued; the usage endpoint or an answer may have told of another since.</summary>
    private static string? LatestPlan(JsonElement entry, TokenClaims? access)
    {
        JsonElement quota = entry.Member("quota");
        string? told = quota.Member("usage").Text("planType");
        bool isNewer = access?.IssuedAt is not { } issued || quota.Time("fetchedAt") > issued;
        return (isNewer ? told : null) ?? access?.PlanType ?? told ?? entry.Text("planType");
    }

    public static Account? Read(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || entry.Text("email") is not { } email) return null;
        string? access = entry.Text("accessToken");
        TokenClaims claims = TokenClaims.Of(entry.Text("idToken"), access);
        JsonElement demand = entry.Member("needsSignIn");
        return new Account
        {
            Email = email,
            AccountId = entry.Text("accountId") ?? "",
            PlanType = LatestPlan(entry, TokenClaims.Decode(access)) ?? "unknown",
            AccessToken = access,
            RefreshToken = entry.Text("refreshToken"),
            IdToken = entry.Text("idToken"),
            ExpiresAt = claims.ExpiresAt ?? (entry.Number("expiresAt") is { } stored ? Times.FromMilliseconds(stored) : null),
            IssuedAt = claims.IssuedAt,
            AddedAt = entry.Text("addedAt"),
            LastUsed = entry.Text("lastUsed"),
            Label = entry.Text("label"),
            Source = entry.Text("source"),
            Enabled = entry.Flag("enabled") ?? true,
            Priority = (int)(entry.Number("priority") is { } priority ? Math.Clamp(priority, -AccountPreferences.MostPriority, AccountPreferences.MostPriority) : 0),
            Reserve = entry.Number("reserve") is { } reserve ? (int)Math.Clamp(reserve, 0, 100) : null,
            Reserves = AccountPreferences.ReservesIn(entry.Member("reserves")),
            ExcludedModels = AccountPreferences.ExcludedModelsIn(entry.Member("excludedModels")),
            Proxy = AccountPreferences.ProxyIn(entry.Member("proxy")),
            NeedsSignIn = demand.ValueKind == JsonValueKind.Object
                ? new SignInDemand(demand.Time("at") ?? DateTimeOffset.UnixEpoch, demand.Text("reason") ?? "unknown") { TokenRefused = demand.Flag("tokenRefused") == true }
                : null,
            IsFedRamp = claims.IsFedRamp,
            Routing = WorkspaceRouting.Read(entry.Member("routing")),
            Workspace = Workspace.Read(entry.Member("workspace")),
            Quota = entry.Member("quota") is { ValueKind: JsonValueKind.Object } quota ? quota.GetRawText() : null,
            QuotaAskedAt = entry.Time("quotaAskedAt"),
        };
    }
}

/// <summary>Why and since when an account waits for its owner.</summary>
/// <param name="Reason">The issuer's error code, for instance <c>refresh_token_reused</c>.</param>
internal sealed record SignInDemand(DateTimeOffset At, string Reason)
{
    /// <summary>The backend does not accept the access token either, so nothing is sent with it any more.</summary>
    public bool TokenRefused { get; init; }

    /// <summary>The account or its workspace is closed; a new sign-in alone does not open it.</summary>
    public bool IsDeactivation => Reason.Contains("deactivated", StringComparison.Ordinal) || Reason is "account_disabled" or "account_suspended";

    /// <summary>For the owner: a sentence where there is one, else the code.</summary>
    public string Explanation => Reason switch
    {
        _ when Reason.Contains("workspace", StringComparison.Ordinal) || Reason.Contains("organization", StringComparison.Ordinal) => "OpenAI says that this workspace is deactivated.",
        _ when IsDeactivation => "OpenAI says that this account is deactivated.",
        "no_refresh_token" => "Its token was refused and cannot be refreshed.",
        _ => Reason,
    };
}
