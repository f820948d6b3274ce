using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>What an attempt sends: an access token, fresh enough, with the workspace it is for.</summary>
internal sealed record Credential(string AccountKey, string AccessToken, string AccountId)
{
    /// <summary>Then <c>x-openai-fedramp: true</c> goes along.</summary>
    public bool IsFedRamp { get; init; }

    public WorkspaceRouting? Routing { get; init; }

    /// <summary>The account's own proxy; null where the environment decides.</summary>
    public AccountProxy? Proxy { get; init; }

    /// <summary>The connections of everything that is sent with it.</summary>
    public OutboundRoute Route => new(AccountKey, Proxy);

    public static Credential Of(Account account) =>
        new(account.Key, account.AccessToken!, account.AccountId) { IsFedRamp = account.IsFedRamp, Routing = account.Routing, Proxy = account.Proxy };

    /// <summary>Never the token.</summary>
    public override string ToString() => $"credential of {AccountKey}";
}

/// <summary>Exactly one of the two.</summary>
internal sealed record CredentialReply(Credential? Credential, RefreshFailure? Failure);

/// <summary>The account with its present tokens, or why there are none. Exactly one of the two.</summary>
internal sealed record RefreshOutcome(Account? Account, RefreshFailure? Failure)
{
    public static RefreshOutcome Renewed(Account account) => new(account, null);

    public static RefreshOutcome Failed(RefreshFailureKind kind, string message, DateTimeOffset? retryAt = null) =>
        new(null, new RefreshFailure(kind, message, retryAt));
}

/// <param name="RetryAt">Before this time another try is pointless; null when time alone does not help.</param>
internal sealed record RefreshFailure(RefreshFailureKind Kind, string Message, DateTimeOffset? RetryAt);

internal enum RefreshFailureKind
{
    /// <summary>The account was removed.</summary>
    Gone,

    /// <summary>The account has only an access token, and that has ended.</summary>
    NoRefreshToken,

    /// <summary>The issuer refused the refresh token for good.</summary>
    NeedsSignIn,

    /// <summary>The network, the issuer or the disk; the token may be good.</summary>
    Transient,
}
