using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Accounts.Tokens;

/// <summary>The issuer's <c>/oauth/token</c>, which gives tokens for a refresh token or for a login's code, and its <c>/oauth/revoke</c>.</summary>
internal sealed class TokenEndpoint(HttpMessageInvoker http, Uri issuer, TimeProvider time)
{
    public const string ClientId = "app_EMoamEEZ73f0CkXaXp7hrann";

    private const int LongestAnswer = 256 * 1024;
    private const int LongestMessage = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>After these no repetition helps: the owner must sign in again.</summary>
    private static readonly SearchValues<string> FinalCodes = SearchValues.Create(
        ["refresh_token_expired", "refresh_token_reused", "refresh_token_invalidated", "token_expired", "invalid_grant", "account_deactivated"], StringComparison.Ordinal);

    /// <summary>Sent when set, as the official client does.</summary>
    public string? Originator { get; init; }

    public string? UserAgent { get; init; }

    /// <param name="reason"><c>proactive_expiry</c>, <c>scheduled</c>, <c>unauthorized_recovery</c> or <c>forced</c>.</param>
    /// <param name="route">The way of the account that the token is of; in the same place below.</param>
    public Task<TokenAnswer> RefreshAsync(string refreshToken, string reason, OutboundRoute route, CancellationToken ct)
    {
        HttpRequestMessage request = JsonRequest("/oauth/token", new TokenRefresh(ClientId, "refresh_token", refreshToken, reason), TokensContext.Default.TokenRefresh);
        return SendAsync(request, route, [refreshToken], Success, ct);
    }

    /// <param name="redirectUri">To the letter what the authorize address named.</param>
    public Task<TokenAnswer> ExchangeAsync(string code, string redirectUri, string verifier, OutboundRoute route, CancellationToken ct)
    {
        // As the official client: a form, and no headers that name the program.
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(issuer, "/oauth/token"))
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "authorization_code"),
                new("client_id", ClientId),
                new("code", code),
                new("redirect_uri", redirectUri),
                new("code_verifier", verifier),
            ]),
        };
        return SendAsync(request, route, [code, verifier], Success, ct);
    }

    /// <summary>Ends a sign-in at the issuer. Returns what went wrong, or null.</summary>
    public async Task<string?> RevokeAsync(string refreshToken, OutboundRoute route, CancellationToken ct)
    {
        HttpRequestMessage request = JsonRequest("/oauth/revoke", new TokenRevocation(refreshToken, "refresh_token", ClientId), TokensContext.Default.TokenRevocation);
        TokenAnswer answer = await SendAsync(request, route, [refreshToken], static _ => new TokenAnswer(), ct);
        return answer.Message.Length == 0 ? null : answer.Message;
    }

    /// <param name="secrets">What no message may contain.</param>
    private async Task<TokenAnswer> SendAsync(HttpRequestMessage request, OutboundRoute route, string[] secrets, Func<byte[], TokenAnswer> succeed, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using (request)
        {
            route.ApplyTo(request);
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request, both.Token);
                byte[] body = await BoundedBody.ReadAsync(response.Content, LongestAnswer, both.Token);
                return response.IsSuccessStatusCode ? succeed(body) : Refusal(response, body, secrets);
            }
            catch (HttpRequestException e)
            {
                return TokenAnswer.Unanswered(Reason(e));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                return TokenAnswer.Unanswered($"{route.SilentOne("the sign-in service")} did not answer in time. Try again in a moment");
            }
        }
    }

    /// <summary>Why nothing came back, and what helps.</summary>
    private string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        _ when e is AccountProxyException => $"{e.Message}. {AccountProxyException.Advice}",
        HttpRequestError.NameResolutionError => $"the name {issuer.IdnHost} was not found. Check the network and the DNS server, then try again",
        HttpRequestError.SecureConnectionError => $"the certificate of {issuer.IdnHost} is not trusted. If a company's proxy opens connections, name its certificates in SSL_CERT_FILE; otherwise check the clock of this machine",
        HttpRequestError.ProxyTunnelError => $"{e.Message}. Check HTTPS_PROXY, then try again",
        _ => $"{e.HttpRequestError}: the sign-in service could not be reached. Check the network and HTTPS_PROXY, then try again",
    };

    private HttpRequestMessage JsonRequest<T>(string path, T body, JsonTypeInfo<T> contract)
    {
        ByteArrayContent content = new(JsonLine.ToBytes(body, contract));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(issuer, path)) { Content = content };
        if (Originator is not null) request.Headers.TryAddWithoutValidation("originator", Originator);
        if (UserAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        return request;
    }

    private TokenAnswer Success(byte[] body)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        if (json?.RootElement.As(TokensContext.Default.TokenReply) is not { AccessToken: { } access } reply) return TokenAnswer.Failed("No access token in response");
        return new TokenAnswer
        {
            Tokens = new TokenSet
            {
                AccessToken = access,
                RefreshToken = reply.RefreshToken,
                IdToken = reply.IdToken,
                AccountId = TokenClaims.Of(reply.IdToken, access).AccountId,
                ToldExpiry = reply.ExpiresIn is { } seconds and > 0 and < 1e9 ? time.GetUtcNow().AddSeconds(seconds) : null,
            },
        };
    }

    /// <summary>The error is <c>{"error":{"code","message"}}</c>, <c>{"error":"code","error_description"}</c>, or a page of HTML.</summary>
    private static TokenAnswer Refusal(HttpResponseMessage response, byte[] body, string[] secrets)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        ForeignRefusal told = json?.RootElement.As(TokensContext.Default.ForeignRefusal) ?? new ForeignRefusal();
        string? code = told.Error?.Code ?? told.Error?.Word ?? told.Code;
        string text = told.Error?.Message ?? told.ErrorDescription ?? told.Message ?? code ?? Advice(response, isPage: json is null && body.Length > 0);
        // Nothing is known to echo a secret, but this text is shown and logged.
        foreach (string secret in secrets) text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = ErrorText.Clean(text);
        if (text.Length > LongestMessage) text = text[..LongestMessage];
        int status = (int)response.StatusCode;
        bool final = status is >= 400 and < 500 && code is not null && FinalCodes.Contains(code);
        return new TokenAnswer
        {
            Message = $"{status} - {text}",
            FinalCode = final ? code : null,
            // Without a word of the service itself about what was sent, what was sent may still be good.
            IsPassing = status is 408 or 429 or >= 500 || code is null && json is null,
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>What an answer means that does not explain itself.</summary>
    private static string Advice(HttpResponseMessage response, bool isPage) => (int)response.StatusCode switch
    {
        429 => "too many requests. Wait a minute, then try again",
        >= 500 => "the sign-in service failed. Try again in a few minutes",
        _ when isPage || response.Headers.Contains("cf-mitigated") => "a browser check protects the sign-in service. Try again from another network (VPNs and data centers are often blocked)",
        _ => "no explanation",
    };
}

/// <summary>New tokens, or why there are none.</summary>
internal sealed record TokenAnswer
{
    /// <summary>A refresh token or id token that the answer does not contain is null here: the stored one is kept.</summary>
    public TokenSet? Tokens { get; init; }

    public string Message { get; init; } = "";

    /// <summary>The error code when the refusal is final.</summary>
    public string? FinalCode { get; init; }

    /// <summary>The service has not judged what was sent: the same request may succeed later.</summary>
    public bool IsPassing { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static TokenAnswer Unanswered(string message) => new() { Message = message, IsPassing = true };

    public static TokenAnswer Failed(string message) => new() { Message = message };

    public override string ToString() => Tokens is null ? Message : "new tokens";
}
