using System.Net;
using System.Net.Http.Headers;

namespace CodexClaudeProxy.Upstream;

/// <summary>A request's JSON on its way up. It tells when it is through: a slow upload is not a slow answer.</summary>
internal sealed class JsonUpload : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly Action? _uploaded;

    /// <param name="encoding">How the body is compressed; null when it is not.</param>
    public JsonUpload(ReadOnlyMemory<byte> body, Action? uploaded = null, string? encoding = null)
    {
        (_body, _uploaded) = (body, uploaded);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null) Headers.ContentEncoding.Add(encoding);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_body, cancellationToken);
        _uploaded?.Invoke();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
