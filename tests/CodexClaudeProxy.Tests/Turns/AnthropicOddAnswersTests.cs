using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FakeCodex;
using static CodexClaudeProxy.Tests.Turns.AnthropicModelsTests;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>What passes to and from Anthropic where a header is doubled, or an answer has another form than it should.</summary>
public sealed class AnthropicOddAnswersTests
{
    private const string Credential = "sk-ant-api03-theirs";
    private const string Key = "the-access-key-of-this-proxy-0123456789";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    /// <summary>What a client or a reverse proxy joins stays the client's, without the part that is ours.</summary>
    [Theory]
    [InlineData(Credential, "x-ccp-key: " + Key, "x-api-key: " + Credential + ", " + Key)]
    [InlineData(Credential, "x-ccp-key: " + Key, "x-api-key: any," + Credential)]
    public async Task Of_a_doubled_credential_theirs_remains(string expected, params string[] headers)
    {
        await using FakeAnthropic anthropic = await FakeAnthropic.StartAsync();
        await using RunningProxy proxy = await StartAsync(anthropic.Url, accessKey: Key);

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), [.. headers.Select(header => header.Split(": ", 2)).Select(parts => (parts[0], parts[1]))]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([expected], anthropic.Requests.Single().Headers.Where(header => header.Key.Equals("x-api-key", StringComparison.OrdinalIgnoreCase)).Select(header => header.Value));
        Assert.DoesNotContain(Key, string.Join('\n', anthropic.Requests.Single().Headers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_query_stays_as_it_was_written()
    {
        await using FakeAnthropic anthropic = await FakeAnthropic.StartAsync();
        await using RunningProxy proxy = await StartAsync(anthropic.Url);
        var address = new Uri($"{proxy.Client.BaseAddress!.AbsoluteUri.TrimEnd('/')}/v1/messages?beta=true&x=%2e%2e/%41", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(Ask("claude-opus-5-5"), Encoding.UTF8, "application/json") };
        request.Headers.Add("x-api-key", Credential);

        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Test);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.EndsWith("?beta=true&x=%2e%2e/%41", anthropic.Requests.Single().Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", HttpStatusCode.NoContent, "")]
    [InlineData("HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nHello", HttpStatusCode.ResetContent, "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n", HttpStatusCode.OK, "Hello")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", HttpStatusCode.BadGateway, "Anthropic responded with status 101")]
    [InlineData("HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n", HttpStatusCode.BadGateway, "Anthropic responded with status 99")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nHell", HttpStatusCode.BadGateway, "")]
    public async Task An_odd_answer_is_handed_on_whole_or_named(string answer, HttpStatusCode status, string said)
    {
        using TcpListener odd = new(IPAddress.Loopback, 0);
        odd.Start();
        Task answering = AnswerAsync(odd, answer);
        await using RunningProxy proxy = await StartAsync($"http://127.0.0.1:{((IPEndPoint)odd.LocalEndpoint).Port}");

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), ("x-api-key", Credential));

        string body = await response.Content.ReadAsStringAsync(Test);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(said, body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", proxy.Logs.Text, StringComparison.Ordinal);
        await answering;
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_capture_holds_what_a_compressed_answer_says(string encoding)
    {
        await using FakeAnthropic anthropic = await FakeAnthropic.StartAsync();
        await using RunningProxy proxy = await StartAsync(anthropic.Url);
        using (HttpResponseMessage capture = await proxy.PostAsync("""{"minutes":10}""", "/api/capture")) Assert.True(capture.IsSuccessStatusCode);
        anthropic.Answer = async (http, _) =>
        {
            http.Response.ContentType = "application/json";
            http.Response.Headers.ContentEncoding = encoding;
            await using Stream packed = encoding == "br" ? new BrotliStream(http.Response.Body, CompressionLevel.Fastest) : new GZipStream(http.Response.Body, CompressionLevel.Fastest);
            await packed.WriteAsync(Encoding.UTF8.GetBytes(FakeAnthropic.Document("claude-opus-5-5")), http.RequestAborted);
        };

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), ("x-api-key", Credential), ("accept-encoding", encoding));

        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        string id = (string)(await proxy.ListedAsync(1))[0]!["id"]!;
        Assert.Equal(FakeAnthropic.Document("claude-opus-5-5"), (string)JsonNode.Parse(await proxy.GetTextAsync($"/api/requests/{id}/bodies"))!["answer"]!);
    }

    /// <summary>Reads one request, answers with these bytes and closes.</summary>
    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using Socket connection = await listener.AcceptSocketAsync(Test);
        byte[] buffer = new byte[64 * 1024];
        StringBuilder got = new();
        while (!got.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) || !got.ToString().TrimEnd().EndsWith('}'))
        {
            int count = await connection.ReceiveAsync(buffer, Test);
            if (count == 0) return;
            got.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        await connection.SendAsync(Encoding.ASCII.GetBytes(answer), Test);
        connection.Shutdown(SocketShutdown.Send);
    }
}
