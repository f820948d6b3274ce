using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>The issuer's two addresses for a login on another device.</summary>
internal sealed class DeviceEndpoint(HttpMessageInvoker http, Uri issuer, TimeProvider time)
{
    private const int LongestAnswer = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);

    /// <summary>Where the code of a device login is redeemed; no browser is ever sent there.</summary>
    public string RedirectUri => new Uri(issuer, "/deviceauth/callback").AbsoluteUri;

    /// <summary>Asks for a code to show. Its answer, or why there is none.</summary>
    /// <param name="route">The way of the account that signs in.</param>
    public async Task<(DeviceStart? Start, string? Error)> StartAsync(OutboundRoute route, CancellationToken ct)
    {
        Answer answer = await PostAsync("usercode", route, new DeviceCodeRequest(TokenEndpoint.ClientId), LoginContext.Default.DeviceCodeRequest, ct);
        if (answer.Status == HttpStatusCode.NotFound)
            return (null, "Device login is not enabled for this account or workspace. Its administrator can allow it in the ChatGPT security settings; or sign in with a browser.");
        if (answer.Trouble is not null) return (null, $"The device login could not begin: {answer.Trouble}");

        using JsonDocument? json = ForeignJson.TryParseAnswer(answer.Body);
        if (json?.RootElement.As(LoginContext.Default.DeviceCodeReply) is not { DeviceAuthId: { } id, UserCode: { } userCode } reply)
            return (null, "The device login could not begin: the answer holds no code");
        TimeSpan interval = reply.Interval is > 0 and <= 60 and { } seconds ? TimeSpan.FromSeconds(seconds) : UsualInterval;
        return (new DeviceStart(id, userCode, new Uri(issuer, "/codex/device").AbsoluteUri, interval, reply.ExpiresAt), null);
    }

    /// <summary>Asks once whether the person has entered the code.</summary>
    public async Task<DevicePoll> PollAsync(DeviceStart start, OutboundRoute route, CancellationToken ct)
    {
        Answer answer = await PostAsync("token", route, new DeviceTokenRequest(start.Id, start.UserCode), LoginContext.Default.DeviceTokenRequest, ct);
        // A gateway that hiccups, like no answer at all, says nothing about the login.
        bool notYet = answer.Status is null or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        if (notYet) return DevicePoll.NotYet;
        if (answer.Trouble is not null) return new DevicePoll { Error = $"The device login failed: {answer.Trouble}" };

        using JsonDocument? json = ForeignJson.TryParseAnswer(answer.Body);
        return json?.RootElement.As(LoginContext.Default.DeviceTokenReply) is { AuthorizationCode: { } code, CodeVerifier: { } verifier }
            ? new DevicePoll { Code = code, Verifier = verifier }
            : new DevicePoll { Error = "The device login failed: the answer holds no code" };
    }

    private async Task<Answer> PostAsync<T>(string path, OutboundRoute route, T body, JsonTypeInfo<T> contract, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            ByteArrayContent content = new(JsonLine.ToBytes(body, contract));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri(issuer, $"/api/accounts/deviceauth/{path}")) { Content = content };
            route.ApplyTo(request);
            using HttpResponseMessage response = await http.SendAsync(request, both.Token);
            byte[] answer = await BoundedBody.ReadAsync(response.Content, LongestAnswer, both.Token);
            return new Answer(response.StatusCode, answer, response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} - {Reason(answer)}");
        }
        catch (AccountProxyException e)
        {
            return new Answer(null, [], $"{e.Message}. {AccountProxyException.Advice}");
        }
        catch (HttpRequestException e)
        {
            return new Answer(null, [], $"{e.HttpRequestError}: the sign-in service could not be reached");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return new Answer(null, [], $"{route.SilentOne("the sign-in service")} did not answer in time");
        }
    }

    private static string Reason(byte[] body)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        ForeignRefusal? told = json?.RootElement.As(TokensContext.Default.ForeignRefusal);
        return told?.Error?.Message ?? told?.ErrorDescription ?? told?.Error?.Word ?? told?.Detail?.Word ?? "no explanation";
    }

    private readonly record struct Answer(HttpStatusCode? Status, byte[] Body, string? Trouble);
}

/// <param name="Id">Known to this program alone: it redeems the login.</param>
internal sealed record DeviceStart(string Id, string UserCode, string Url, TimeSpan Interval, DateTimeOffset? ExpiresAt)
{
    public override string ToString() => Url;
}

/// <summary>A code with its verifier, an error, or neither: not yet.</summary>
internal sealed record DevicePoll
{
    public static readonly DevicePoll NotYet = new();

    public string? Code { get; init; }

    public string? Verifier { get; init; }

    public string? Error { get; init; }

    public override string ToString() => Error ?? "";
}
