using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Images;

/// <summary>
/// The images that conversations name by address. Each is fetched once and then stays what it is for as long as the
/// conversation goes on, also where it could not be had: the conversation must begin with the same bytes in every turn, or the
/// backend's prompt cache is lost. Kept in memory only, and bounded.
/// </summary>
/// <param name="emptied">Called when the last image has outlived its time: what it took can go back to the system.</param>
internal sealed class ConversationImages(ImageFetcher fetcher, TimeProvider time, ILogger log, Action emptied) : IDisposable
{
    public const long LimitBytes = 64 * 1024 * 1024;

    /// <summary>How long an image is kept after its last use.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>How long a failed one is not tried again.</summary>
    public static readonly TimeSpan Avoided = TimeSpan.FromMinutes(15);

    /// <summary>How long one request waits for all its images.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int AtOncePerRequest = 4;
    private const int EntryBytes = 300;

    private readonly RecentlyUsed<(string Conversation, string Url), Entry> _entries = new(LimitBytes, Kept, time, emptied);

    /// <summary>Guards the decision what an address stands for.</summary>
    private readonly Lock _lock = new();

    /// <param name="Image">Empty where there is none to be had.</param>
    private sealed record Entry(byte[] Image, long Since);

    public CacheSize Size => _entries.SizeAs("fetched images");

    /// <summary>Adds to <paramref name="images"/> what is at these addresses: the bytes, or none where there is no image to be had.</summary>
    /// <param name="urls">In the order of the conversation.</param>
    /// <exception cref="OperationCanceledException">The client does not wait for them any more.</exception>
    public async Task GetAsync(string conversation, IReadOnlyList<string> urls, Dictionary<string, ReadOnlyMemory<byte>> images, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        var inTurn = new ParallelOptions { MaxDegreeOfParallelism = AtOncePerRequest, CancellationToken = cancellation };
        long total = 0;
        await Parallel.ForEachAsync(urls, inTurn, async (url, _) =>
        {
            // Begun in their order: when those before are too much already, the conversion will leave this one out.
            byte[] image = Find((conversation, url)) ?? await FetchAsync((conversation, url), Interlocked.Read(ref total), either.Token, cancellation);
            Interlocked.Add(ref total, image.Length);
            lock (images) images[url] = image;
        });
    }

    public void Dispose() => _entries.Dispose();

    private async Task<byte[]> FetchAsync((string Conversation, string Url) key, long before, CancellationToken patience, CancellationToken cancellation)
    {
        FetchedImage fetched;
        try
        {
            fetched = before > ConversionOptions.MostFetchedBytes ? FetchedImage.Failed("the request has too many images") : await fetcher.FetchAsync(key.Url, patience);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            fetched = FetchedImage.Failed("the request's other images took too long");
        }

        if (fetched.Failure is { } failure) Log.NotFetched(log, WithoutSecrets(key.Url), failure);
        return Keep(key, fetched.Bytes);
    }

    /// <summary>What is known of an address; null when it is to be fetched.</summary>
    private byte[]? Find((string Conversation, string Url) key)
    {
        if (!_entries.TryPeek(key, out Entry? entry)) return null;
        if (entry.Image.Length == 0 && time.GetElapsedTime(entry.Since) >= Avoided) return null;
        _entries.Renew(key);
        return entry.Image;
    }

    /// <summary>Of two requests that fetched the same at once, the first decides what it is.</summary>
    private byte[] Keep((string Conversation, string Url) key, byte[] image)
    {
        lock (_lock)
        {
            if (Find(key) is { } known) return known;
            _entries.Set(key, new Entry(image, time.GetTimestamp()), image.Length + EntryBytes + 2L * (key.Conversation.Length + key.Url.Length));
            return image;
        }
    }

    /// <summary>For the log: a query or a password in an address is often a key.</summary>
    private static string WithoutSecrets(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address)) return "of no valid address";
        string shown = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return shown.Length <= 200 ? shown : shown[..200] + "…";
    }
}
