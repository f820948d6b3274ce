using System.Buffers.Text;
using System.Collections.Specialized;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests;

public sealed class FakeLogins : IAsyncLifetime
{
    private const string RedirectUri = "http://127.0.0.1:1455/auth/callback";
    private const string Verifier = "a-verifier-that-is-long-enough-to-be-one-of-pkce";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private FakeAuth _auth = null!;

    public async ValueTask InitializeAsync() => _auth = await FakeAuth.StartAsync(_clock);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _auth.DisposeAsync();
    }

    [Fact]
    public async Task A_code_is_good_for_one_exchange()
    {
        string code = (await AuthorizeAsync())["code"]!;
        (HttpStatusCode status, JsonElement tokens) = await ExchangeAsync(code, RedirectUri, Verifier);
        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement identity = Claim(tokens, "id_token").GetProperty("https://api.openai.com/auth");
        Assert.Equal(FakeAuth.DefaultUser.AccountId, identity.GetProperty("chatgpt_account_id").GetString());
        Assert.Equal(_clock.GetUtcNow().AddDays(10).ToUnixTimeSeconds(), Claim(tokens, "access_token").GetProperty("exp").GetInt64());
        Assert.Equal("invalid_grant", (await ExchangeAsync(code, RedirectUri, Verifier)).Body.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData(RedirectUri, "another-verifier-that-is-long-enough-for-pkce")]
    [InlineData("http://localhost:1455/auth/callback", Verifier)]
    public async Task A_code_needs_its_verifier_and_its_redirect_address(string redirectUri, string verifier) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await ExchangeAsync((await AuthorizeAsync())["code"]!, redirectUri, verifier)).Status);

    [Theory]
    [InlineData("client_id", "app_other")]
    [InlineData("redirect_uri", "https://example.com/auth/callback")]
    [InlineData("state", "")]
    public async Task A_doubtful_authorize_request_is_not_redirected(string parameter, string value)
    {
        using HttpResponseMessage response = await _http.GetAsync(AuthorizeUrl(parameter, value), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("scope", "openid", "invalid_scope")]
    public async Task A_faulty_authorize_request_comes_back_with_an_error(string parameter, string value, string error) =>
        Assert.Equal(error, (await AuthorizeAsync(parameter, value))["error"]);

    [Fact]
    public async Task A_denied_login_comes_back_with_the_chosen_error()
    {
        _auth.AuthorizeError = "access_denied";
        Assert.Equal("access_denied", (await AuthorizeAsync())["error"]);
    }

    [Fact]
    public async Task A_refresh_token_rotates_and_its_reuse_is_counted()
    {
        FakeTokens first = _auth.SignIn();
        (HttpStatusCode status, JsonElement second) = await RefreshAsync(first.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(first.RefreshToken, second.GetProperty("refresh_token").GetString());
        Assert.Equal(0, _auth.RefreshTokenReuses);

        (HttpStatusCode reused, JsonElement body) = await RefreshAsync(first.RefreshToken);
        Assert.Equal(HttpStatusCode.Unauthorized, reused);
        Assert.True(JsonElement.DeepEquals(Fixtures.Answer("refresh-401-reused").GetProperty("body"), body));
        Assert.Equal(1, _auth.RefreshTokenReuses);
        Assert.Equal(1, _auth.Refreshes);
    }

    [Fact]
    public async Task Of_many_refreshes_at_once_with_one_token_a_single_one_succeeds()
    {
        string token = _auth.SignIn().RefreshToken;
        (HttpStatusCode Status, JsonElement)[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(token)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, _auth.RefreshTokenReuses);
    }

    [Fact]
    public async Task Dead_refresh_tokens_say_why()
    {
        string revoked = _auth.SignIn().RefreshToken;
        string expired = _auth.SignIn().RefreshToken;
        _auth.ExpireRefreshToken(expired);
        await PostAsync("/oauth/revoke", Json($$"""{"token":"{{revoked}}","client_id":"{{FakeAuth.ClientId}}"}"""));
        Assert.Equal("refresh_token_invalidated", (await RefreshAsync(revoked)).Body.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("refresh_token_expired", (await RefreshAsync(expired)).Body.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("invalid_grant", (await RefreshAsync("rt_never_issued")).Body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_scripted_failure_of_the_token_endpoint_uses_nothing_up()
    {
        string token = _auth.SignIn().RefreshToken;
        _auth.AnswerToken(Reply.Http("500-server-error"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await RefreshAsync(token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(token)).Status);
    }

    [Fact]
    public async Task A_device_login_waits_for_approval()
    {
        (_, JsonElement start) = await PostAsync("/api/accounts/deviceauth/usercode", Json($$"""{"client_id":"{{FakeAuth.ClientId}}"}"""));
        string poll = $$"""{"device_auth_id":"{{start.GetProperty("device_auth_id")}}","user_code":"{{start.GetProperty("user_code")}}"}""";
        Assert.Equal(HttpStatusCode.Forbidden, (await PollAsync(poll)).Status);

        _auth.Devices.Approve(start.GetProperty("user_code").GetString()!);
        (HttpStatusCode status, JsonElement approved) = await PollAsync(poll);
        Assert.Equal(HttpStatusCode.OK, status);
        (HttpStatusCode exchanged, JsonElement _) = await ExchangeAsync(
            approved.GetProperty("authorization_code").GetString()!,
            _auth.Url + "/deviceauth/callback",
            approved.GetProperty("code_verifier").GetString()!);
        Assert.Equal(HttpStatusCode.OK, exchanged);
    }

    private async Task<NameValueCollection> AuthorizeAsync(string? parameter = null, string? value = null)
    {
        using HttpResponseMessage response = await _http.GetAsync(AuthorizeUrl(parameter, value), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Uri location = response.Headers.Location!;
        Assert.StartsWith(RedirectUri, location.ToString(), StringComparison.Ordinal);
        NameValueCollection query = HttpUtility.ParseQueryString(location.Query);
        Assert.Equal("a-state-of-the-client", query["state"]);
        return query;
    }

    private string AuthorizeUrl(string? parameter, string? value)
    {
        Dictionary<string, string> query = new()
        {
            ["response_type"] = "code",
            ["client_id"] = FakeAuth.ClientId,
            ["redirect_uri"] = RedirectUri,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
            ["state"] = "a-state-of-the-client",
            ["scope"] = "openid profile email offline_access",
        };
        if (parameter is not null) query[parameter] = value!;
        return _auth.Url + "/oauth/authorize?" + string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> ExchangeAsync(string code, string redirectUri, string verifier)
    {
        Dictionary<string, string> form = new()
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = FakeAuth.ClientId,
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["code_verifier"] = verifier,
        };
        return PostAsync("/oauth/token", new FormUrlEncodedContent(form));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(string token) =>
        PostAsync("/oauth/token", Json($$"""
            {"client_id":"{{FakeAuth.ClientId}}","grant_type":"refresh_token","refresh_token":"{{token}}"}
            """));

    private Task<(HttpStatusCode Status, JsonElement Body)> PollAsync(string body) =>
        PostAsync("/api/accounts/deviceauth/token", Json(body));

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, HttpContent content)
    {
        using HttpResponseMessage response = await _http.PostAsync(_auth.Url + path, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static JsonElement Claim(JsonElement tokens, string name) =>
        JsonElement.Parse(Base64Url.DecodeFromChars(tokens.GetProperty(name).GetString()!.Split('.')[1]));
}
