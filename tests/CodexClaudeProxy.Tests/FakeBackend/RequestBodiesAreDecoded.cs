using System.IO.Compression;
using System.Net;
using System.Text;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

public sealed class RequestBodiesAreDecoded
{
    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_compressed_body_is_recorded_as_what_it_was(string encoding)
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        using UpstreamCaller caller = new(backend);
        HttpRequestMessage request = caller.Request(UpstreamCaller.GoodBody());
        string body = UpstreamCaller.GoodBody().ToJsonString();
        request.Content = new ByteArrayContent(Compress(body, encoding));
        request.Content.Headers.ContentEncoding.Add(encoding);

        using HttpResponseMessage response = await caller.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body, (await backend.WaitForRequestAsync(1, TestContext.Current.CancellationToken)).Text);
    }

    [Theory]
    [InlineData(ZstdSupport.Refused, HttpStatusCode.UnsupportedMediaType)]
    [InlineData(ZstdSupport.Misread, HttpStatusCode.BadRequest)]
    public async Task A_server_in_between_may_not_know_zstd(ZstdSupport support, HttpStatusCode expected)
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        using UpstreamCaller caller = new(backend);
        backend.Zstd = support;
        HttpRequestMessage request = caller.Request(UpstreamCaller.GoodBody());
        byte[] body = Compress(UpstreamCaller.GoodBody().ToJsonString(), "zstd");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentEncoding.Add("zstd");
        using (HttpResponseMessage refused = await caller.SendAsync(request)) Assert.Equal(expected, refused.StatusCode);
        using HttpResponseMessage plain = await caller.SendAsync(caller.Request(UpstreamCaller.GoodBody()));

        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Equal((int)expected, Assert.Single(backend.Rejections).Status);
        Assert.Equal(body, backend.Requests[0].Sent.ToArray());
    }

    [Fact]
    public async Task An_encoding_that_is_not_known_is_refused()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        using UpstreamCaller caller = new(backend);
        HttpRequestMessage request = caller.Request(UpstreamCaller.GoodBody());
        request.Content!.Headers.ContentEncoding.Add("compress");
        using HttpResponseMessage response = await caller.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static byte[] Compress(string text, string encoding)
    {
        using MemoryStream compressed = new();
        using (Stream encoder = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest),
            "zstd" => new ZstdSharp.CompressionStream(compressed, leaveOpen: false),
            _ => compressed,
        })
        {
            encoder.Write(Encoding.UTF8.GetBytes(text));
        }
        return compressed.ToArray();
    }
}
