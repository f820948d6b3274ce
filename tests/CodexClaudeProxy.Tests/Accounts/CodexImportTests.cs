using System.Text;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Login;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class CodexImportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Codexs_sign_in_becomes_an_account()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        FakeTokens tokens = scene.Auth.SignIn();
        scene.WriteCodexFile(tokens);

        ImportResult result = await Import(scene).ImportAsync(null, Stop);

        Assert.Equal((true, "Imported account: dev@example.com (plus)"), (result.Success, result.Message));
        Account stored = scene.OnDisk;
        Assert.Equal((tokens.AccessToken, tokens.RefreshToken, tokens.IdToken), (stored.AccessToken, stored.RefreshToken, stored.IdToken));
        Assert.True(stored.IsImported);
        Assert.Equal(stored.Key, scene.Files.Store.Read().Active!.Key);
    }

    [Fact]
    public async Task The_fixture_of_the_official_client_is_understood()
    {
        using AccountFixture fixture = new();
        string access = AccountFixture.Jwt("dev@example.com", "acc", "pro", DateTimeOffset.UnixEpoch, fixture.Time.GetUtcNow().AddDays(1));

        ImportResult result = await new CodexImport(fixture.Store, new CodexHome(fixture.Root), fixture.Time).ImportJsonAsync(Encoding.UTF8.GetBytes($$"""
            {"OPENAI_API_KEY":null,"tokens":{"id_token":"not a jwt","access_token":"{{access}}","refresh_token":"rt","account_id":"from-file"},"last_refresh":"2026-11-22T20:51:28.967530676Z"}
            """), Stop);

        // The id token says nothing, so the access token is asked; the account id beside the tokens has precedence.
        Assert.Equal(("dev@example.com:from-file", "pro"), (result.Account!.Key, result.Account.PlanType));
    }

    [Theory]
    [InlineData(null, "No Codex auth.json found")]
    [InlineData("""{"auth_mode":"chatgpt","tokens":{}}""", "No valid tokens in Codex auth.json")]
    [InlineData("{", "Import failed: the file is not valid JSON")]
    [InlineData("""{"auth_mode":"apikey","OPENAI_API_KEY":"sk-canary"}""", "Import failed: Codex is signed in with an API key. Sign in with ChatGPT (codex login) and import again")]
    [InlineData("""{"OPENAI_API_KEY":"sk-canary"}""", "Import failed: Codex is signed in with an API key. Sign in with ChatGPT (codex login) and import again")]
    [InlineData("[]", "No valid tokens in Codex auth.json")]
    public async Task What_cannot_be_imported_is_explained(string? file, string message)
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        if (file is not null) File.WriteAllText(scene.Codex.AuthFile, file);

        ImportResult result = await Import(scene).ImportAsync(null, Stop);

        Assert.Equal((false, message), (result.Success, result.Message));
        Assert.Empty(scene.Files.Store.Read().All);
    }

    [Fact]
    public async Task An_account_without_an_address_gets_the_originals_placeholder_and_two_of_them_stay_apart()
    {
        using AccountFixture fixture = new();
        CodexImport import = new(fixture.Store, new CodexHome(fixture.Root), fixture.Time);

        foreach (string id in (string[])["one", "two"])
        {
            await import.ImportJsonAsync(Encoding.UTF8.GetBytes($$$"""{"tokens":{"access_token":"opaque","refresh_token":"rt","account_id":"{{{id}}}"}}"""), Stop);
        }

        Assert.Equal(["imported@unknown.com:one", "imported@unknown.com:two"], fixture.Store.Read().All.Select(account => account.Key));
    }

    [Fact]
    public async Task Importing_again_keeps_label_quota_and_time_of_adding()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.WriteCodexFile(scene.Auth.SignIn());
        await Import(scene).ImportAsync(null, Stop);
        await scene.Files.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "label", "mine"), Stop);
        string? added = scene.OnDisk.AddedAt;
        scene.Time.Advance(TimeSpan.FromDays(1));
        FakeTokens newer = scene.Auth.SignIn();
        scene.WriteCodexFile(newer);

        await Import(scene).ImportAsync(null, Stop);

        Account stored = Assert.Single(scene.Files.Store.Read().All);
        Assert.Equal(("mine", added, newer.RefreshToken), (stored.Label, stored.AddedAt, stored.RefreshToken));
    }

    [Fact]
    public async Task An_older_copy_does_not_replace_a_pair_that_works()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.WriteCodexFile(scene.Auth.SignIn());
        scene.Time.Advance(TimeSpan.FromDays(1));
        Account newer = await scene.SignInAsync(TimeSpan.FromDays(10));

        ImportResult result = await Import(scene).ImportAsync(null, Stop);

        Assert.True(result.Success);
        Assert.Equal(newer.RefreshToken, scene.OnDisk.RefreshToken);
    }

    private static CodexImport Import(RefreshScene scene) => new(scene.Files.Store, scene.Codex, scene.Time);
}
