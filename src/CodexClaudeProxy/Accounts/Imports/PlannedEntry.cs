using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>What is done with one entry, and why.</summary>
internal sealed record PlannedEntry(FoundAccount Found, string State, string? Reason = null)
{
    public const string New = "new";
    public const string Update = "update";
    public const string Unchanged = "unchanged";
    public const string Older = "older";
    public const string Skipped = "skipped";
    public const string Refused = "refused";

    public bool IsImported => State is New or Update;

    /// <summary>An account whose proxy cannot be used waits for its owner to give it another.</summary>
    public bool Enabled => Found is { Enabled: true, Proxy: not { Problem: not null } };

    /// <summary>The account is here, and is to go through another proxy than before.</summary>
    public bool GetsProxy { get; private init; }

    /// <summary>An account that is here goes through this proxy from now on, also where its tokens stay.</summary>
    public PlannedEntry Through(AccountProxy proxy)
    {
        if (State is not (Update or Unchanged or Older)) return this;
        string change = proxy.IsDirect ? "from now on it goes through no proxy" : $"from now on it goes through {proxy}";
        return this with { GetsProxy = true, Reason = Reason is null ? change : $"{Reason}; {change}" };
    }

    public ImportedEntry Report => new(
        Found.File, Found.Tool, State, Reason, Found.Tokens is null ? null : Found.Key, Found.Tokens is null ? null : Found.Email, Found.Tokens?.Claims.PlanType,
        Found.Tokens?.ExpiresAt, Found.Tokens?.RefreshToken is not null, Found.Label, Enabled, Found.Priority, Found.ExcludedModels);

    public static PlannedEntry[] Judge(IReadOnlyList<FoundAccount> found, AccountList accounts, DateTimeOffset now)
    {
        // Of several files about one account, the newest tokens count.
        Dictionary<string, FoundAccount> newest = found.Where(static entry => entry.Tokens is not null)
            .GroupBy(static entry => entry.Key).ToDictionary(static same => same.Key, static same => same.MaxBy(static entry => entry.Tokens!.Claims.IssuedAt ?? DateTimeOffset.MinValue)!);
        return [.. found.Select(entry =>
            entry.Tokens is not { } tokens ? new PlannedEntry(entry, Refused, entry.Problem)
            : entry.HasUnreadableProxy ? new PlannedEntry(entry, Refused, "its proxy cannot be read, and it must not go out without it. To name another: --proxy")
            : !ReferenceEquals(newest[entry.Key], entry) ? new PlannedEntry(entry, Refused, $"the same account is in {newest[entry.Key].File}, with tokens that are as new or newer")
            : Judge(entry, tokens, accounts.Find(entry.Identity), now))];
    }

    /// <summary>A pair that works is not exchanged for an older one of the same account: that may have been spent long ago.</summary>
    public static bool IsOlder(TokenSet tokens, Account? known, DateTimeOffset now) =>
        known is { NeedsSignIn: null } && !known.CannotSend(now) && known.IssuedAt > tokens.Claims.IssuedAt;

    private static PlannedEntry Judge(FoundAccount entry, TokenSet tokens, Account? known, DateTimeOffset now)
    {
        bool hasEnded = tokens.ExpiresAt <= now;
        if (hasEnded && tokens.RefreshToken is null) return new PlannedEntry(entry, Refused, $"its access token expired {Times.Iso(tokens.ExpiresAt!.Value)}, and there is no refresh token");
        if (known is not null && known.AccessToken == tokens.AccessToken && known.RefreshToken == tokens.RefreshToken) return new PlannedEntry(entry, Unchanged, "it is here with the same tokens");
        if (IsOlder(tokens, known, now)) return new PlannedEntry(entry, Older, "the tokens here are newer, and stay");
        return new PlannedEntry(entry, known is null ? New : Update, string.Join("; ", Remarks()) is { Length: > 0 } remarks ? remarks : null);

        IEnumerable<string> Remarks()
        {
            if (tokens.RefreshToken is null) yield return $"without a refresh token it works until {(tokens.ExpiresAt is { } end ? Times.Iso(end) : "its access token is refused")}";
            if (hasEnded) yield return "its access token has expired, so it works only if its refresh token was not used elsewhere";
            if (known is null && entry.Proxy is { Problem: { } problem }) yield return $"its proxy cannot be used here ({problem}), so it is added disabled";
            else if (known is null && !entry.Enabled) yield return "it is disabled there, and here";
            if (known is null && entry.Proxy is { Problem: null } proxy) yield return proxy.IsDirect ? "it goes through no proxy" : $"it goes through {proxy.Shown}";
        }
    }
}
