using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>Changing channels over HTTP: what is refused, and that no secret comes back.</summary>
public sealed class AlertRoutesTests : IAsyncDisposable
{
    private const string Command = """[{"name":"on-alert","kind":"command","command":["/bin/secret-program","--token=xyz"]}]""";

    private readonly AlertReceiver _receiver = new();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Theory]
    [InlineData("POST", "/api/alerts/channels", """{"name":"x","kind":"command","command":["/bin/sh"]}""")]
    [InlineData("POST", "/api/alerts/channels", """{"name":"x","kind":"command"}""")]
    [InlineData("POST", "/api/alerts/channels", """{"name":"x","url":"https://example.com/","command":["/bin/sh"]}""")]
    [InlineData("POST", "/api/alerts/channels", """{"name":"x","url":"https://example.com/","command":"/bin/sh"}""")]
    [InlineData("PATCH", "/api/alerts/channels/hook", """{"kind":"command"}""")]
    [InlineData("PATCH", "/api/alerts/channels/hook", """{"command":["/bin/sh"]}""")]
    [InlineData("PATCH", "/api/alerts/channels/on-alert", """{"kind":"command","address":"secret-program"}""")]
    [InlineData("PATCH", "/api/alerts/channels/on-alert", """{"command":["secret-program"]}""")]
    [InlineData("PATCH", "/api/alerts/channels/on-alert", """{"events":["pool.dry"]}""")]
    [InlineData("PATCH", "/api/alerts/channels/on-alert", """{"kind":"webhook","url":"https://example.com/"}""")]
    [InlineData("PATCH", "/api/alerts/channels/command", """{"events":["pool.dry"]}""")]
    [InlineData("DELETE", "/api/alerts/channels/on-alert", "")]
    [InlineData("DELETE", "/api/alerts/channels/command", "")]
    public async Task No_command_is_set_or_changed(string method, string path, string body)
    {
        await using RunningProxy proxy = await StartAsync();
        string before = File.ReadAllText(FileOf(proxy));

        (HttpStatusCode status, JsonObject answer) = await SendAsync(proxy, method, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        if (!body.Contains("address", StringComparison.Ordinal)) Assert.Contains("config.json", (string?)answer["error"], StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(FileOf(proxy)));
    }

    [Fact]
    public async Task What_is_shown_has_no_secret_and_sent_back_stays_what_it_is()
    {
        await using RunningProxy proxy = await StartAsync();
        string shown = await proxy.GetTextAsync("/api/alerts");
        foreach (string secret in (string[])["hidden", "tk_1", "sign-me", "--token", "/bin/"]) Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        JsonNode hook = JsonNode.Parse(shown)!["channels"]![1]!;
        Assert.Equal((true, true, "untried", false), ((bool)hook["hasAuthorization"]!, (bool)hook["hasSecret"]!, (string?)hook["state"], (bool)hook["readOnly"]!));
        Assert.Equal(["alert-channels.json", "alert-channels.json", "alertCommand"], JsonNode.Parse(shown)!["channels"]!.AsArray().Select(channel => (string?)channel!["setIn"]));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proxy, "PATCH", "/api/alerts/channels/hook", $$"""{"name":"hook","kind":"webhook","url":"{{hook["address"]}}","events":["pool.dry"]}""")).Status);

        JsonNode stored = JsonNode.Parse(File.ReadAllText(FileOf(proxy)))!["channels"]![1]!;
        Assert.Equal((_receiver.Url + "/hidden-hidden-hidden/ending", "Bearer tk_1", "sign-me", "pool.dry"), ((string?)stored["url"], (string?)stored["authorization"], (string?)stored["secret"], (string?)stored["events"]![0]));
    }

    [Theory]
    [InlineData("""{"name":"x","url":"http://example.com/hook"}""", "url")]
    [InlineData("""{"name":"x","url":"http://169.254.169.254/"}""", "url")]
    [InlineData("""{"name":"x"}""", "url")]
    [InlineData("""{"name":"x","url":7}""", "url")]
    [InlineData("""{"url":"https://example.com/"}""", "name")]
    [InlineData("""{"name":"a b","url":"https://example.com/"}""", "name")]
    [InlineData("""{"name":"HOOK","url":"https://example.com/"}""", "channel HOOK already")]
    [InlineData("""{"name":"command","url":"https://example.com/"}""", "channel command already")]
    [InlineData("""{"name":"x","url":"https://example.com/","kind":"mail"}""", "kind")]
    [InlineData("""{"name":"x","url":"https://example.com/","events":["account.dry","nothing"]}""", "events")]
    [InlineData("""{"name":"x","url":"https://example.com/","events":"account.dry"}""", "events")]
    [InlineData("""{"name":"x","url":"https://example.com/","includeEmail":1}""", "includeEmail")]
    [InlineData("""{"name":"x","url":"https://example.com/","authorization":"a\nb"}""", "authorization")]
    [InlineData("""{"name":"x","url":"https://ntfy.sh/t","secret":"s"}""", "secret")]
    [InlineData("""{"name":"x","kind":"desktop","url":"https://example.com/"}""", "desktop")]
    [InlineData("""{"name":"x","url":"https://example.com/","other":1}""", "other")]
    public async Task What_is_wrong_is_named(string body, string member)
    {
        await using RunningProxy proxy = await StartAsync();

        (HttpStatusCode status, JsonObject answer) = await SendAsync(proxy, "POST", "/api/alerts/channels", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(member, answer.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("x\"", File.ReadAllText(FileOf(proxy)).Replace("xyz", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_tells_what_happened_on_each_channel_and_nothing_of_the_answer()
    {
        await using RunningProxy proxy = await StartAsync();
        _receiver.Answer = static _ => "404 Secret-Reason";

        (_, JsonObject answer) = await SendAsync(proxy, "POST", "/api/alerts/test", """{"channel":"hook"}""");
        Assert.Equal("""{"success":false,"results":[{"channel":"hook","delivered":false,"error":"the receiver responded with status 404"}]}""", answer.ToJsonString());

        _receiver.Answer = static _ => "200 OK";
        (_, answer) = await SendAsync(proxy, "POST", "/api/alerts/test", """{"channel":"hook"}""");
        Assert.Equal((true, "test"), ((bool)answer["success"]!, (string?)_receiver.Received[1].Json["event"]));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(proxy, "POST", "/api/alerts/test", """{"channel":"nobody"}""")).Status);
    }

    [Theory]
    [InlineData("https://elsewhere.example/hook", null, null)]
    [InlineData("https://elsewhere.example/hook", "Bearer new", "Bearer new")]
    [InlineData("SAME/other", null, "Bearer tk_1")]
    public async Task A_token_does_not_go_to_another_host(string url, string? given, string? kept)
    {
        await using RunningProxy proxy = await StartAsync();
        JsonObject body = new() { ["url"] = url.Replace("SAME", _receiver.Url) };
        if (given is not null) body["authorization"] = given;

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proxy, "PATCH", "/api/alerts/channels/hook", body.ToJsonString())).Status);

        Assert.Equal(kept, (string?)JsonNode.Parse(File.ReadAllText(FileOf(proxy)))!["channels"]![1]!["authorization"]);
    }

    [Fact]
    public async Task A_topic_without_a_server_is_one_of_the_public_server()
    {
        await using RunningProxy proxy = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proxy, "POST", "/api/alerts/channels", """{"name":"phone","kind":"ntfy","url":"my topic"}""")).Status);
        Assert.Equal("https://ntfy.sh/my%20topic", (string?)JsonNode.Parse(File.ReadAllText(FileOf(proxy)))!["channels"]![2]!["url"]);
    }

    [Fact]
    public async Task A_channel_is_removed_and_one_that_is_not_there_cannot_be()
    {
        await using RunningProxy proxy = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proxy, "DELETE", "/api/alerts/channels/hook", "")).Status);
        Assert.Equal(2, (await proxy.GetJsonAsync("/api/alerts"))["channels"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(proxy, "DELETE", "/api/alerts/channels/hook", "")).Status);
    }

    [Fact]
    public async Task A_damaged_file_is_told_and_not_overwritten()
    {
        await using RunningProxy proxy = await StartAsync();
        File.WriteAllText(FileOf(proxy), "{ damaged");

        (HttpStatusCode status, JsonObject answer) = await SendAsync(proxy, "POST", "/api/alerts/channels", """{"name":"x","url":"https://example.com/"}""");

        Assert.Equal((HttpStatusCode.InternalServerError, "{ damaged"), (status, File.ReadAllText(FileOf(proxy))));
        Assert.Contains("alert-channels.json", answer.ToJsonString(), StringComparison.Ordinal);
    }

    private static string FileOf(RunningProxy proxy) => Path.Combine(proxy.DataDirectory, "alert-channels.json");

    private async Task<RunningProxy> StartAsync()
    {
        RunningProxy proxy = await RunningProxy.StartAsync(configure: static options => options with { AlertCommand = ["/bin/other-program", "--token=xyz"] });
        JsonArray channels = JsonNode.Parse(Command)!.AsArray();
        channels.Add((JsonNode)new JsonObject { ["name"] = "hook", ["kind"] = "webhook", ["url"] = _receiver.Url + "/hidden-hidden-hidden/ending", ["authorization"] = "Bearer tk_1", ["secret"] = "sign-me" });
        await File.WriteAllTextAsync(FileOf(proxy), new JsonObject { ["channels"] = channels }.ToJsonString());
        return proxy;
    }

    private static async Task<(HttpStatusCode Status, JsonObject Answer)> SendAsync(RunningProxy proxy, string method, string path, string body)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await RunningProxy.JsonOf(response));
    }
}
