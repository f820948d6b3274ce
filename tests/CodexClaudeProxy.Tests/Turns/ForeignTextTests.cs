using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.OpenAi;
using CodexClaudeProxy.Upstream;
using FakeCodex;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Texts that others choose: they shall not become headers, nor be kept where nothing of a conversation belongs.</summary>
public sealed class ForeignTextTests
{
    private const string Said = "the canary sings at night";

    [Theory]
    [InlineData("/v1/chat/completions", "{}")]
    [InlineData("/v1/responses", """{"input":"Hi"}""")]
    public async Task A_key_of_the_client_is_one_header_value(string path, string more)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        foreach (string key in (string[])["a\r\nX-Evil: 1", "a\r\nContent-Length: 0\r\n\r\nGET /evil HTTP/1.1\r\nX: ", "schlüssel 鍵", "a\0b"])
        {
            JsonObject members = JsonNode.Parse(more)!.AsObject();
            members["prompt_cache_key"] = key;
            using HttpResponseMessage response = await proxy.CallAsync(path, OpenAiClient.Chat(more: members.ToJsonString()));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            ReceivedRequest sent = proxy.Backend.Requests[^1];
            Assert.Matches("^[0-9a-f]{32}$", sent.Header("session-id"));
            Assert.Equal(sent.Header("session-id"), sent.Header("x-client-request-id"));
            Assert.Null(sent.Header("x-evil"));
            // The body can hold anything, and the backend's cache goes by that.
            Assert.Equal(key, sent.Json.GetProperty("prompt_cache_key").GetString());
        }

        Assert.Equal(4, proxy.Backend.Requests.Count);
        Assert.DoesNotContain(proxy.Backend.Received.All, static request => request.Path == "/evil");
    }

    [Fact]
    public async Task An_account_id_with_a_line_break_is_no_header_of_its_own()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await proxy.StopAsync();
        string file = Path.Combine(proxy.DataDirectory, "accounts.json");
        JsonNode accounts = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        accounts["accounts"]![0]!["accountId"] = "acct\r\nX-Evil: 1";
        await File.WriteAllTextAsync(file, accounts.ToJsonString(), TestContext.Current.CancellationToken);
        await proxy.RestartAsync();

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());

        Assert.All(proxy.Backend.Received.All, static request => Assert.Null(request.Header("x-evil")));
        Assert.Contains(proxy.Backend.Received.All, static request => request.Header("chatgpt-account-id") == "acct%0D%0AX-Evil: 1");
    }

    [Fact]
    public async Task A_dropped_tool_of_any_name_is_no_error()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: """ "tools":[{"type":"web_fetch_20250910","name":"hämmer\r\nX-Evil: 1"}] """));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("h%C3%A4mmer%0D%0AX-Evil: 1", response.Headers.GetValues("x-proxy-dropped-tools").Single());
    }

    [Fact]
    public void A_header_of_the_backend_in_any_alphabet_is_relayed()
    {
        using var response = new HttpResponseMessage();
        // As it comes from the wire: one character for each byte.
        response.Headers.TryAddWithoutValidation("x-codex-note", Encoding.Latin1.GetString("é"u8));
        var headers = new HeaderDictionary();

        RelayedHeaders.Copy(response, headers);

        Assert.Equal("%C3%A9", headers["x-codex-note"].ToString());
    }

    [Theory]
    [InlineData(400, "invalid_value", "input[0].content", "Upstream refused the request (invalid_value, input[0].content)")]
    [InlineData(500, "server_error", null, "Upstream failed (server_error)")]
    [InlineData(400, "the canary sings", "the canary sings", "Upstream refused the request")]
    public async Task What_the_backend_quotes_of_a_prompt_is_for_the_client_alone(int status, string code, string? param, string kept)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        string body = new JsonObject { ["error"] = new JsonObject { ["message"] = $"Invalid input: '{Said}'.", ["code"] = code, ["param"] = param } }.ToJsonString();
        proxy.Backend.AnswerAll(_ => Reply.Json(status, body));

        using (HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(Said)))
            Assert.Contains(Said, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        JsonNode row = (await proxy.ListedAsync(1))[0]!;
        Assert.Equal(kept, row["errorMessage"]!.GetValue<string>());
        foreach (string path in (string[])["/api/requests", $"/api/requests/{row["id"]}", "/metrics", "/api/logs", "/api/drift", "/api/stats"])
            Assert.DoesNotContain("canary", await proxy.Client.GetStringAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await proxy.StopAsync();
        Assert.DoesNotContain("canary", proxy.Logs.Text, StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(proxy.DataDirectory, "*", SearchOption.AllDirectories))
            Assert.False(Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).Contains("canary", StringComparison.Ordinal), file);
    }
}
