using System.IO.Compression;
using System.Runtime.InteropServices;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Json;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.Tests.Hosting;

/// <summary>A body takes the room it needs.</summary>
public sealed class RequestBodyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(5_000)]
    [InlineData(70_000)]
    public async Task A_body_of_known_length_takes_its_own_room(int length)
    {
        byte[] sent = [.. Enumerable.Range(0, length).Select(static i => (byte)i)];
        using PooledBuffer body = await ReadAsync(sent, length);

        Assert.Equal(sent, body.Written.ToArray());
        // The pool has powers of two.
        Assert.InRange(RoomOf(body), length, Math.Max(16, 2 * (length + 1)));
    }

    [Fact]
    public async Task A_short_body_of_unknown_length_takes_a_page() => Assert.InRange(RoomOf(await ReadAsync(new byte[300], null)), 300, 4096);

    [Fact]
    public async Task An_unpacked_body_may_be_longer_than_announced()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'a', 100_000)];
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text);
        using PooledBuffer body = await ReadAsync(packed.ToArray(), packed.Length, "gzip");

        Assert.Equal(text, body.Written.ToArray());
    }

    private static Task<PooledBuffer> ReadAsync(byte[] sent, long? length, string encoding = "")
    {
        HttpRequest request = new DefaultHttpContext().Request;
        (request.Body, request.ContentLength, request.Headers.ContentEncoding) = (new MemoryStream(sent), length, encoding);
        return RequestBody.ReadAsync(request, TestContext.Current.CancellationToken);
    }

    private static int RoomOf(PooledBuffer body) => MemoryMarshal.TryGetArray(body.WrittenMemory, out ArraySegment<byte> array) ? array.Array!.Length : 0;
}
