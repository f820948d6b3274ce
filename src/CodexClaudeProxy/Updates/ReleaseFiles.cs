using System.Net;
using System.Security.Cryptography;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Updates;

/// <summary>Fetches the files of releases, from addresses as GitHub has them. What comes is not yet trusted.</summary>
/// <param name="source">Such as <c>https://github.com/OWNER/REPO/releases</c>.</param>
internal sealed class ReleaseFiles(HttpMessageInvoker http, string source)
{
    private const int MostRedirects = 5;
    private const int SmallFile = 1 << 20;
    private const long LargestProgram = 256 << 20;

    /// <summary>How long a server may be silent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Task<byte[]> ReadNewestAsync(string file, CancellationToken cancellation) => ReadAsync($"latest/download/{file}", cancellation);

    public Task<byte[]> ReadAsync(ReleaseVersion version, string file, CancellationToken cancellation) => ReadAsync($"download/v{version}/{file}", cancellation);

    /// <summary>Writes a file while it comes; the result is its SHA-256.</summary>
    public async Task<byte[]> SaveAsync(ReleaseVersion version, string file, Stream target, CancellationToken cancellation)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await FetchAsync($"download/v{version}/{file}", LargestProgram, async part =>
        {
            sum.AppendData(part.Span);
            await target.WriteAsync(part, cancellation);
        }, cancellation);
        return sum.GetHashAndReset();
    }

    private async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
    {
        MemoryStream content = new();
        await FetchAsync(path, SmallFile, part => content.WriteAsync(part, cancellation), cancellation);
        return content.ToArray();
    }

    private async Task FetchAsync(string path, long limit, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellation)
    {
        Uri address = new($"{source.TrimEnd('/')}/{path}");
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(Patience);
        try
        {
            using HttpResponseMessage response = await SendAsync(address, silence.Token);
            if (!response.IsSuccessStatusCode) throw new UpdateRefusedException($"{address} cannot be fetched: the server answers with {(int)response.StatusCode}.");
            await using Stream body = await response.Content.ReadAsStreamAsync(silence.Token);
            byte[] buffer = new byte[64 * 1024];
            long total = 0;
            for (int read; (read = await body.ReadAsync(buffer, silence.Token)) > 0; silence.CancelAfter(Patience))
            {
                if ((total += read) > limit) throw new UpdateRefusedException($"{address} is larger than such a file can be.");
                await take(buffer.AsMemory(0, read));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UpdateRefusedException($"{address} cannot be fetched: the server is silent.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // A read that was interrupted may fail in this way too.
            cancellation.ThrowIfCancellationRequested();
            throw new UpdateRefusedException($"{address} cannot be fetched: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>The newest release is a redirect to one with a version, and that one to where the files are.</summary>
    private async Task<HttpResponseMessage> SendAsync(Uri address, CancellationToken cancellation)
    {
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            OutboundRoute.Shared.ApplyTo(request);
            request.Headers.TryAddWithoutValidation("User-Agent", $"{ProductVersion.Name}/{ProductVersion.Text}");
            HttpResponseMessage response = await http.SendAsync(request, cancellation);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location) return response;

            response.Dispose();
            Uri next = new(address, location);
            if (redirects == MostRedirects) throw new UpdateRefusedException($"{address} leads from one address to the next without an end.");
            if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != address.Scheme) throw new UpdateRefusedException($"{address} leads to {next}, which is not encrypted.");
            address = next;
        }
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
