using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Keys;

/// <summary>The file of keys: what is kept, who sees a change, and that trouble with it lets nobody in.</summary>
public sealed class ClientKeysTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-keys-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));
    private readonly TestLog _log = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_directory.FullName, "keys.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Only_the_hash_of_a_key_is_kept_and_nobody_else_may_read_it()
    {
        using ClientKeys keys = Open();
        string text = KeyText.GenerateForClient();
        ClientKey added = await keys.AddAsync(text, static key => key with { Name = "laptop" }, Now);

        string kept = await System.IO.File.ReadAllTextAsync(File, Now);
        Assert.Matches("^ccp_[A-Za-z0-9]{43}$", text);
        Assert.DoesNotContain(text[8..], kept, StringComparison.Ordinal);
        Assert.Equal(text[..8], added.Start);
        Assert.Equal("laptop", keys.Read().Find(text)!.Name);
        Assert.Null(keys.Read().Find(text[..^1] + (text[^1] == 'a' ? 'b' : 'a')));
        Assert.Null(keys.Read().Find(added.Hash));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task Another_process_sees_what_was_added_changed_renewed_and_revoked_at_once()
    {
        using ClientKeys ours = Open(), theirs = Open();
        (string first, string second) = (KeyText.GenerateForClient(), KeyText.GenerateForClient());
        Assert.False(theirs.Read().IsRequired);

        await ours.AddAsync(first, static key => key with { Name = "laptop" }, Now);
        Assert.Equal("laptop", theirs.Read().Find(first)?.Name);

        await theirs.ChangeAsync("LAPTOP", static key => key with { Name = "old laptop", Models = ["gpt-5.5"] }, Now);
        Assert.Equal(("old laptop", "gpt-5.5"), (ours.Read().Find(first)!.Name, ours.Read().Find(first)!.Models!.Single()));

        ClientKey renewed = (await ours.RenewAsync("old laptop", second, Now))!;
        Assert.Null(theirs.Read().Find(first));
        Assert.Equal((renewed.Id, "gpt-5.5"), (theirs.Read().Find(second)!.Id, theirs.Read().Find(second)!.Models!.Single()));

        Assert.NotNull(await theirs.RemoveAsync(renewed.Id, Now));
        Assert.Null(ours.Read().Find(second));
        Assert.False(ours.Read().IsRequired);
        Assert.Null(await ours.RemoveAsync("old laptop", Now));
    }

    [Fact]
    public async Task Two_processes_that_write_at_once_lose_nothing()
    {
        using ClientKeys ours = Open(), theirs = Open();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? ours : theirs).AddAsync(KeyText.GenerateForClient(), key => key with { Name = $"key {i}" }, Now)));

        Assert.Equal(20, ours.Read().All.Select(static key => key.Name).Distinct().Count());
        Assert.Equal(ours.Read().All.Select(static key => key.Hash), theirs.Read().All.Select(static key => key.Hash));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":1,"keys":[null]}""")]
    [InlineData("""{"version":2,"keys":[]}""")]
    [InlineData("""{"version":1,"keys":[{"id":"1","name":"a","hash":"00","start":"ccp_","created":"2026-11-25T08:00:00Z","models":[null]}]}""")]
    [InlineData("""{"version":1,"keys":[{"id":"1","name":"a","hash":"00","start":"ccp_","created":"2026-11-25T08:00:00Z","limits":[{"kind":"total_tokens","span":"daily","maximum":-1}]}]}""")]
    [InlineData("""{"version":1,"keys":[{"id":"1","name":"a","hash":"00","start":"ccp_","created":"2026-11-25T08:00:00Z","limits":[{"kind":"tokens","span":"daily","maximum":5}]}]}""")]
    public async Task A_file_that_is_not_understood_lets_nobody_in_and_is_not_overwritten(string content)
    {
        await System.IO.File.WriteAllTextAsync(File, content, Now);
        using ClientKeys keys = Open();

        Assert.True(keys.Read() is { IsRequired: true, IsUnreadable: true, All.Count: 0 });
        await Assert.ThrowsAsync<IOException>(() => keys.AddAsync(KeyText.GenerateForClient(), static key => key with { Name = "laptop" }, Now));
        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(File, Now));
        Assert.Single(_log.Lines, static line => line.Contains("no client's key is accepted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_is_there_once_and_a_null_among_the_models_is_no_model()
    {
        using ClientKeys keys = Open();
        await keys.AddAsync(KeyText.GenerateForClient(), static key => key with { Name = "laptop" }, Now);

        await RefusedAsync("name", static key => key with { Name = "LAPTOP" });
        await RefusedAsync("name", static key => key with { Name = "" });
        await RefusedAsync("name", static key => key with { Name = new string('x', 61) });
        await RefusedAsync("models", static key => key with { Name = "b", Models = ["gpt-5.5", null!] });
        await RefusedAsync("limits", static key => key with { Name = "b", Limits = [null!] });
        await RefusedAsync("limits", static key => key with { Name = "b", Limits = [new("requests", "daily", 1), new("requests", "daily", 2)] });
        Assert.Single(keys.Read().All);

        async Task RefusedAsync(string member, Func<ClientKey, ClientKey> describe) =>
            Assert.Equal(member, (await Assert.ThrowsAsync<KeyRefusedException>(() => keys.AddAsync(KeyText.GenerateForClient(), describe, Now))).Member);
    }

    [Theory]
    [InlineData("total_tokens/daily=2000000", "total_tokens", "daily", 2_000_000, null)]
    [InlineData("cost_usd/monthly=12.5", "cost_usd", "monthly", 12.5, null)]
    [InlineData("requests/5h/openai/gpt-5.5*=3", "requests", "5h", 3, "openai/gpt-5.5*")]
    [InlineData("requests/5h=0.5", null, null, 0, null)]
    [InlineData("requests/5h=0", null, null, 0, null)]
    [InlineData("requests/weekly=5", null, null, 0, null)]
    [InlineData("credits/daily=5", null, null, 0, null)]
    [InlineData("requests=5", null, null, 0, null)]
    [InlineData("requests/daily", null, null, 0, null)]
    [InlineData("requests/daily=1e400", null, null, 0, null)]
    public void A_limit_is_read_from_one_word(string text, string? kind, string? span, double maximum, string? model) =>
        Assert.Equal(kind is null ? null : new KeyLimit(kind, span!, maximum, model), KeyLimit.Parse(text));

    private ClientKeys Open() => new(_directory.FullName, _time, _log.CreateLogger("Keys"));
}
