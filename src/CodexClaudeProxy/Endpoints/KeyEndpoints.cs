using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Keys.Usage;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The keys of clients: who has one, what it may do and has done, new ones and their end. For the owner only.</summary>
internal sealed class KeyEndpoints(ClientKeys keys, KeyUsage usage, ProxyOptions options, TimeProvider time)
{
    private static readonly ApiError NoSuchKey = new(ApiErrorType.NotFound, 404, "There is no key with this id") { ShouldRetry = false };

    public void MapTo(Routes routes) => routes
        .Get("/api/keys", ListAsync)
        .Post("/api/keys", AddAsync)
        .Patch("/api/keys/{id}", ChangeAsync)
        .Delete("/api/keys/{id}", RemoveAsync)
        .Post("/api/keys/{id}/renew", RenewAsync);

    private async Task ListAsync(HttpContext http)
    {
        await JsonReply.WriteAsync(http, await usage.ReportAsync(options.ApiKey is not null, http.RequestAborted), KeyReportContext.Default.KeyList);
    }

    private async Task AddAsync(HttpContext http)
    {
        // A limit by a wrong name would be no limit.
        using JsonDocument body = await JsonBody.ReadAsync(http);
        KeyRequest request = KeyRequest.Read(body.RootElement);
        if (options.IsExposed && options.ApiKey is null) throw new InvalidRequestException(LocalErrors.OwnersKeyFirst);
        string text = KeyText.GenerateForClient();
        ClientKey added = await GuardAsync(() => keys.AddAsync(text, key => request.ApplyTo(key, time.GetUtcNow()), http.RequestAborted));
        await TellAsync(http, text, added);
    }

    private async Task ChangeAsync(HttpContext http)
    {
        // What is absent stays as it is, and what is null goes: only the document tells these apart.
        using JsonDocument body = await JsonBody.ReadAsync(http);
        KeyRequest request = KeyRequest.Read(body.RootElement);
        await GuardAsync(() => keys.ChangeAsync(Find(http).Id, key => request.ChangeOf(key, body.RootElement, time.GetUtcNow()), http.RequestAborted));
        await JsonReply.WriteAsync(http, await usage.ShowAsync(Find(http), http.RequestAborted), KeyReportContext.Default.ShownKey);
    }

    private async Task RenewAsync(HttpContext http)
    {
        string text = KeyText.GenerateForClient();
        await GuardAsync(() => keys.RenewAsync(Find(http).Id, text, http.RequestAborted));
        await TellAsync(http, text, Find(http));
    }

    private async Task RemoveAsync(HttpContext http)
    {
        ClientKey removed = Find(http);
        await GuardAsync(() => keys.RemoveAsync(removed.Id, http.RequestAborted));
        string? note = keys.Read().IsRequired || options.ApiKey is not null ? null : "It was the last key: clients need none any more.";
        await JsonReply.WriteAsync(http, new OperationResult(true, $"The key '{removed.Name}' was revoked", note), HostingContext.Default.OperationResult);
    }

    private async Task TellAsync(HttpContext http, string text, ClientKey key)
    {
        // It is shown this once: no browser keeps it.
        http.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(http, new NewKey(text, await usage.ShowAsync(key, http.RequestAborted)), KeyReportContext.Default.NewKey);
    }

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    /// <summary>By its id alone: a name may be taken over by another key.</summary>
    private ClientKey Find(HttpContext http) => keys.Read().FindById(Id(http)) ?? throw new InvalidRequestException(NoSuchKey);

    private static async Task<T> GuardAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (KeyRefusedException e)
        {
            throw new InvalidRequestException(ApiError.Invalid(e.Message, e.Member));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidRequestException(new ApiError(ApiErrorType.Api, StatusCodes.Status503ServiceUnavailable, $"The keys cannot be changed now: {e.Message}"));
        }
    }
}
