using System.Collections.Concurrent;

namespace FakeCodex;

/// <summary>The login server: users, tokens, the browser flow, the device flow, rotating refresh tokens.</summary>
public sealed class FakeAuth : IAsyncDisposable
{
    public const string ClientId = "app_EMoamEEZ73f0CkXaXp7hrann";

    private readonly TimeProvider _clock;
    private WebApplication? _ownHost;
    private Uri? _url;

    public FakeAuth(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        Book = new(_clock);
        Codes = new();
        Devices = new(this);
        NextUser = DefaultUser;
    }

    /// <summary>The account of the recorded answers.</summary>
    public static FakeUser DefaultUser { get; } = new("dev@example.com", "00000000-1111-2222-3333-444444444444", "user-FAKEUSER0001");

    /// <summary>The issuer's address, without a slash at its end.</summary>
    public string Url => _url?.ToString().TrimEnd('/') ?? throw new InvalidOperationException("the server was not started");

    /// <summary>Every request to the login server.</summary>
    public RequestLog Received { get; } = new();

    /// <summary>Who signs in at the next authorize request.</summary>
    public FakeUser NextUser { get; set; }

    /// <summary>The error the next authorize requests redirect with, such as <c>access_denied</c>.</summary>
    public string? AuthorizeError { get; set; }

    /// <summary>Holds every answer of the token endpoint, after the token was used up.</summary>
    public Gate? TokenGate { get; set; }

    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromDays(10);

    /// <summary>Whether a refresh gives a new refresh token and kills the old one, as the real issuer normally does.</summary>
    public bool RotatesRefreshTokens { get; set; } = true;

    /// <summary>Whether a refresh answers with an id token; the real issuer may leave it out.</summary>
    public bool ReturnsIdTokens { get; set; } = true;

    /// <summary>The device login.</summary>
    public DeviceLogins Devices { get; }

    /// <summary>How often a refresh token was presented again after it had been used up.</summary>
    public int RefreshTokenReuses => Book.Reuses;

    /// <summary>How often a refresh succeeded.</summary>
    public int Refreshes => Book.Rotations;

    internal TokenBook Book { get; }

    /// <summary>What the token endpoint answers instead of its own.</summary>
    internal ConcurrentQueue<Reply> TokenAnswers { get; } = new();

    internal AuthorizationCodes Codes { get; }

    /// <summary>Starts the login server on a port of its own.</summary>
    public static async Task<FakeAuth> StartAsync(TimeProvider? clock = null, int port = 0)
    {
        FakeAuth auth = new(clock);
        auth._ownHost = await LoopbackHost.StartAsync(port, auth.Map);
        auth.IsServedAt(LoopbackHost.AddressOf(auth._ownHost));
        return auth;
    }

    /// <summary>Queues answers for the token endpoint; they use up neither codes nor tokens.</summary>
    public void AnswerToken(params ReadOnlySpan<Reply> replies)
    {
        foreach (Reply reply in replies) TokenAnswers.Enqueue(reply);
    }

    /// <summary>Gives a user a fresh set of tokens, as if a login had just ended.</summary>
    public FakeTokens SignIn(FakeUser? user = null, TimeSpan? lifetime = null) =>
        Book.Issue(user ?? DefaultUser, lifetime ?? AccessTokenLifetime);

    /// <summary>A key for the public API address.</summary>
    public string IssueApiKey(FakeUser? user = null) => Book.IssueApiKey(user ?? DefaultUser);

    /// <summary>Makes the backend refuse an access token before its time.</summary>
    public void InvalidateAccessToken(string accessToken) => Book.InvalidateAccess(accessToken);

    public void ExpireRefreshToken(string refreshToken) => Book.ExpireRefresh(refreshToken);

    public void RevokeRefreshToken(string refreshToken) => Book.RevokeRefresh(refreshToken);

    public async ValueTask DisposeAsync()
    {
        if (_ownHost is not null) await _ownHost.DisposeAsync();
    }

    /// <summary>Changes <see cref="Url"/> to the name under which clients reach the server.</summary>
    public void IsServedAt(Uri url) => _url = url;

    internal void Map(WebApplication app)
    {
        app.MapGet("/oauth/authorize", http => AnswerAsync(http, new AuthorizeEndpoint(this).Answer));
        app.MapPost("/oauth/token", http => AnswerAsync(http, new TokenEndpoint(this).Answer));
        app.MapPost("/oauth/revoke", http => AnswerAsync(http, Revoke));
        app.MapPost("/api/accounts/deviceauth/usercode", http => AnswerAsync(http, Devices.Start));
        app.MapPost("/api/accounts/deviceauth/token", http => AnswerAsync(http, Devices.Poll));
    }

    private async Task AnswerAsync(HttpContext http, Func<ReceivedRequest, Reply> answer)
    {
        RequestBody body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        ReceivedRequest request = new(http.Request, body, _clock.GetUtcNow());
        Received.Add(request);
        await request.AnswerAsync(answer(request), http);
    }

    private Reply Revoke(ReceivedRequest request)
    {
        if (request.Json.GetText("token") is { } token) Book.RevokeRefresh(token);
        return Reply.Json(200, "{}");
    }
}
