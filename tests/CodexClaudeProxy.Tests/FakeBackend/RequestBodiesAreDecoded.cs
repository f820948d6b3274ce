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
            _ => compressed,
        })
        {
            encoder.Write(Encoding.UTF8.GetBytes(text));
        }
        return compressed.ToArray();
    }
}
