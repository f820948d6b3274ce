using System.Diagnostics;
using CodexClaudeProxy.Protocol;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace CodexClaudeProxy.Hosting;

/// <summary>The way of every request from the socket to its endpoint, and the one boundary no exception crosses.</summary>
internal sealed partial class FrontDoor(Routes routes, LocalGate gate, ReverseProxy reverseProxy, IdleTrim idle, ILogger log, Drain drain)
{
    /// <summary>32 MB, as the Messages API allows.</summary>
    public const long MaxBody = 33_554_432;

    public const int MostLineBytes = 8 * 1024;
    public const int MostHeaders = 100;
    public const int MostHeaderBytes = 32 * 1024;

    public async Task HandleAsync(HttpContext http)
    {
        long start = Stopwatch.GetTimestamp();
        // A dashboard that is open, or a probe of the health, would keep the memory of the last burst for ever.
        bool isWork = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (isWork) idle.Enter();
        drain.Enter();
        var connection = http.Features.Get<ClientConnection>();
        connection?.Enter();
        try
        {
            RequestId.Assign(http);
            http.Response.Headers.XContentTypeOptions = "nosniff";
            await AnswerAsync(http);
        }
        catch (Exception e)
        {
            await ReportAsync(http, e);
        }
        finally
        {
            connection?.Leave();
            drain.Leave();
            if (isWork) idle.Leave();
            LogRequest(http, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        reverseProxy.Restore(http.Request);

        // 1. The path decides what the gate must know, so it is looked up first; nothing runs yet.
        Routes.Resource? resource = routes.Find(http.Request);

        // The server itself would refuse these without a word, so it lets somewhat more through.
        if (Oversize(http) is { } oversize)
        {
            await ErrorReply.WriteAsync(http, oversize);
            return;
        }

        // 2. Strangers get nothing else out of us, but for what is meant for them.
        RequestDelegate? handler = resource?.Handler(http.Request.Method);
        if (gate.Refuse(http.Request, resource?.IsPage == true, resource?.IsForClients ?? true) is { } refusal)
        {
            handler = refusal.Type == ApiErrorType.Authentication || refusal == LocalErrors.OwnersOnly ? resource?.HandlerWithoutKey(http.Request.Method) : null;
            if (handler is null)
            {
                await ErrorReply.WriteAsync(http, refusal);
                return;
            }
        }

        // 3. The listener stays open to the end, so that whoever comes meanwhile knows to come back.
        if (drain.Stopping.IsCancellationRequested)
        {
            http.Response.Headers.Connection = "close";
            await ErrorReply.WriteAsync(http, LocalErrors.ShuttingDown);
            return;
        }

        // 4. A declared size is refused before it is uploaded. With the limit lifted the server drains the rest,
        //    where it would otherwise reset the connection under a client that is still writing.
        if (http.Request.ContentLength > MaxBody)
        {
            http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            await ErrorReply.WriteAsync(http, LocalErrors.BodyTooLarge);
            return;
        }

        // 5. The endpoint.
        if (handler is not null)
        {
            await handler(http);
            return;
        }

        if (resource is not null) http.Response.Headers.Allow = resource.Allow;
        await ErrorReply.WriteAsync(http, resource is null ? LocalErrors.NotFound : LocalErrors.MethodNotAllowed);
    }

    private static ApiError? Oversize(HttpContext http)
    {
        if (http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length > MostLineBytes) return LocalErrors.AddressTooLong;
        int count = 0, bytes = 0;
        foreach ((string name, StringValues values) in http.Request.Headers)
        {
            foreach (string? value in values)
            {
                count++;
                bytes += name.Length + (value?.Length ?? 0) + ": \r\n".Length;
            }
        }

        return count > MostHeaders || bytes > MostHeaderBytes ? LocalErrors.HeadersTooLarge : null;
    }

    private async Task ReportAsync(HttpContext http, Exception exception)
    {
        if (http.RequestAborted.IsCancellationRequested) return;
        ApiError error = LocalErrors.Of(exception);
        if (error.Status >= 500) Failed(log, exception, http.TraceIdentifier, http.Request.Method, http.Request.Path);

        // What has begun cannot be repaired: a cut connection is the only honest end left.
        if (http.Response.HasStarted) http.Abort();
        else await ErrorReply.WriteAsync(http, error);
    }

    private void LogRequest(HttpContext http, long milliseconds)
    {
        string method = http.Request.Method;
        string path = http.Request.Path;
        int status = http.Response.StatusCode;
        // The dashboard looks every few seconds; what counts in the log are turns and changes.
        bool isLook = status < 400 && (HttpMethods.IsHead(method) || (HttpMethods.IsGet(method) && !http.Request.Path.StartsWithSegments("/v1")));
        Answered(log, isLook ? LogLevel.Debug : LogLevel.Information, method, path, status, milliseconds);
    }

    // The query stays out: it may carry a login code.
    [LoggerMessage(EventId = 100, Message = "{Method} {Path} {Status} ({Milliseconds} ms)")]
    private static partial void Answered(ILogger log, LogLevel level, string method, string path, int status, long milliseconds);

    [LoggerMessage(101, LogLevel.Error, "{Id} {Method} {Path} failed")]
    private static partial void Failed(ILogger log, Exception exception, string id, string method, string path);
}
