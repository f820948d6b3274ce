using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>Calls of the backend that are about an account, beside its requests: with its token, and with a time limit of their own.</summary>
/// <param name="backend">For instance <c>https://chatgpt.com/backend-api</c>.</param>
internal sealed class AccountCalls(HttpMessageInvoker http, Uri backend, TimeProvider time)
{
    private const int LongestAnswer = 128 * 1024;
    private const int LongestMessage = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The official client's limit for what it sends.</summary>
    private static readonly TimeSpan PostLimit = TimeSpan.FromSeconds(10);

    public string? UserAgent { get; init; }

    public Task<CallReply> GetAsync(string path, Credential credential, CancellationToken ct) => SendAsync(HttpMethod.Get, path, credential, body: null, Limit, ct);

    public Task<CallReply> PostAsync(string path, Credential credential, byte[] json, CancellationToken ct) => SendAsync(HttpMethod.Post, path, credential, json, PostLimit, ct);

    private async Task<CallReply> SendAsync(HttpMethod method, string path, Credential credential, byte[]? body, TimeSpan patience, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(patience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using HttpRequestMessage request = new(method, new Uri($"{backend.AbsoluteUri.TrimEnd('/')}/{path}"));
            credential.Route.ApplyTo(request);
            request.Headers.TryAddWithoutValidation("Authorization", HeaderText.Encode($"Bearer {credential.AccessToken}"));
            request.Headers.TryAddWithoutValidation("ChatGPT-Account-ID", HeaderText.Encode(credential.AccountId));
            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            if (UserAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using HttpResponseMessage response = await http.SendAsync(request, both.Token);
            byte[] answer = await BoundedBody.ReadAsync(response.Content, LongestAnswer, both.Token);
            return response.IsSuccessStatusCode ? Success(response.StatusCode, answer) : Refusal(response.StatusCode, answer);
        }
        catch (AccountProxyException e)
        {
            return new CallReply(null, $"{e.Message}. {AccountProxyException.Advice}", null);
        }
        catch (HttpRequestException e)
        {
            return new CallReply(null, $"{e.HttpRequestError}: upstream could not be reached", null);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return new CallReply(null, $"{credential.Route.SilentOne("upstream")} did not respond in time", null);
        }
    }

    private static CallReply Success(HttpStatusCode status, byte[] body)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        return json?.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? new CallReply(json.RootElement.GetRawText(), null, status)
            : new CallReply(null, CallReply.NotJson, status);
    }

    private static CallReply Refusal(HttpStatusCode status, byte[] body)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        ForeignRefusal? told = json?.RootElement.As(TokensContext.Default.ForeignRefusal);
        string text = told?.Error?.Message ?? told?.Detail?.Word ?? told?.Detail?.Code ?? status.ToString();
        return new CallReply(null, $"{(int)status} - {(text.Length > LongestMessage ? text[..LongestMessage] : text)}", status);
    }
}

/// <param name="Json">An object or a list; null when there is none.</param>
/// <param name="Error">Null exactly when there is <paramref name="Json"/>.</param>
/// <param name="Status">Null when nothing was answered.</param>
internal sealed record CallReply(string? Json, string? Error, HttpStatusCode? Status)
{
    public const string NotJson = "200 - the answer is not JSON";

    public bool IsUnauthorized => Status == HttpStatusCode.Unauthorized;
}
