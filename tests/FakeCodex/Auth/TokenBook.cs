namespace FakeCodex;

/// <summary>Every token that was ever issued, and what became of it.</summary>
internal sealed class TokenBook(TimeProvider clock)
{
    private readonly Lock _gate = new();

    // _gate guards all fields below.
    private readonly Dictionary<string, AccessEntry> _access = [];
    private readonly Dictionary<string, RefreshEntry> _refresh = [];
    private readonly Dictionary<string, FakeUser> _apiKeys = [];
    private int _reuses;
    private int _rotations;

    private enum RefreshState
    {
        Valid,
        Used,
        Revoked,
        Expired,
    }

    public int Reuses
    {
        get
        {
            lock (_gate) return _reuses;
        }
    }

    public int Rotations
    {
        get
        {
            lock (_gate) return _rotations;
        }
    }

    public FakeTokens Issue(FakeUser user, TimeSpan lifetime)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset expires = now + lifetime;
        // "iat" is never after "exp", also for a token that is born expired.
        DateTimeOffset issued = expires < now ? expires - TimeSpan.FromDays(10) : now;
        FakeTokens tokens = new(user, Jwt.Access(user, issued, expires), FakeIds.Secret("rt_"), Jwt.Id(user, issued, expires), expires);
        lock (_gate)
        {
            _access[tokens.AccessToken] = new(user, expires);
            _refresh[tokens.RefreshToken] = new(user);
        }
        return tokens;
    }

    public string IssueApiKey(FakeUser user)
    {
        string key = FakeIds.Secret("sk-fake-");
        lock (_gate) _apiKeys[key] = user;
        return key;
    }

    public FakeUser? OwnerOfApiKey(string key)
    {
        lock (_gate) return _apiKeys.GetValueOrDefault(key);
    }

    /// <summary>Whose access token this is, or why it is refused.</summary>
    public (FakeUser? User, Rejection? Rejection) Identify(string accessToken)
    {
        lock (_gate)
        {
            if (!_access.TryGetValue(accessToken, out AccessEntry? entry) || entry.IsInvalidated)
            {
                return (null, AuthRejections.TokenInvalidated);
            }
            return entry.Expires <= clock.GetUtcNow() ? (null, AuthRejections.TokenExpired) : (entry.User, null);
        }
    }

    public void InvalidateAccess(string accessToken)
    {
        lock (_gate) _access[accessToken].IsInvalidated = true;
    }

    public void RevokeRefresh(string refreshToken) => SetRefreshState(refreshToken, RefreshState.Revoked);

    public void ExpireRefresh(string refreshToken) => SetRefreshState(refreshToken, RefreshState.Expired);

    /// <summary>Uses a refresh token up. With rotation it is good for one call only, and a second one is counted.</summary>
    public (FakeUser? User, string? FailureFixture) Redeem(string refreshToken, bool rotate)
    {
        lock (_gate)
        {
            if (!_refresh.TryGetValue(refreshToken, out RefreshEntry? entry)) return (null, "refresh-400-invalid-grant");
            switch (entry.State)
            {
                case RefreshState.Used:
                    _reuses++;
                    return (null, "refresh-401-reused");
                case RefreshState.Revoked:
                    return (null, "refresh-401-invalidated");
                case RefreshState.Expired:
                    return (null, "refresh-401-expired");
            }
            if (rotate) entry.State = RefreshState.Used;
            _rotations++;
            return (entry.User, null);
        }
    }

    private void SetRefreshState(string refreshToken, RefreshState state)
    {
        lock (_gate)
        {
            if (_refresh.TryGetValue(refreshToken, out RefreshEntry? entry)) entry.State = state;
        }
    }

    private sealed class AccessEntry(FakeUser user, DateTimeOffset expires)
    {
        public FakeUser User { get; } = user;
        public DateTimeOffset Expires { get; } = expires;
        public bool IsInvalidated { get; set; }
    }

    private sealed class RefreshEntry(FakeUser user)
    {
        public FakeUser User { get; } = user;
        public RefreshState State { get; set; }
    }
}
