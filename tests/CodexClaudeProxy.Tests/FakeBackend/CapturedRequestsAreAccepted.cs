using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

/// <summary>What the official client was seen to send breaks no rule.</summary>
public sealed class CapturedRequestsAreAccepted
{
    private static readonly HashSet<string> SetByHttpClient =
        ["authorization", "content-encoding", "content-type", "content-length", "host", "chatgpt-account-id"];

    public static TheoryData<string> Captured => [.. Fixtures.ClientRequests];

    [Theory]
    [MemberData(nameof(Captured))]
    public async Task The_official_clients_request(string name)
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        using UpstreamCaller caller = new(backend);
        JsonElement captured = Fixtures.ClientRequest(name);
        // The encrypted contents were issued by whoever answered when this was captured.
        foreach (string content in (string[])["gAAAAABfake", "gAAAAABcompacted"]) backend.Issued.Register(content, FakeAuth.DefaultUser);

        string path = captured.GetProperty("path").GetString()!;
        HttpRequestMessage request = caller.Request(JsonNode.Parse(captured.GetProperty("body").GetRawText())!, path);
        request.Headers.Remove("version");
        foreach (JsonElement header in captured.GetProperty("headers").EnumerateArray())
        {
            if (!SetByHttpClient.Contains(header[0].GetString()!))
            {
                request.Headers.TryAddWithoutValidation(header[0].GetString()!, header[1].GetString());
            }
        }
        if (path.StartsWith("/v1/", StringComparison.Ordinal)) request.Headers.Authorization = new("Bearer", backend.Auth.IssueApiKey());

        using HttpResponseMessage response = await caller.SendAsync(request);
        Assert.Empty(backend.Rejections);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
