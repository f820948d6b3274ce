using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>The model list as the clients get it, and the two files beside it.</summary>
public sealed class ModelContracts : IDisposable
{
    private static readonly (string, string) Anthropic = ("anthropic-version", "2023-06-01");

    /// <summary>Laid out and spelt as no serialiser would do it.</summary>
    private static readonly byte[] List = """
        { "models" : [
          {"slug":"gpt-5.5","display_name":"GPT-5.5","description":"F\u00fcr \"alles\" & <mehr> 😀","priority":1,"visibility":"list",
           "supported_reasoning_levels":[{"effort":"low"},{"effort":"xhigh"},{"effort":"max"}],"context_window":4e5,"input_modalities":["text","image"]},
          {"slug":"gpt-plain","priority":2,"visibility":"list","supported_reasoning_levels":[],"input_modalities":["text"]},
          {"slug":"gpt-hidden","priority":3,"visibility":"hide"} ] }
        """u8.ToArray();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, 120, TimeSpan.Zero));
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Anthropics_list()
    {
        await using TestProxy proxy = await StartAsync();
        Golden.Same("models-anthropic.json", (await proxy.GetAsync("/v1/models", Anthropic)).Body);
        Golden.Same("models-anthropic-page.json", (await proxy.GetAsync("/v1/models?limit=1", Anthropic)).Body);
        Golden.Same("models-anthropic-none.json", (await proxy.GetAsync("/v1/models?before_id=gpt-5.5", Anthropic)).Body);
        Golden.Same("model-anthropic.json", (await proxy.GetAsync("/v1/models/claude-codex-gpt-plain", Anthropic)).Body);
        Answer unknown = await proxy.GetAsync("/v1/models/gpt-%3C%22%C3%B6", Anthropic);
        Golden.Same("model-anthropic-unknown.json", unknown.Body, (unknown.Header("request-id")!, "ID"));
    }

    [Fact]
    public async Task OpenAis_list()
    {
        await using TestProxy proxy = await StartAsync();
        Golden.Same("models-openai.json", (await proxy.GetAsync("/v1/models")).Body);
        Golden.Same("model-openai.json", (await proxy.GetAsync("/v1/models/gpt-5.5-high")).Body);
        Golden.Same("model-openai-unknown.json", (await proxy.GetAsync("/v1/models/gpt-%3C%22%C3%B6")).Body);
    }

    [Fact]
    public async Task The_copy_of_the_catalogue()
    {
        await using (Catalogue catalogue = CatalogueIn(_directory.FullName, NullLogger.Instance)) await catalogue.GetAsync(TestContext.Current.CancellationToken);
        Golden.Same("models-kept.json", await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "models.json"), TestContext.Current.CancellationToken));

        await using var next = new Catalogue(_directory.FullName, static _ => throw new HttpRequestException("no way"), _time, NullLogger.Instance);
        // As it came, to the last blank: otherwise each start would take the same list for a new one.
        Assert.Equal(List, (await next.GetAsync(TestContext.Current.CancellationToken)).Source.ToArray());
        Assert.Equal("W/\"ö-1\"", next.ETag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"etag":"x"}""")]
    [InlineData("""{"etag":7,"catalogue":{"models":[{"slug":"gpt-odd"}]}}""")]
    [InlineData("""{"catalogue":{"models":[{"slug":"gpt-odd"}]}}""")]
    [InlineData("""{"etag":"x","catalogue":{"models":[]}}""")]
    [InlineData("""{"etag":"x","catalogue":"models"}""")]
    public async Task An_odd_copy_is_as_good_as_none(string file)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "models.json"), file, TestContext.Current.CancellationToken);
        await using var catalogue = new Catalogue(_directory.FullName, static _ => throw new HttpRequestException("no way"), _time, NullLogger.Instance);

        Assert.True((await catalogue.GetAsync(TestContext.Current.CancellationToken)).Source.IsEmpty);
        Assert.Null(catalogue.ETag);
    }

    [Fact]
    public async Task A_copy_without_an_etag_is_used()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "models.json"), """{"etag":null,"more":[1],"catalogue":{"models":[{"slug":"gpt-kept"}]}}""", TestContext.Current.CancellationToken);
        await using var catalogue = new Catalogue(_directory.FullName, static _ => throw new HttpRequestException("no way"), _time, NullLogger.Instance);

        Assert.NotNull((await catalogue.GetAsync(TestContext.Current.CancellationToken)).Find("gpt-kept"));
        Assert.Null(catalogue.ETag);
    }

    [Fact]
    public async Task What_was_learnt()
    {
        var lessons = new Lessons(_time);
        await using (new LessonsFile(_directory.FullName, lessons, _time, NullLogger.Instance))
        {
            lessons.Refuse("gpt-5.5", "text");
            lessons.Refuse("gpt-5.5", "service_tier<ö>");
            lessons.RefuseEffort("gpt-5.5", Protocol.Codex.Effort.XHigh);
            lessons.RefuseEffort("gpt-5.5", Protocol.Codex.Effort.Minimal);
            _time.Advance(TimeSpan.FromSeconds(1.5));
            lessons.UseLane("gpt-6 \"ü\"", lite: true);
            lessons.UseLane("gpt-7", lite: false);
            lessons.NotePhases("gpt-7");
            lessons.ReduceSchema("hash-1");
            lessons.ReduceSchema("hash-2");
            lessons.Reject("a@x.com:1", ["first", "second"]);
            lessons.Reject("b@x.com:2", ["first"]);
            lessons.Reject("a@x.com:1", ["third"]);
        }

        Golden.Same("lessons.json", await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "lessons.json"), TestContext.Current.CancellationToken));
    }

    private Task<TestProxy> StartAsync() => TestProxy.StartAsync(time: _time, compose: host =>
    {
        Catalogue catalogue = host.Own(CatalogueIn(host.Options.DataDirectory, host.Loggers.CreateLogger("Models")));
        var routes = new Routes();
        new ModelsEndpoint(catalogue, static () => ProxySettings.Default with { ModelMappings = [new("my-ö", "gpt-5.5-high"), new("claude-*", "gpt-plain")] }).MapTo(routes);
        return routes;
    });

    private Catalogue CatalogueIn(string directory, ILogger log) => new(directory, static _ => Task.FromResult(new CatalogueReply(List, "W/\"ö-1\"")), _time, log);
}
