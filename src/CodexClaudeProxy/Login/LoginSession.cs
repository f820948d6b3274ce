using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>One attempt of a person to sign in, from the moment the address is shown to its single end.</summary>
internal sealed class LoginSession
{
    private readonly TaskCompletionSource<LoginProgress> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _onEnd;
    private readonly ITimer _expiry;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private LoginProgress _progress = LoginProgress.Waiting;

    /// <param name="onEnd">Called once, when nothing can come in any more.</param>
    public LoginSession(TimeSpan lifetime, TimeProvider time, Action onEnd)
    {
        ExpiresAt = time.GetUtcNow() + lifetime;
        _onEnd = onEnd;
        _time = time;
        _expiry = time.CreateTimer(_ => TryEnd(LoginProgress.Expired), null, lifetime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Names the session to the dashboard; as hard to guess as a key.</summary>
    public string Id { get; } = Pkce.RandomText(16);

    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What the account that signs in goes through, from its first request on; null where the environment decides.</summary>
    public AccountProxy? Proxy { get; init; }

    /// <summary>Set when a browser brings the code, over the callback or pasted.</summary>
    public Authorization? Authorization { get; init; }

    /// <summary>Set when the person enters a code on another device.</summary>
    public DeviceCode? Device { get; init; }

    public LoginProgress Progress
    {
        get { lock (_gate) return _progress; }
    }

    public Task<LoginProgress> Ended => _ended.Task;

    /// <summary>The code has come. True for the first caller only: a code and its state are good once.</summary>
    public bool TryClaim()
    {
        lock (_gate)
        {
            if (_progress.Stage != LoginStage.Waiting) return false;
            _progress = LoginProgress.Exchanging;
            return true;
        }
    }

    /// <summary>Ends a session that still waits; one whose code is being exchanged goes on to its own end.</summary>
    public bool TryEnd(LoginProgress end) => End(LoginStage.Waiting, end);

    /// <summary>The end of a session that was claimed.</summary>
    public void Finish(LoginProgress end) => End(LoginStage.Exchanging, end);

    /// <summary>The login server could not be asked, so the code is still good: the session waits again, unless its time is over.</summary>
    /// <param name="reason">What the person is told meanwhile.</param>
    public LoginProgress Release(string reason)
    {
        lock (_gate)
        {
            // The expiry's own timer found the session busy and passed by.
            if (_progress.Stage == LoginStage.Exchanging && _time.GetUtcNow() < ExpiresAt) return _progress = LoginProgress.Waiting with { Message = reason };
        }

        LoginProgress end = LoginProgress.Failed(reason);
        Finish(end);
        return end;
    }

    private bool End(LoginStage from, LoginProgress end)
    {
        lock (_gate)
        {
            if (_progress.Stage != from) return false;
            _progress = end;
        }

        _expiry.Dispose();
        _onEnd();
        _ended.TrySetResult(end);
        return true;
    }
}

/// <summary>What a browser login must remember between the address and the code.</summary>
/// <param name="Url">The address for the browser.</param>
/// <param name="RedirectUri">Goes to the letter into both the address and the exchange.</param>
/// <param name="Port">Where the callback is expected, whether somebody listens or not.</param>
internal sealed record Authorization(string Url, string State, Pkce Pkce, string RedirectUri, int Port)
{
    /// <summary>Neither state nor verifier.</summary>
    public override string ToString() => RedirectUri;
}

/// <param name="Url">Where the person enters the code.</param>
internal sealed record DeviceCode(string Url, string UserCode, TimeSpan Interval)
{
    public override string ToString() => Url;
}
