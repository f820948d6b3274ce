using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Upstream;

/// <summary>The backend's answer to <c>GET /models</c>.</summary>
internal sealed record CatalogueReply(ReadOnlyMemory<byte> Body, string? ETag)
{
    /// <summary>The ETags of further lists that went into this one, because accounts differ in what they are offered.</summary>
    public IReadOnlyList<string> OtherETags { get; init; } = [];
}

/// <summary>
/// The models the backend offers: fetched while the program runs, kept in memory, with the last good copy on disk.
/// A turn never waits for it longer than <see cref="FirstWait"/>, and only while nothing at all is known.
/// </summary>
internal sealed partial class Catalogue : IAsyncDisposable
{
    public const string FileName = "models.json";

    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    /// <summary>After a failure the backend is not asked again for a while.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly string _file;
    private readonly Func<CancellationToken, Task<CatalogueReply>> _fetch;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closing = new();

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private ModelCatalogue _models = ModelCatalogue.BuiltIn;
    private string? _etag;
    private IReadOnlyList<string> _otherETags = [];
    private DateTimeOffset _nextFetch = DateTimeOffset.MinValue;
    private Task _refresh = Task.CompletedTask;
    private bool _diskRead;

    /// <param name="dataDirectory">Where the last good copy is kept.</param>
    /// <param name="fetch">Asks upstream; throws when it cannot, for instance because no account is signed in.</param>
    public Catalogue(string dataDirectory, Func<CancellationToken, Task<CatalogueReply>> fetch, TimeProvider time, ILogger log)
    {
        _file = Path.Combine(dataDirectory, FileName);
        _fetch = fetch;
        _time = time;
        _log = log;
    }

    /// <summary>The ETag of what <see cref="GetAsync(CancellationToken)"/> returns, as the backend sent it.</summary>
    public string? ETag
    {
        get { lock (_lock) return _etag; }
    }

    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("models", _models.Source.Length, CodexClient.LongestCatalogue, _models.Models.Count); }
    }

    /// <summary>What is known now; starts a refresh in the background when that is old.</summary>
    public ValueTask<ModelCatalogue> GetAsync(CancellationToken cancellation = default) => GetAsync(FirstWait, cancellation);

    /// <param name="firstWait">How long to wait while nothing at all is known.</param>
    public async ValueTask<ModelCatalogue> GetAsync(TimeSpan firstWait, CancellationToken cancellation)
    {
        Task refresh;
        lock (_lock)
        {
            ReadDiskOnce();
            if (_refresh.IsCompleted && IsDue(_time.GetUtcNow())) _refresh = RefreshAsync();
            if (_models != ModelCatalogue.BuiltIn || _refresh.IsCompleted) return _models;
            refresh = _refresh;
        }

        try
        {
            await refresh.WaitAsync(firstWait, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // The built-in table will do for this turn.
        }

        lock (_lock) return _models;
    }

    /// <summary>Some account is offered a model of that name, as far as is known now.</summary>
    public bool Knows(string model)
    {
        lock (_lock) return _models.Find(model) is not null;
    }

    /// <summary>The backend names its catalogue's ETag in every answer (<c>x-models-etag</c>): another one means ours is outdated.</summary>
    public void NoteETag(string etag)
    {
        lock (_lock)
        {
            if (_etag is not null && _etag != etag && !_otherETags.Contains(etag)) _nextFetch = DateTimeOffset.MinValue;
        }
    }

    /// <summary>Fetch again at the next occasion: an account signed in, or another one is active.</summary>
    public void Expire()
    {
        lock (_lock) _nextFetch = DateTimeOffset.MinValue;
    }

    /// <summary>Ends when no refresh is under way.</summary>
    public Task RefreshedAsync()
    {
        lock (_lock) return _refresh;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await RefreshedAsync();
        _closing.Dispose();
    }

    /// <summary>Also when the clock was set back: no next time lies farther off than this.</summary>
    private bool IsDue(DateTimeOffset now) => now >= _nextFetch || _nextFetch - now > Fresh;

    /// <summary>Never throws: there may be no caller to catch it.</summary>
    private async Task RefreshAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Not under the caller's lock.
        try
        {
            CatalogueReply reply = await _fetch(_closing.Token);
            ModelCatalogue? models = ModelCatalogue.TryParse(reply.Body);
            bool changed = false;
            lock (_lock)
            {
                _nextFetch = _time.GetUtcNow() + (models is null ? RetryAfter : Fresh);
                if (models is not null)
                {
                    changed = !models.Source.Span.SequenceEqual(_models.Source.Span);
                    (_etag, _otherETags) = (reply.ETag, reply.OtherETags);
                    if (changed) _models = models;
                }
            }

            if (models is null) Unusable(_log, reply.Body.Length);
            else if (changed) WriteDisk(reply);
        }
        catch (Exception e)
        {
            lock (_lock) _nextFetch = _time.GetUtcNow() + RetryAfter;
            if (!_closing.IsCancellationRequested) NotFetched(_log, e.Message);
        }
    }

    /// <summary>The copy is used at once, however old: names change rarely. A refresh follows in any case.</summary>
    private void ReadDiskOnce()
    {
        if (_diskRead) return;
        _diskRead = true;
        try
        {
            KeptCatalogue? kept = JsonSerializer.Deserialize(ByteOrderMark.Skip(BusyFile.Read(_file)).Span, UpstreamContext.Default.KeptCatalogue);
            if (kept is null || ModelCatalogue.TryParse(kept.Catalogue) is not { } models) return;

            (_etag, _models) = (kept.ETag, models);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // No copy, or not ours: the backend will be asked anyway.
        }
    }

    private void WriteDisk(CatalogueReply reply)
    {
        ArrayBufferWriter<byte> buffer = new(reply.Body.Length + 256);
        using (Utf8JsonWriter json = new(buffer)) JsonSerializer.Serialize(json, new KeptCatalogue(reply.ETag, _time.GetUtcNow(), reply.Body), UpstreamContext.Default.KeptCatalogue);

        try
        {
            PrivateFiles.CreateDirectory(Path.GetDirectoryName(_file)!);
            AtomicFile.Write(_file, buffer.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotKept(_log, _file, e.Message);
        }
    }

    [LoggerMessage(300, LogLevel.Debug, "The model list could not be fetched: {Reason}")]
    private static partial void NotFetched(ILogger log, string reason);

    [LoggerMessage(301, LogLevel.Warning, "The upstream model list ({Bytes} bytes) contains no model; the previous one stays in use")]
    private static partial void Unusable(ILogger log, int bytes);

    [LoggerMessage(302, LogLevel.Warning, "The model list could not be saved in {File}: {Reason}")]
    private static partial void NotKept(ILogger log, string file, string reason);
}
