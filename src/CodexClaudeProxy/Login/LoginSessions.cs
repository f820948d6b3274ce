using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>The logins under way, and for a while those that ended, so that whoever asks later still learns how.</summary>
internal sealed class LoginSessions(TimeProvider time, ILogger<LoginSessions> logger) : IDisposable
{
    /// <summary>More at once is no person: the oldest makes room.</summary>
    private const int MostKept = 32;

    private readonly Lock _gate = new();
    private readonly List<LoginSession> _sessions = [];

    /// <param name="onEnd">See <see cref="LoginSession"/>.</param>
    /// <param name="proxy">See <see cref="LoginSession.Proxy"/>.</param>
    public LoginSession Add(Authorization authorization, AccountProxy? proxy, TimeSpan lifetime, Action onEnd) =>
        Keep(new LoginSession(lifetime, time, onEnd) { Authorization = authorization, Proxy = proxy }, "browser");

    public LoginSession Add(DeviceCode device, AccountProxy? proxy, TimeSpan lifetime) =>
        Keep(new LoginSession(lifetime, time, static () => { }) { Device = device, Proxy = proxy }, "device");

    public LoginSession? Find(string? id) => All.Find(session => session.Id == id);

    /// <summary>The browser login with this state, ended or not.</summary>
    public LoginSession? FindByState(string? state) => All.Find(session => session.Authorization is { } asked && AreEqual(asked.State, state));

    /// <summary>The browser logins that wait for their code.</summary>
    public IReadOnlyList<LoginSession> WaitingForBrowser =>
        All.FindAll(session => session is { Authorization: not null, Progress.Stage: LoginStage.Waiting });

    public void CancelBrowserLogins(string reason)
    {
        foreach (LoginSession session in WaitingForBrowser)
        {
            if (session.TryEnd(LoginProgress.Cancelled(reason))) Log.Cancelled(logger, reason);
        }
    }

    public void Dispose()
    {
        foreach (LoginSession session in All) session.TryEnd(LoginProgress.Cancelled("The program was stopped."));
    }

    private List<LoginSession> All
    {
        get { lock (_gate) return [.. _sessions]; }
    }

    private LoginSession Keep(LoginSession session, string kind)
    {
        List<LoginSession> crowded = [];
        lock (_gate)
        {
            while (_sessions.Count >= MostKept)
            {
                LoginSession leaving = _sessions.Find(kept => kept.Progress.HasEnded) ?? _sessions[0];
                _sessions.Remove(leaving);
                crowded.Add(leaving);
            }

            _sessions.Add(session);
        }

        // Outside the lock: an end has consequences of its own.
        foreach (LoginSession leaving in crowded) leaving.TryEnd(LoginProgress.Cancelled("Too many sign-ins at once."));
        Log.Started(logger, kind, session.ExpiresAt);
        return session;
    }

    private static bool AreEqual(string expected, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
