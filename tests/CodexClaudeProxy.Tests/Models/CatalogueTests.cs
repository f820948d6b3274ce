using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Models;

public sealed class CatalogueTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");
    private readonly FakeTimeProvider _time = new();
    private int _fetches;
    private Func<Task<CatalogueReply>> _backend = static () => Task.FromResult(new CatalogueReply(Recorded.Catalogue, Recorded.ETag));

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_first_turn_waits_for_the_backend()
    {
        await using Catalogue catalogue = Create();

        Assert.Equal(10, (await GetAsync(catalogue)).Models.Count);
        Assert.Equal(Recorded.ETag, catalogue.ETag);
    }

    [Fact]
    public async Task A_silent_backend_holds_the_first_turn_only_briefly()
    {
        var never = new TaskCompletionSource<CatalogueReply>();
        _backend = () => never.Task;
        Catalogue catalogue = Create();

        Task<ModelCatalogue> turn = GetAsync(catalogue);
        Assert.False(turn.IsCompleted);
        _time.Advance(Catalogue.FirstWait);

        Assert.Same(ModelCatalogue.BuiltIn, await turn);
        never.SetException(new OperationCanceledException());
        await catalogue.DisposeAsync();
    }

    [Fact]
    public async Task While_it_is_fresh_nobody_asks_again()
    {
        await using Catalogue catalogue = Create();
        await GetAsync(catalogue);
        _time.Advance(Catalogue.Fresh - TimeSpan.FromSeconds(1));
        await GetAsync(catalogue);

        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task An_old_one_is_used_while_the_next_is_fetched_once()
    {
        await using Catalogue catalogue = Create();
        ModelCatalogue first = await GetAsync(catalogue);
        var next = new TaskCompletionSource<CatalogueReply>();
        _backend = () => next.Task;
        _time.Advance(Catalogue.Fresh);

        for (int i = 0; i < 10; i++) Assert.Same(first, await GetAsync(catalogue));
        next.SetResult(new CatalogueReply("""{"models":[{"slug":"gpt-7"}]}"""u8.ToArray(), "W/\"2\""));
        await catalogue.RefreshedAsync();

        Assert.Equal(["gpt-7"], (await GetAsync(catalogue)).Models.Select(model => model.Profile.Slug));
        Assert.Equal((2, "W/\"2\""), (_fetches, catalogue.ETag));
    }

    [Fact]
    public async Task After_a_failure_the_backend_is_left_alone_for_a_while()
    {
        _backend = static () => throw new HttpRequestException("no route");
        await using Catalogue catalogue = Create();

        Assert.Same(ModelCatalogue.BuiltIn, await GetAsync(catalogue));
        await GetAsync(catalogue);
        Assert.Equal(1, _fetches);

        _time.Advance(Catalogue.RetryAfter);
        await GetAsync(catalogue);
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task Nonsense_does_not_replace_a_good_catalogue()
    {
        await using Catalogue catalogue = Create();
        ModelCatalogue good = await GetAsync(catalogue);
        _backend = static () => Task.FromResult(new CatalogueReply("<html>"u8.ToArray(), null));
        _time.Advance(Catalogue.Fresh);
        await GetAsync(catalogue);
        await catalogue.RefreshedAsync();

        Assert.Same(good, await GetAsync(catalogue));
        Assert.Equal(Recorded.ETag, catalogue.ETag);
    }

    [Fact]
    public async Task The_last_good_copy_survives_a_restart()
    {
        await using (Catalogue before = Create())
        {
            await GetAsync(before);
            await before.RefreshedAsync();
        }

        _backend = static () => throw new HttpRequestException("no route");
        await using Catalogue after = Create();

        Assert.Equal(10, (await GetAsync(after)).Models.Count);
        Assert.Equal(Recorded.ETag, after.ETag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"catalogue":{"models":[]},"etag":"x"}""")]
    [InlineData("""{"catalogue":{"models":[{"slug":"x"}]},"etag":7}""")]
    public async Task A_damaged_copy_is_no_obstacle(string json)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "models.json"), json, TestContext.Current.CancellationToken);
        await using Catalogue catalogue = Create();

        Assert.Equal(10, (await GetAsync(catalogue)).Models.Count);
    }

    [Fact]
    public async Task Another_etag_or_another_account_asks_again()
    {
        await using Catalogue catalogue = Create();
        await GetAsync(catalogue);

        catalogue.NoteETag(Recorded.ETag);
        await GetAsync(catalogue);
        Assert.Equal(1, _fetches);

        catalogue.NoteETag("W/\"other\"");
        await GetAsync(catalogue);
        await catalogue.RefreshedAsync();
        Assert.Equal(2, _fetches);

        catalogue.Expire();
        await GetAsync(catalogue);
        await catalogue.RefreshedAsync();
        Assert.Equal(3, _fetches);
    }

    private Catalogue Create() => new(_directory.FullName, Fetch, _time, NullLogger.Instance);

    private Task<CatalogueReply> Fetch(CancellationToken cancellation)
    {
        _fetches++;
        return _backend();
    }

    private static Task<ModelCatalogue> GetAsync(Catalogue catalogue) => catalogue.GetAsync(TestContext.Current.CancellationToken).AsTask();
}
