using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Upstream;

/// <summary>What one inference call sends beside its body.</summary>
/// <param name="CacheKey">The request's <c>prompt_cache_key</c>; as <c>session-id</c> it keeps the conversation on the server that has its cache.</param>
/// <param name="Lite">The body has the lite shape.</param>
internal sealed record CodexCall(ReadOnlyMemory<byte> Body, string CacheKey, bool Lite)
{
    /// <summary>Headers of the client's own; they come before ours of the same name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body is compressed with zstd.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Told when the body has been handed to the connection.</summary>
    public Action? Uploaded { get; init; }
}

/// <summary>Speaks to the Codex backend as the official client does. It is handed a credential and knows nothing of accounts.</summary>
/// <param name="backend">For instance <c>https://chatgpt.com/backend-api</c>.</param>
/// <param name="version">The client version we claim: older ones are refused new models.</param>
internal sealed class CodexClient(HttpMessageInvoker http, Uri backend, string version)
{
    private const string Originator = "codex_cli_rs";
    private const int LongestError = 256 * 1024;
    public const int LongestCatalogue = 16 * 1024 * 1024;

    /// <summary>How long the model catalogue may take, and the body of a refusal.</summary>
    public static readonly TimeSpan CataloguePatience = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan ErrorPatience = TimeSpan.FromSeconds(10);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string UserAgent { get; } = $"{Originator}/{version} ({OperatingSystemName()}) unknown ({Originator}; {version})";

    /// <summary>The host that serves an account: a workspace that keeps its data in a region has one of its own.</summary>
    public string HostOf(Credential credential) => (credential.Routing?.Origin ?? backend).IdnHost;

    /// <summary>Starts a response. Success and refusal both come back as a message, with the body still to be read.</summary>
    public Task<HttpResponseMessage> RespondAsync(Credential credential, CodexCall call, CancellationToken cancellation)
    {
        HttpRequestMessage request = Request(HttpMethod.Post, "codex/responses", credential);
        Add(request, "accept", "text/event-stream");
        foreach ((string name, string value) in call.Headers) Add(request, name, value);
        AddMissing(request, "session-id", HeaderText.Key(call.CacheKey));
        AddMissing(request, "x-client-request-id", HeaderText.Key(call.CacheKey));
        if (call.Lite) AddMissing(request, "x-openai-internal-codex-responses-lite", "true");
        request.Content = new JsonUpload(call.Body, call.Uploaded, call.IsCompressed ? "zstd" : null);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>Searches the web without a model.</summary>
    public Task<HttpResponseMessage> SearchAsync(Credential credential, CodexCall call, CancellationToken cancellation)
    {
        HttpRequestMessage request = Request(HttpMethod.Post, "codex/alpha/search", credential);
        Add(request, "accept", "application/json");
        Add(request, "session-id", HeaderText.Key(call.CacheKey));
        request.Content = new JsonUpload(call.Body, call.Uploaded);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>Sends a client's own request as it is.</summary>
    /// <param name="path">Below the backend's address.</param>
    public Task<HttpResponseMessage> ForwardAsync(
        Credential credential, string path, ReadOnlyMemory<byte> body, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        HttpRequestMessage request = Request(HttpMethod.Post, path, credential);
        foreach ((string name, string value) in headers) Add(request, name, value);
        request.Content = new JsonUpload(body);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>The models this account may use.</summary>
    /// <exception cref="HttpRequestException">The backend did not answer 200, or not in time.</exception>
    public async Task<CatalogueReply> GetModelsAsync(Credential credential, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, $"codex/models?client_version={version}", credential);
        Add(request, "accept", "*/*");
        using var patience = new CancellationTokenSource(CataloguePatience, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new HttpRequestException($"upstream responded with {(int)response.StatusCode}", null, response.StatusCode);

            byte[] body = await ReadAsync(response, LongestCatalogue, either.Token);
            return new CatalogueReply(body, response.Headers.ETag?.ToString());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"upstream did not respond within {CataloguePatience.TotalSeconds} seconds");
        }
    }

    /// <summary>The body of a refusal, cut at a sensible length. One that stalls or breaks off tells nothing: then the status alone counts.</summary>
    public static async Task<byte[]> ReadErrorAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(ErrorPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await ReadAsync(response, LongestError, either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException && !cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>The body of a search's reply.</summary>
    public static Task<byte[]> ReadSearchAsync(HttpResponseMessage response, CancellationToken cancellation) => ReadAsync(response, LongestCatalogue, cancellation);

    /// <summary>A header of the response by its lower-case name.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values)
        || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;

    /// <summary>The names of all headers of the response.</summary>
    public static IEnumerable<string> HeaderNames(HttpResponseMessage response) => response.Headers.NonValidated.Select(static header => header.Key);

    private HttpRequestMessage Request(HttpMethod method, string path, Credential credential)
    {
        string root = backend.AbsoluteUri.TrimEnd('/');
        if (credential.Routing?.Origin is { } origin) root = origin.GetLeftPart(UriPartial.Authority) + backend.AbsolutePath.TrimEnd('/');
        var address = new Uri($"{root}/{path}");
        var request = new HttpRequestMessage(method, address)
        {
            // HTTP/2 costs a stream instead of a connection and a handshake; without TLS there is no way to agree on it.
            Version = address.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        credential.Route.ApplyTo(request);
        Add(request, "authorization", $"Bearer {credential.AccessToken}");
        Add(request, "chatgpt-account-id", credential.AccountId);
        Add(request, "originator", Originator);
        Add(request, "version", version);
        Add(request, "user-agent", UserAgent);
        if (credential.IsFedRamp) Add(request, "x-openai-fedramp", "true");
        if (credential.Routing?.Override is { } routing) Add(request, "x-openai-account-routing-override", routing);
        return request;
    }

    private static void AddMissing(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.NonValidated.Contains(name)) Add(request, name, value);
    }

    /// <summary>Whoever chose the value, it stays one header: an unvalidated one would go out with its line breaks.</summary>
    private static void Add(HttpRequestMessage request, string name, string value) =>
        request.Headers.TryAddWithoutValidation(name, HeaderText.Encode(value));

    /// <summary>The body, cut at the limit.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellation)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        using var read = new MemoryStream();
        var buffer = new byte[8192];
        int count;
        while (read.Length < limit && (count = await body.ReadAsync(buffer, cancellation)) > 0) read.Write(buffer, 0, count);
        return read.ToArray();
    }

    private static string OperatingSystemName() => SystemName(
        OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "Mac OS" : "Linux",
        Environment.OSVersion.Version, RuntimeInformation.ProcessArchitecture, OperatingSystem.IsMacOS());

    /// <summary>As the official client: three parts of the version, and the architecture in the word of the system's own tools.</summary>
    internal static string SystemName(string system, Version version, Architecture architecture, bool onApple)
    {
        string word = architecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.Arm64 => onApple ? "arm64" : "aarch64",
            Architecture.X86 => "i686",
            var other => other.ToString().ToLowerInvariant(),
        };
        return $"{system} {version.Major}.{version.Minor}.{Math.Max(0, version.Build)}; {word}";
    }
}
