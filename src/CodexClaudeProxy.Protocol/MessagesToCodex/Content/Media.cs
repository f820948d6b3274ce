using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>
/// Images. One that the backend cannot read would make every later request of the conversation fail, so it is replaced by
/// a note instead.
/// </summary>
internal static class Media
{
    public static void AddImage(JsonElement block, BlockPath path, bool insideToolResult, Conversion conversion, ContentParts parts)
    {
        var source = block.Member("source"u8);
        if (!source.IsObject()) throw path.Error(".source: Field required");
        var type = source.Text("type"u8);
        if (type == "file") throw FileReference(path);
        if (type is not ("base64" or "url")) throw path.Error(".source.type: Input should be 'base64', 'url' or 'file'");
        if (type == "url") AddUrl(source.Text("url"u8) ?? "", insideToolResult, conversion, parts);
        else if (!conversion.Profile.Images) parts.AddText(NoImages);
        else AddBase64(RawText.Of(source, "data"u8), source.Text("media_type"u8), parts);
    }

    public static InvalidRequestException FileReference(BlockPath path) =>
        path.Error(".source: file references are not supported by this server; send base64 or url");

    /// <summary>
    /// Writes base64 data as the backend accepts it: without white space and with padding. False for data that is no base64.
    /// </summary>
    public static bool TryWriteBase64(ReadOnlySpan<byte> inside, PooledBuffer to)
    {
        var start = to.Length;
        if (inside.Contains((byte)'\\')) inside = Encoding.UTF8.GetBytes(JsonText.ToString(inside));
        while (!inside.IsEmpty)
        {
            var run = inside.IndexOfAny(" \t\r\n"u8);
            if (run < 0) run = inside.Length;
            to.Append(inside[..run]);
            inside = inside[Math.Min(run + 1, inside.Length)..];
        }

        for (var missing = (to.Length - start) % 4; missing is 2 or 3; missing = (missing + 1) % 4) to.Append("="u8);
        if (to.Length > start && Base64.IsValid(to.Written[start..])) return true;
        to.Truncate(start);
        return false;
    }

    private static ReadOnlySpan<byte> NoImages => "[image omitted: the model does not accept images]"u8;

    private static void AddBase64(ReadOnlySpan<byte> data, string? mediaType, ContentParts parts, string? detail = null)
    {
        using var clean = new PooledBuffer();
        var sniffed = TryWriteBase64(data, clean) ? Sniff(clean.Written) : null;
        if (sniffed is not null && !IsWhole(clean.Written)) sniffed = null;
        var to = parts.Begin();
        if (sniffed is null)
        {
            to.Append("[image omitted: unsupported or invalid image data ("u8);
            JsonText.Escape(mediaType ?? "unknown", to);
            to.Append(")]"u8);
            parts.EndText();
            return;
        }

        BeginData(sniffed, to);
        to.Append(clean.Written);
        parts.EndImage(detail);
    }

    /// <param name="detail">How closely the model shall look, where the client says so.</param>
    public static void AddUrl(string url, bool insideToolResult, Conversion conversion, ContentParts parts, string? detail = null)
    {
        if (!conversion.Profile.Images)
        {
            parts.AddText(NoImages);
            return;
        }

        if (conversion.Lite) detail = null;
        if (url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            var comma = url.IndexOf(',');
            var header = url[5..Math.Max(comma, 5)];
            var isBase64 = header.EndsWith(";base64", StringComparison.OrdinalIgnoreCase);
            AddBase64(isBase64 ? Encoding.UTF8.GetBytes(url[(comma + 1)..]) : [], header.Split(';')[0], parts, detail);
            return;
        }

        var route = IsRemote(url) ? conversion.Options.ImageUrls : ImageUrlRoute.Text;
        if (route == ImageUrlRoute.Fetch && TryAddFetched(url, conversion, parts, detail)) return;

        // Neither the lite lane nor the output of a tool may point to the network.
        var passes = route == ImageUrlRoute.Pass && !insideToolResult && !conversion.Lite;
        var to = parts.Begin();
        if (!passes) to.Append("[image: "u8);
        JsonText.Escape(url, to);
        if (!passes) to.Append("]"u8);
        if (passes) parts.EndImage(detail);
        else parts.EndText();
    }

    /// <summary>A data URL, as it stands in JSON, of an image that was cut off.</summary>
    public static bool IsCutOff(ReadOnlySpan<byte> url)
    {
        var comma = url.IndexOf((byte)',');
        if (comma < 0 || !url.StartsWith("data:"u8) || !url[..comma].EndsWith(";base64"u8)) return false;
        using var clean = new PooledBuffer();
        return TryWriteBase64(url[(comma + 1)..], clean) && Sniff(clean.Written) is not null && !IsWhole(clean.Written);
    }

    /// <summary>The address leads into the network.</summary>
    public static bool IsRemote(string url) =>
        url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http:", StringComparison.OrdinalIgnoreCase);

    private static bool TryAddFetched(string url, Conversion conversion, ContentParts parts, string? detail)
    {
        var image = conversion.RemoteImages.Take(url).Span;
        if (ImageType.Of(image) is not { } type) return false;

        var to = parts.Begin();
        BeginData(type, to);
        Base64.EncodeToUtf8(image, to.GetSpan(Base64.GetMaxEncodedToUtf8Length(image.Length)), out _, out var written);
        to.Advance(written);
        parts.EndImage(detail);
        return true;
    }

    private static void BeginData(string type, PooledBuffer to)
    {
        to.Append("data:"u8);
        JsonText.Escape(type, to);
        to.Append(";base64,"u8);
    }

    private static bool IsWhole(ReadOnlySpan<byte> base64)
    {
        using var image = new PooledBuffer();
        Base64.DecodeFromUtf8(base64, image.GetSpan(Base64.GetMaxDecodedFromUtf8Length(base64.Length)), out _, out var length);
        image.Advance(length);
        return ImageEnd.IsReached(image.Written);
    }

    private static string? Sniff(ReadOnlySpan<byte> base64)
    {
        Span<byte> head = stackalloc byte[ImageType.Head];
        Base64.DecodeFromUtf8(base64[..Math.Min(base64.Length, 16)], head, out _, out var length, isFinalBlock: base64.Length <= 16);
        return ImageType.Of(head[..length]);
    }
}
