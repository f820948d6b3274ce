using System.Net;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol;
using Microsoft.Extensions.Primitives;

namespace CodexClaudeProxy.Upstream;

/// <summary>Passes a client's own request to Anthropic. It has no credential: the client's is in the request's headers.</summary>
/// <param name="api">For instance <c>https://api.anthropic.com</c>.</param>
internal sealed class AnthropicClient(HttpMessageInvoker http, Uri api)
{
    /// <summary>In the place of an account's key, for the request log.</summary>
    public const string Name = "anthropic";

    /// <summary>The path and the query of the request are kept. Success and refusal both come back as a message, with the body still to be read.</summary>
    /// <param name="headers">All that the client sent and that Anthropic may see; those of the connection are left out here.</param>
    /// <param name="uploaded">Told when the body has been handed to the connection.</param>
    public Task<HttpResponseMessage> PassAsync(
        string path, QueryString query, IEnumerable<KeyValuePair<string, StringValues>> headers, ReadOnlyMemory<byte> body, Action uploaded, CancellationToken cancellation)
    {
        // Else the query would be written in another way.
        var address = new Uri(api.AbsoluteUri.TrimEnd('/') + path + query.Value, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = address.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new JsonUpload(body, uploaded),
        };
        OutboundRoute.Shared.ApplyTo(request);
        request.Content.Headers.Clear();
        foreach ((string name, StringValues values) in headers) Add(request, name, values);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>Sets the headers of the answer, except those of the connection it came on.</summary>
    public static void CopyHeaders(HttpResponseMessage from, IHeaderDictionary to)
    {
        HashSet<string> ofConnection = NamedIn(from.Headers.NonValidated.TryGetValues("connection", out var connection) ? connection : []);
        // With both, the length is not that of the body (RFC 9112, 6.3); and these have no body.
        if (from.Headers.NonValidated.Contains("transfer-encoding") || from.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.ResetContent) ofConnection.Add("content-length");
        foreach (var header in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!IsOfConnection(header.Key) && !ofConnection.Contains(header.Key)) to[header.Key] = new StringValues([.. header.Value.Select(HeaderText.Relay)]);
        }
    }

    /// <summary>The headers of a client's request that are meant for the one who answers it, and not for us.</summary>
    public static IEnumerable<KeyValuePair<string, StringValues>> EndToEnd(IHeaderDictionary headers)
    {
        HashSet<string> ofConnection = NamedIn(headers.Connection!);
        return headers.Where(header => !IsOfConnection(header.Key) && !ofConnection.Contains(header.Key) && !IsOfThisHost(header.Key));
    }

    private static void Add(HttpRequestMessage request, string name, StringValues values)
    {
        string[] texts = [.. values.Select(static value => HeaderText.Encode(value ?? ""))];
        if (!request.Headers.TryAddWithoutValidation(name, texts)) request.Content!.Headers.TryAddWithoutValidation(name, texts);
    }

    /// <summary>RFC 9110, 7.6.1: what a <c>Connection</c> header names belongs to the connection, too.</summary>
    private static HashSet<string> NamedIn(IEnumerable<string> connection) =>
        new(connection.SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), StringComparer.OrdinalIgnoreCase);

    private static bool IsOfConnection(string name) => name.ToLowerInvariant() is
        "connection" or "keep-alive" or "proxy-connection" or "proxy-authenticate" or "proxy-authorization" or "te" or "trailer" or "transfer-encoding" or "upgrade";

    /// <summary>Which host was asked, what a reverse proxy tells us of the client, and what the connection to Anthropic makes anew.</summary>
    private static bool IsOfThisHost(string name) =>
        name.ToLowerInvariant() is "host" or "content-length" or "expect" or "forwarded" or "via" or "x-real-ip" || name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase);
}
