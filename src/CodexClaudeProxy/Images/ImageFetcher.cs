using System.Net;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;

namespace CodexClaudeProxy.Images;

/// <summary>An image that was fetched, or why it was not.</summary>
/// <param name="Bytes">Empty when it was not.</param>
internal readonly record struct FetchedImage(byte[] Bytes, string? Failure = null)
{
    public static FetchedImage Failed(string why) => new([], why);
}

/// <summary>Fetches one image from the internet. Whatever a foreign server does, the result is at worst a reason why there is no image.</summary>
/// <param name="userAgent">The name sent to hosts: some refuse requests without one.</param>
internal sealed class ImageFetcher(ImageNetwork network, string userAgent, TimeProvider time) : IDisposable
{
    /// <summary>From the first connection to the last byte.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public const int LargestImage = 20 * 1024 * 1024;
    public const int MostRedirects = 5;

    /// <summary>For all requests together.</summary>
    private const int AtOnce = 8;

    private readonly HttpMessageInvoker _http = network.CreateInvoker();
    private readonly SemaphoreSlim _slots = new(AtOnce);

    /// <exception cref="OperationCanceledException">The caller does not want it any more.</exception>
    public async Task<FetchedImage> FetchAsync(string url, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return Uri.TryCreate(url, UriKind.Absolute, out Uri? address) ? await FollowAsync(address, either.Token) : FetchedImage.Failed("its address is invalid");
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            return FetchedImage.Failed(patience.IsCancellationRequested ? $"it took longer than {Patience.TotalSeconds} seconds" : Describe(e));
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _slots.Dispose();
    }

    private async Task<FetchedImage> FollowAsync(Uri address, CancellationToken cancellation)
    {
        Uri? from = null;
        for (int redirects = 0; ; redirects++)
        {
            if (WhyNot(address, from) is { } reason) return FetchedImage.Failed(reason);
            using HttpResponseMessage response = await _http.SendAsync(RequestFor(address), cancellation);
            if (response.StatusCode == HttpStatusCode.OK) return await ReadAsync(response.Content, cancellation);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return FetchedImage.Failed($"its host answered {(int)response.StatusCode}");
            if (redirects == MostRedirects) return FetchedImage.Failed($"it is more than {MostRedirects} redirects away");
            if (response.Headers.Location is not { } location || !Uri.TryCreate(address, location, out Uri? next)) return FetchedImage.Failed("its host redirects to an invalid address");
            (from, address) = (address, next);
        }
    }

    /// <summary>Why an address is not even tried; where its host lies is found out when the connection is made.</summary>
    /// <param name="from">What redirects there, if anything does.</param>
    internal string? WhyNot(Uri address, Uri? from) =>
        address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps ? "its address is not http or https"
        : from?.Scheme == Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttps ? "its host redirects away from https"
        : address.Port is not (80 or 443) ? "its port is neither 80 nor 443"
        : address.UserInfo.Length > 0 ? "its address holds a password"
        : network.IsProxied(address) ? "an HTTP proxy is set, behind which its host cannot be checked"
        : null;

    private HttpRequestMessage RequestFor(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("accept", "image/png, image/jpeg, image/gif, image/webp");
        request.Headers.TryAddWithoutValidation("user-agent", userAgent);
        return request;
    }

    private static async Task<FetchedImage> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > LargestImage) return TooLarge;
        await using Stream body = await content.ReadAsStreamAsync(cancellation);
        using var read = new PooledBuffer();
        read.Advance(await body.ReadAtLeastAsync(read.GetMemory(16 * 1024), ImageType.Head, throwOnEndOfStream: false, cancellation));
        // What the host calls it does not count.
        if (ImageType.Of(read.Written) is null) return FetchedImage.Failed("it is not a PNG, JPEG, GIF or WebP image");

        for (int count; (count = await body.ReadAsync(read.GetMemory(16 * 1024), cancellation)) > 0;)
        {
            read.Advance(count);
            if (read.Length > LargestImage) return TooLarge;
        }

        return ImageEnd.IsReached(read.Written) ? new FetchedImage(read.Written.ToArray()) : FetchedImage.Failed("it was cut off");
    }

    /// <summary>In our words: the exception's may contain text of the foreign server.</summary>
    private static string Describe(Exception e) => e switch
    {
        _ when e.GetBaseException() is NoPublicAddressException => "its host has no public address",
        HttpRequestException http => $"its host could not be reached ({http.HttpRequestError})",
        HttpIOException broken => $"its host closed the connection early ({broken.HttpRequestError})",
        _ => $"its host closed the connection early ({e.GetType().Name})",
    };

    private static FetchedImage TooLarge => FetchedImage.Failed($"it is larger than {LargestImage / 1024 / 1024} MB");
}
