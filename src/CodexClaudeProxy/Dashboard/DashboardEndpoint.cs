using CodexClaudeProxy.Hosting;
using Microsoft.AspNetCore.Http.Headers;

namespace CodexClaudeProxy.Dashboard;

/// <summary>
/// Serves the page, and the API reference for programs. Neither holds anything secret, so both load without the access key, for which the
/// page then asks; what the page may do in the
/// browser is limited as far as browsers allow.
/// </summary>
/// <param name="answerStatus">What <c>/</c> is to clients that are no browsers.</param>
internal sealed class DashboardEndpoint(RequestDelegate answerStatus)
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public void MapTo(Routes routes) => routes
        .Page("/", AnswerRootAsync)
        .Page("/favicon.ico", static http => AnswerFileAsync(http, "dashboard/icon.svg"))
        .Page("/openapi.json", static http => AnswerFileAsync(http, "api/openapi.json"))
        .Page("/assets/{path*}", http => AnswerFileAsync(http, $"dashboard/{http.Request.RouteValues["path"]}"));

    private Task AnswerRootAsync(HttpContext http)
    {
        http.Response.Headers.Vary = "Accept, Accept-Encoding";
        bool wantsPage = http.Request.GetTypedHeaders().Accept.Any(static type => type.MediaType == "text/html" && type.Quality is not 0);
        // Without the slash everything that the page names would be looked for one level higher.
        if (wantsPage && http.Request is { PathBase.HasValue: true, Path.HasValue: false })
        {
            http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            http.Response.Headers.Location = $"{http.Request.PathBase.Value!.Split('/')[^1]}/";
            return Task.CompletedTask;
        }

        return wantsPage ? AnswerFileAsync(http, "dashboard/index.html") : answerStatus(http);
    }

    private static async Task AnswerFileAsync(HttpContext http, string path)
    {
        RequestHeaders asked = http.Request.GetTypedHeaders();
        if (DashboardFile.Find(path, Unpacks(asked, "br"), Unpacks(asked, "gzip")) is not { } file)
        {
            await ErrorReply.WriteAsync(http, LocalErrors.NotFound);
            return;
        }

        HttpResponse response = http.Response;
        WriteProtection(response.Headers);
        response.Headers.ETag = file.Tag;
        response.Headers.CacheControl = "no-cache";
        if (response.Headers.Vary.Count == 0) response.Headers.Vary = "Accept-Encoding";
        if (asked.IfNoneMatch.Any(tag => tag.Tag == "*" || tag.Tag == file.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        if (file.Encoding is not null) response.Headers.ContentEncoding = file.Encoding;
        await using Stream content = file.Open();
        if (file.Encoding is not null) response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await content.CopyToAsync(response.Body, http.RequestAborted);
    }

    private static bool Unpacks(RequestHeaders asked, string encoding) =>
        asked.AcceptEncoding.Any(offer => offer.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && offer.Quality is not 0);

    private static void WriteProtection(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    }
}
