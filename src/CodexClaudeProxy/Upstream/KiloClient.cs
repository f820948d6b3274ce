using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Upstream;

/// <summary>A model of the gateway that costs nothing.</summary>
/// <param name="Id">What requests name it.</param>
/// <param name="Name">For people.</param>
/// <param name="ContextLength">In tokens.</param>
/// <param name="SupportsTools">It can call tools.</param>
internal sealed record KiloModel(string Id, string Name, [property: JsonPropertyName("context_length")] int ContextLength, bool SupportsTools);

/// <summary>Speaks to the Kilo gateway, which serves free models over Chat Completions to anybody: no account is involved.</summary>
/// <param name="gateway">For instance <c>https://api.kilo.ai/api/openrouter</c>.</param>
/// <param name="userAgent">Our own name: we do not pose as another product.</param>
internal sealed partial class KiloClient(HttpMessageInvoker http, Uri gateway, string userAgent, TimeProvider time, ILogger log) : IDisposable
{
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>What is offered while the gateway has not been heard.</summary>
    public static readonly IReadOnlyList<KiloModel> BuiltIn =
    [
        new("minimax/minimax-m2.5:free", "MiniMax M2.5", 204_800, true),
        new("kilo-auto/free", "Kilo Auto Free", 204_800, true),
    ];

    private const int LongestList = 8 * 1024 * 1024;
    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _fetch = new(1, 1);
    private volatile IReadOnlyList<KiloModel>? _models;
    private long _fetched;

    /// <summary>Starts a completion. Success and refusal both come back as a message, with the body still to be read.</summary>
    /// <param name="uploaded">Told when the body has been handed to the connection.</param>
    public Task<HttpResponseMessage> CompleteAsync(ReadOnlyMemory<byte> body, Action uploaded, CancellationToken cancellation)
    {
        HttpRequestMessage request = Request(HttpMethod.Post, "chat/completions");
        request.Headers.TryAddWithoutValidation("accept", "text/event-stream");
        request.Content = new JsonUpload(body, uploaded);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>The model of that id as far as it is known without asking; the gateway is not asked.</summary>
    public KiloModel? Known(string id) => (_models ?? BuiltIn).FirstOrDefault(model => model.Id == id);

    /// <summary>The free models: at most <see cref="Fresh"/> old, else the last list, else the built-in pair. A failure is not remembered.</summary>
    public async Task<IReadOnlyList<KiloModel>> FreeModelsAsync(CancellationToken cancellation)
    {
        await _fetch.WaitAsync(cancellation);
        try
        {
            if (_models is { } models && time.GetElapsedTime(_fetched) < Fresh) return models;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(ListPatience);
            _models = await FetchAsync(patience.Token);
            _fetched = time.GetTimestamp();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            NotFetched(log, e.Message);
        }
        finally
        {
            _fetch.Release();
        }

        return _models ?? BuiltIn;
    }

    public void Dispose() => _fetch.Dispose();

    private async Task<IReadOnlyList<KiloModel>> FetchAsync(CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, "models");
        request.Headers.TryAddWithoutValidation("accept", "application/json");
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        if (response.StatusCode != HttpStatusCode.OK) throw new HttpRequestException($"the gateway responded with {(int)response.StatusCode}");

        using JsonDocument document = JsonDocument.Parse(ByteOrderMark.Skip(await CodexClient.ReadAsync(response, LongestList, cancellation)), JsonDepth.Document);
        if (document.RootElement.Member("data").ValueKind != JsonValueKind.Array) throw new JsonException("the gateway's response contains no list");
        List<KiloModel> free = [.. document.RootElement.Items("data").Select(ReadFree).OfType<KiloModel>()];
        return free.Count > 0 ? free : throw new JsonException("the gateway lists no free model");
    }

    /// <summary>Null for a model that costs something or is on its way out.</summary>
    private static KiloModel? ReadFree(JsonElement entry)
    {
        if (entry.Flag("isFree") != true || entry.Text("id") is not { } id) return null;
        if (id.Contains("deprecated", StringComparison.Ordinal) || id == "kilo/auto-free") return null;

        JsonElement length = entry.Member("context_length");
        return new KiloModel(
            id,
            entry.Text("name") ?? id,
            length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out int tokens) ? tokens : 0,
            entry.Items("supported_parameters").Any(static parameter => parameter.ValueKind == JsonValueKind.String && parameter.ValueEquals("tools"u8)));
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var address = new Uri($"{gateway.AbsoluteUri.TrimEnd('/')}/{path}");
        var request = new HttpRequestMessage(method, address)
        {
            Version = address.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        OutboundRoute.Shared.ApplyTo(request);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer anonymous");
        request.Headers.TryAddWithoutValidation("user-agent", userAgent);
        return request;
    }

    [LoggerMessage(310, LogLevel.Information, "The list of Kilo's free models could not be fetched: {Reason}")]
    private static partial void NotFetched(ILogger log, string reason);
}
