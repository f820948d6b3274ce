using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>
/// Asks upstream what an account has used (<c>GET /wham/usage</c>) and which workspaces it has (<c>GET /wham/accounts/check</c>).
/// </summary>
/// <param name="backend">For instance <c>https://chatgpt.com/backend-api</c>.</param>
internal sealed class UsageQuery(HttpMessageInvoker http, Uri backend, TimeProvider time)
{
    private const int LongestAnswer = 128 * 1024;
    private const int LongestMessage = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public string? UserAgent { get; init; }

    public async Task<UsageReply> FetchAsync(Credential credential, CancellationToken ct)
    {
        Task<Part> usage = GetAsync("wham/usage", credential, ct);
        Task<Part> workspaces = GetAsync("wham/accounts/check", credential, ct);
        await Task.WhenAll(usage, workspaces);
        Part told = await usage;
        Part checkedOnes = await workspaces;
        return new UsageReply
        {
            Usage = told.Json,
            UsageError = told.Error is null ? null : $"Failed to fetch usage: {told.Error}",
            Workspaces = checkedOnes.Json,
            WorkspacesError = checkedOnes.Error is null ? null : $"Failed to fetch account: {checkedOnes.Error}",
            Unauthorized = told.Unauthorized,
        };
    }

    private async Task<Part> GetAsync(string path, Credential credential, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"{backend.AbsoluteUri.TrimEnd('/')}/{path}"));
            request.Headers.TryAddWithoutValidation("Authorization", HeaderText.Encode($"Bearer {credential.AccessToken}"));
            request.Headers.TryAddWithoutValidation("ChatGPT-Account-ID", HeaderText.Encode(credential.AccountId));
            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            if (UserAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
            using HttpResponseMessage response = await http.SendAsync(request, both.Token);
            byte[] body = await BoundedBody.ReadAsync(response.Content, LongestAnswer, both.Token);
            return response.IsSuccessStatusCode ? Success(body) : Refusal(response.StatusCode, body);
        }
        catch (HttpRequestException e)
        {
            return new Part(null, $"{e.HttpRequestError}: upstream could not be reached");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return new Part(null, "upstream did not respond in time");
        }
    }

    private static Part Success(byte[] body)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        return json?.RootElement.ValueKind == JsonValueKind.Object ? new Part(json.RootElement.GetRawText(), null) : new Part(null, "200 - the answer is not JSON");
    }

    private static Part Refusal(HttpStatusCode status, byte[] body)
    {
        using JsonDocument? json = ForeignJson.TryParseAnswer(body);
        ForeignRefusal? told = json?.RootElement.As(TokensContext.Default.ForeignRefusal);
        string text = told?.Error?.Message ?? told?.Detail?.Word ?? told?.Detail?.Code ?? status.ToString();
        return new Part(null, $"{(int)status} - {(text.Length > LongestMessage ? text[..LongestMessage] : text)}", status == HttpStatusCode.Unauthorized);
    }

    private sealed record Part(string? Json, string? Error, bool Unauthorized = false);
}

/// <summary>Both answers as JSON texts; each may have failed by itself.</summary>
internal sealed record UsageReply
{
    public string? Usage { get; init; }

    public string? UsageError { get; init; }

    public string? Workspaces { get; init; }

    public string? WorkspacesError { get; init; }

    /// <summary>The backend did not accept the token.</summary>
    public bool Unauthorized { get; init; }
}
