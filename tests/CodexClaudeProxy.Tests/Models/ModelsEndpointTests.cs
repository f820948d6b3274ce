using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.Models;

public sealed class ModelsEndpointTests
{
    private static readonly (string, string) Version = ("anthropic-version", "2023-06-01");

    [Fact]
    public async Task An_openai_client_gets_the_plain_names()
    {
        await using TestProxy proxy = await StartAsync();

        Answer answer = await proxy.GetAsync("/v1/models", ("Authorization", "Bearer x"), ("User-Agent", "OpenAI/JS 7.57.0"));

        Assert.Equal("list", answer.Json.GetProperty("object").GetString());
        JsonElement first = answer.Json.GetProperty("data")[0];
        Assert.Equal(("gpt-6.1-sol", "model", "openai"), (first.GetProperty("id").GetString(), first.GetProperty("object").GetString(), first.GetProperty("owned_by").GetString()));
        Assert.Equal(JsonValueKind.Number, first.GetProperty("created").ValueKind);
        Assert.Equal(["id", "object", "created", "owned_by"], first.EnumerateObject().Select(member => member.Name));
        Assert.Equal(9, answer.Json.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Claude_Code_finds_every_model_under_a_name_it_shows()
    {
        await using TestProxy proxy = await StartAsync();

        Answer answer = await proxy.GetAsync("/v1/models?limit=1000", ("Authorization", "Bearer fake"), ("User-Agent", "claude-code/2.1.330"));

        string[] ids = Ids(answer);
        Assert.Equal(18, ids.Length);
        Assert.Equal(["gpt-6.1-sol", "claude-codex-gpt-6.1-sol"], ids[..2]);
        Assert.DoesNotContain("codex-auto-review", ids);
        Assert.Equal(["data", "has_more", "first_id", "last_id"], answer.Json.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task An_anthropic_entry_tells_what_the_model_can_do()
    {
        await using TestProxy proxy = await StartAsync();

        JsonElement model = (await proxy.GetAsync("/v1/models/claude-codex-gpt-5.5", Version)).Json;

        Assert.Equal("claude-codex-gpt-5.5", model.GetProperty("id").GetString());
        Assert.Equal("GPT-5.5 (Codex)", model.GetProperty("display_name").GetString());
        Assert.Equal((272_000, 128_000), (model.GetProperty("max_input_tokens").GetInt32(), model.GetProperty("max_tokens").GetInt32()));
        Assert.Equal(
            """{"supported":true,"low":{"supported":true},"medium":{"supported":true},"high":{"supported":true},"xhigh":{"supported":true},"max":{"supported":false}}""",
            model.GetProperty("capabilities").GetProperty("effort").GetRawText());
        Assert.True(model.GetProperty("capabilities").GetProperty("image_input").GetProperty("supported").GetBoolean());
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap()
    {
        await using TestProxy proxy = await StartAsync();
        string[] all = Ids(await proxy.GetAsync("/v1/models?limit=1000", Version));

        List<string> seen = [];
        JsonElement page;
        string query = "?limit=7";
        do
        {
            Answer answer = await proxy.GetAsync("/v1/models" + query, Version);
            seen.AddRange(Ids(answer));
            page = answer.Json;
            query = "?limit=7&after_id=" + page.GetProperty("last_id").GetString();
        }
        while (page.GetProperty("has_more").GetBoolean());

        Assert.Equal(all, seen);
    }

    [Fact]
    public async Task A_page_before_an_id_ends_right_before_it()
    {
        await using TestProxy proxy = await StartAsync();

        Answer before = await proxy.GetAsync("/v1/models?limit=2&before_id=gpt-6-sol", Version);
        Answer start = await proxy.GetAsync("/v1/models?limit=20&before_id=gpt-6-astra", Version);
        Answer empty = await proxy.GetAsync("/v1/models?before_id=gpt-6.1-sol", Version);

        Assert.Equal(["gpt-6-astra", "claude-codex-gpt-6-astra"], Ids(before));
        Assert.True(before.Json.GetProperty("has_more").GetBoolean());
        Assert.Equal(["gpt-6.1-sol", "claude-codex-gpt-6.1-sol"], Ids(start));
        Assert.False(start.Json.GetProperty("has_more").GetBoolean());
        Assert.Equal("""{"data":[],"has_more":false,"first_id":null,"last_id":null}""", empty.Body);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=1001")]
    [InlineData("?limit=x")]
    [InlineData("?after_id=nothing")]
    public async Task A_page_that_cannot_be_is_an_error(string query)
    {
        await using TestProxy proxy = await StartAsync();

        Answer answer = await proxy.GetAsync("/v1/models" + query, Version);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("invalid_request_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_codex_client_gets_the_backends_own_words()
    {
        await using TestProxy proxy = await StartAsync();

        Answer answer = await proxy.GetAsync("/v1/models?client_version=0.169.0");

        Assert.Equal(System.Text.Encoding.UTF8.GetString(Recorded.Catalogue), answer.Body);
        Assert.Equal(Recorded.ETag, answer.Header("etag"));
    }

    [Fact]
    public async Task The_codex_client_gets_nothing_made_up()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await proxy.GetAsync("/v1/models?client_version=0.169.0")).Status);
    }

    [Theory]
    [InlineData("/v1/models/claude-opus-5-5")]
    [InlineData("/v1/models/anthropic/claude-haiku-4")]
    [InlineData("/v1/models/anthropic%2Fclaude-haiku-4")]
    [InlineData("/v1/models/codex-auto-review")]
    [InlineData("/v1/v1/models/gpt-5.5-high")]
    public async Task Every_name_the_router_understands_can_be_looked_up(string path)
    {
        await using TestProxy proxy = await StartAsync();

        Answer answer = await proxy.GetAsync(path, Version);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(Uri.UnescapeDataString(path[(path.IndexOf("models/", StringComparison.Ordinal) + 7)..]), answer.Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_unknown_name_is_not_found_in_either_envelope()
    {
        await using TestProxy proxy = await StartAsync();

        Answer anthropic = await proxy.GetAsync("/v1/models/gpt-9", Version);
        Answer openAi = await proxy.GetAsync("/v1/models/gpt-9", ("Authorization", "Bearer x"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (anthropic.Status, openAi.Status));
        Assert.Equal("model: gpt-9", anthropic.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("""{"error":{"message":"The model 'gpt-9' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}""", openAi.Body);
    }

    private static Task<TestProxy> StartAsync() => TestProxy.StartAsync(compose: static host =>
    {
        var catalogue = host.Own(new Catalogue(
            host.Options.DataDirectory,
            static _ => Task.FromResult(new CatalogueReply(Recorded.Catalogue, Recorded.ETag)),
            host.Time,
            host.Loggers.CreateLogger("Models")));
        var routes = new Routes();
        new ModelsEndpoint(catalogue, static () => CodexClaudeProxy.Settings.ProxySettings.Default).MapTo(routes);
        return routes;
    });

    private static string[] Ids(Answer answer) => [.. answer.Json.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
}
