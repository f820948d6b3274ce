using System.IO.Compression;
using System.Net;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Dashboard;

public sealed class DashboardEndpointTests
{
    private static readonly (string, string) Browser = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

    [Fact]
    public async Task A_browser_gets_the_page_and_everyone_else_the_status()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer page = await proxy.GetAsync("/", Browser);
        Assert.Equal("text/html; charset=utf-8", page.Headers["Content-Type"]);
        Assert.Contains("assets/app.js", page.Body, StringComparison.Ordinal);
        Assert.Contains("Accept", page.Headers["Vary"], StringComparison.Ordinal);

        Answer status = await proxy.GetAsync("/", ("Accept", "*/*"));
        Assert.Equal("ok", status.Json.GetProperty("status").GetString());
        Assert.Contains("Accept", status.Headers["Vary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_arrives_as_it_was_written()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        foreach (string file in PageFiles.Served)
        {
            byte[] written = await File.ReadAllBytesAsync(Path.Combine(PageFiles.Folder, file));
            foreach (string encoding in new[] { "br", "gzip", "identity" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/assets/{file}");
                request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
                using HttpResponseMessage response = await proxy.Http.SendAsync(request);
                Assert.Equal(encoding == "identity" ? [] : [encoding], response.Content.Headers.ContentEncoding);
                await using Stream body = await response.Content.ReadAsStreamAsync();
                using var content = new MemoryStream();
                await Unpack(body, encoding).CopyToAsync(content);
                Assert.True(written.AsSpan().SequenceEqual(content.ToArray()), $"{file} ({encoding})");
            }
        }
    }

    [Fact]
    public async Task A_known_file_is_not_sent_again()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        Answer first = await proxy.GetAsync("/assets/app.js", ("Accept-Encoding", "gzip"));
        string tag = first.Headers["ETag"];
        Assert.DoesNotContain("W/", tag, StringComparison.Ordinal);
        Assert.Equal("no-cache", first.Headers["Cache-Control"]);

        Answer again = await proxy.GetAsync("/assets/app.js", ("Accept-Encoding", "gzip"), ("If-None-Match", $"\"other\", {tag}"));
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Body));
        Assert.Equal(tag, again.Headers["ETag"]);

        // A strong tag names bytes, so each packing has its own.
        Assert.NotEqual(tag, (await proxy.GetAsync("/assets/app.js", ("Accept-Encoding", "br"))).Headers["ETag"]);
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/assets/app.js", ("If-None-Match", tag))).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/assets/app.js")]
    [InlineData("/assets/style/base.css")]
    public async Task The_page_may_do_only_what_it_needs(string path)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.GetAsync(path, Browser);

        string policy = answer.Headers["Content-Security-Policy"];
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
        Assert.Equal("same-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
    }

    [Fact]
    public async Task Head_tells_the_size_without_the_content()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.SendAsync(HttpMethod.Head, "/assets/app.js", null, ("Accept-Encoding", "br"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotEqual("0", answer.Headers["Content-Length"]);
        Assert.Empty(answer.Body);
    }

    [Theory]
    [InlineData("/assets/none.js")]
    [InlineData("/assets/README.md")]
    [InlineData("/assets/..%2F..%2Fappsettings.json")]
    [InlineData("/assets/app.js.br")]
    public async Task Nothing_else_can_be_named(string path)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await proxy.GetAsync(path)).Status);
    }

    [Fact]
    public async Task The_page_loads_without_the_access_key_that_its_data_needs()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "the key" });

        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/", Browser)).Status);
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/assets/lib/api.js")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await proxy.GetAsync("/api/pool")).Status);
    }

    private static Stream Unpack(Stream body, string encoding) => encoding switch
    {
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        _ => body,
    };
}
