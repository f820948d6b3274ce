using System.Net.Mime;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Protocol;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// Keeps web pages out. Listening on the loopback address alone does not: any page in the user's browser can reach it,
/// directly or after pointing a host name of its own at 127.0.0.1. So the name in <c>Host</c> must be ours, nothing may
/// come from another origin, and what changes state must be JSON, which no HTML form can send. There is no CORS header
/// anywhere, so no browser lets another page read an answer.
/// </summary>
internal sealed class LocalGate(ProxyOptions options, ClientKeys? keys, TimeProvider time)
{
    private readonly AccessKey? _key = options.ApiKey is { } key ? new AccessKey(key) : null;

    /// <summary>Why the request is turned away, or null.</summary>
    /// <param name="isPage">The path belongs to the dashboard's page, see <see cref="Routes.Page"/>.</param>
    /// <param name="isForClients">Clients may come here with keys of their own, see <see cref="Routes.OpenToClients"/>.</param>
    public ApiError? Refuse(HttpRequest request, bool isPage, bool isForClients)
    {
        if (!options.IsOwnName(request.Host.Host)) return LocalErrors.WrongHost;
        if (HttpMethods.IsOptions(request.Method)) return LocalErrors.CrossOrigin;

        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!(isPage && reads))
        {
            if (IsCrossOrigin(request)) return LocalErrors.CrossOrigin;
            if (RefuseKey(request, isForClients) is { } refusal) return refusal;
        }

        return !reads && HasBody(request) && !IsJson(request.ContentType) ? LocalErrors.NotJson : null;
    }

    /// <summary>
    /// The owner's key opens everything, a client's the routes for clients. As long as there is neither, none is needed; and where only clients
    /// have keys, the owner manages the proxy without one, as before, from this machine.
    /// </summary>
    private ApiError? RefuseKey(HttpRequest request, bool isForClients)
    {
        if (_key?.IsPresentedBy(request) == true) return null;
        KeyRing ring = keys?.Read() ?? KeyRing.Empty;
        if (!ring.IsRequired) return _key is null ? null : LocalErrors.WrongKey;

        ClientKey? expired = null;
        foreach (string candidate in AccessKey.Presented(request))
        {
            if (ring.Find(candidate) is not { } key) continue;
            if (key.IsExpired(time.GetUtcNow()))
            {
                expired = key;
                continue;
            }

            if (!isForClients) return LocalErrors.OwnersOnly;
            request.HttpContext.Features.Set(key);
            return null;
        }

        if (expired is not null) return LocalErrors.Expired(expired.Name);
        if (_key is not null || isForClients) return LocalErrors.WrongKey;
        return options.IsExposed ? LocalErrors.NoOwnersKey : null;
    }

    public static bool HasBody(HttpRequest request) =>
        request.ContentLength is not (null or 0)
        || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true);

    /// <summary>Compares with the address the browser saw, which <see cref="ReverseProxy"/> has restored.</summary>
    private bool IsCrossOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is [var origin, ..] && !IsOwnOrigin(request, origin)) return true;

        // "none" is the address bar; clients that are no browsers do not send it at all.
        return request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
    }

    private bool IsOwnOrigin(HttpRequest request, string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? origin) || origin.Scheme is not ("http" or "https")) return false;
        if (options.PublicUrl is { } shown && Uri.Compare(origin, shown, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0) return true;
        int port = request.Host.Port ?? (request.Scheme == "https" ? 443 : 80);
        return origin.Scheme == request.Scheme && origin.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase) && origin.Port == port;
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && (type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || (type.Type.Equals("application", StringComparison.OrdinalIgnoreCase) && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
}
