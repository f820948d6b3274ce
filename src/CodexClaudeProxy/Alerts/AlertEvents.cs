namespace CodexClaudeProxy.Alerts;

/// <summary>What one can be alerted of.</summary>
/// <param name="Name">As channels and receivers name it.</param>
/// <param name="Meaning">When exactly it happens, for people.</param>
/// <param name="IsUsual">A channel that names no events gets it.</param>
/// <param name="IsUrgent">Somebody has to do something.</param>
internal sealed record AlertEvent(string Name, string Meaning, bool IsUsual = true, bool IsUrgent = false);

/// <summary>All events.</summary>
internal static class AlertEvents
{
    public const string AccountDry = "account.dry";
    public const string AccountBack = "account.back";
    public const string AccountLow = "account.low";
    public const string SignInNeeded = "account.sign_in_needed";
    public const string ResetEarly = "account.reset_early";
    public const string PoolDry = "pool.dry";
    public const string PoolBack = "pool.back";
    public const string ResetExpiring = "reset.expiring";
    public const string Pace = "pace";
    public const string DiskLow = "disk.low";
    public const string ClientNew = "client.new";
    public const string ProtocolDrift = "protocol.drift";

    /// <summary>Sent when somebody asks for it, whatever a channel takes.</summary>
    public const string Test = "test";

    /// <summary>Sent behind an hour with too many alerts, whatever a channel takes.</summary>
    public const string HeldBack = "held_back";

    /// <summary>Those a channel can choose, in the order they are shown.</summary>
    public static readonly AlertEvent[] All =
    [
        new(AccountDry, "An account is used up and serves nothing until its reset.", IsUrgent: true),
        new(AccountBack, "A used-up account can serve again."),
        new(AccountLow, "A quota window of an account is nearly used up."),
        new(SignInNeeded, "An account needs a new sign-in, or works with its last token.", IsUrgent: true),
        new(ResetEarly, "A quota window was reset before its announced time."),
        new(PoolDry, "No account can serve any more.", IsUrgent: true),
        new(PoolBack, "An account can serve again, after none could."),
        new(ResetExpiring, "A banked reset expires within three days."),
        new(Pace, "The forecast says that all accounts together are used up before their resets.", IsUsual: false),
        new(DiskLow, "Less than 500 MB are free where the data directory is.", IsUrgent: true),
        new(ClientNew, "A client was seen for the first time.", IsUsual: false),
        new(ProtocolDrift, "A client or upstream sent something that this version does not know."),
    ];

    /// <summary>What a channel gets that names no events.</summary>
    public static readonly IReadOnlyList<string> Usual = [.. All.Where(static each => each.IsUsual).Select(static each => each.Name)];

    public static bool IsKnown(string name) => Array.Exists(All, each => each.Name == name);

    public static bool IsUrgent(string name) => Array.Exists(All, each => each.IsUrgent && each.Name == name);
}
