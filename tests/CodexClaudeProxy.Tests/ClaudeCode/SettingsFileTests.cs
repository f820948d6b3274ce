using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class SettingsFileTests : IDisposable
{
    private const string UsersFile = "{\n  // mine\n  \"model\": \"opus\",\n  \"env\": {\n    \"ANTHROPIC_API_KEY\": \"sk-ant-user-0123456789\", // work\n    \"FOO\": \"1\",\n  },\n}\n";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-claude-");

    private string FilePath => Path.Combine(_directory.FullName, "claude", "settings.json");

    private string Ours => Path.Combine(_directory.FullName, "data", "claude-code");

    private SettingsFile File => new(FilePath, Path.Combine(_directory.FullName, "data"), TimeProvider.System);

    [Fact]
    public async Task Applying_and_restoring_gives_the_same_bytes()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            byte[] original = new RandomSettings(seed).Create();
            Write(original);

            SettingsOutcome applied = await ApplyAsync();
            Assert.True(applied.Changed);
            Assert.Equal(original, await System.IO.File.ReadAllBytesAsync(applied.Backup!, Token));
            await File.ChangeAsync("again", (_, _) => [Set("ANTHROPIC_MODEL", "other")], dryRun: false, Token);
            SettingsOutcome restored = await File.RestoreAsync(dryRun: false, Token);

            Assert.True(restored.Changed);
            Assert.Equal(original, await System.IO.File.ReadAllBytesAsync(FilePath, Token));
            Assert.True(File.ReadJournal().IsEmpty);
        }
    }

    [Fact]
    public async Task A_file_that_was_not_there_is_private_and_goes_again()
    {
        SettingsOutcome applied = await ApplyAsync();

        Assert.Null(applied.Backup);
        Assert.Equal("http://127.0.0.1:1", Env("ANTHROPIC_BASE_URL"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(FilePath));

        await File.RestoreAsync(dryRun: false, Token);
        Assert.False(System.IO.File.Exists(FilePath));
    }

    [Fact]
    public async Task An_undo_keeps_what_the_user_did_in_the_meantime()
    {
        Write(UsersFile);
        await ApplyAsync();
        // The user writes a member of ours anew, and one of their own.
        Write(Read().Replace("\"gpt-6\"", "\"mine\"", StringComparison.Ordinal).Replace("\"FOO\": \"1\"", "\"FOO\": \"2\"", StringComparison.Ordinal));

        SettingsOutcome restored = await File.RestoreAsync(dryRun: false, Token);

        Assert.Equal(["env.ANTHROPIC_MODEL"], restored.Kept.Select(key => key.ToString()));
        Assert.Equal(
            "{\n  // mine\n  \"model\": \"opus\",\n  \"env\": {\n    \"ANTHROPIC_API_KEY\": \"sk-ant-user-0123456789\",\n    // work\n    \"FOO\": \"2\",\n    \"ANTHROPIC_MODEL\": \"mine\",\n  },\n}\n",
            Read());
    }

    [Fact]
    public async Task An_undo_survives_that_Claude_Code_writes_the_file_anew()
    {
        Write("{\"model\":\"opus\",\"env\":{\"ANTHROPIC_MODEL\":\"before\"}}");
        await ApplyAsync();
        JsonObject rewritten = JsonNode.Parse(Read())!.AsObject();
        rewritten["theme"] = "dark";
        Write(rewritten.ToJsonString(new() { WriteIndented = true }));

        SettingsOutcome restored = await File.RestoreAsync(dryRun: false, Token);

        Assert.Empty(restored.Kept);
        Assert.Equal("""{"model":"opus","env":{"ANTHROPIC_MODEL":"before"},"theme":"dark"}""", JsonNode.Parse(Read())!.ToJsonString());
    }

    [Fact]
    public async Task An_env_that_we_made_goes_with_its_last_member()
    {
        Write("{\n  \"model\": \"opus\"\n}\n");
        await ApplyAsync();
        Write(Read().Replace("\"opus\"", "\"sonnet\"", StringComparison.Ordinal));

        await File.RestoreAsync(dryRun: false, Token);

        Assert.Equal("{\n  \"model\": \"sonnet\"\n}\n", Read());
    }

    [Fact]
    public async Task A_value_the_user_sets_between_two_changes_of_ours_is_the_one_that_comes_back()
    {
        Write("{\"env\":{\"ANTHROPIC_MODEL\":\"first\"}}");
        await ApplyAsync();
        Write(Read().Replace("\"gpt-6\"", "\"second\"", StringComparison.Ordinal));
        await ApplyAsync();
        Assert.Equal("gpt-6", Env("ANTHROPIC_MODEL"));

        await File.RestoreAsync(dryRun: false, Token);

        Assert.Equal("""{"env":{"ANTHROPIC_MODEL":"second"}}""", Read());
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_shows_no_key()
    {
        Write(UsersFile);

        SettingsOutcome outcome = await ApplyAsync(dryRun: true);

        Assert.Equal(UsersFile, Read());
        Assert.True(File.ReadJournal().IsEmpty);
        Assert.DoesNotContain("sk-ant", outcome.Diff, StringComparison.Ordinal);
        Assert.Contains("-    \"ANTHROPIC_API_KEY\": \"********\", // work\n", outcome.Diff, StringComparison.Ordinal);
        Assert.Contains("+    \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:1\",\n", outcome.Diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doing_it_twice_changes_nothing_and_keeps_the_way_back()
    {
        Write(UsersFile);
        await ApplyAsync();
        string applied = Read();

        SettingsOutcome again = await ApplyAsync();

        Assert.Equal((false, null, applied), (again.Changed, again.Backup, Read()));
        await File.RestoreAsync(dryRun: false, Token);
        Assert.Equal(UsersFile, Read());
    }

    [Theory]
    [InlineData("{ \"env\": null }")]
    [InlineData("{ \"env\": { \"A\": 1 }")]
    [InlineData("not json")]
    public async Task What_cannot_be_read_is_never_written(string text)
    {
        Write(text);

        await Assert.ThrowsAsync<SettingsRefusedException>(() => ApplyAsync());

        Assert.Equal(text, Read());
    }

    [Fact]
    public async Task A_change_by_somebody_else_while_we_work_is_taken_in()
    {
        Write("{\"a\":1}");
        int calls = 0;

        await File.ChangeAsync("proxy", (_, _) =>
        {
            if (++calls == 1) Write("{\"a\":2}");
            return [new SettingsChange(SettingsKey.Top("b"), "3")];
        }, dryRun: false, Token);

        Assert.Equal((2, "{\"a\":2, \"b\": 3}"), (calls, Read()));
    }

    [Fact]
    public async Task A_file_that_never_comes_to_rest_is_left_alone()
    {
        Write("{}");
        int calls = 0;

        await Assert.ThrowsAsync<SettingsRefusedException>(() => File.ChangeAsync("proxy", (_, _) =>
        {
            Write($"{{\"a\":{++calls}}}");
            return [new SettingsChange(SettingsKey.Top("b"), "3")];
        }, dryRun: false, Token));

        Assert.Equal($"{{\"a\":{calls}}}", Read());
    }

    [Fact]
    public async Task Rights_and_symbolic_links_stay()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes or links.");
            return;
        }

        string real = Path.Combine(_directory.FullName, "dotfiles.json");
        await System.IO.File.WriteAllTextAsync(real, UsersFile, Token);
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        System.IO.File.SetUnixFileMode(real, mode);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        System.IO.File.CreateSymbolicLink(FilePath, real);

        await ApplyAsync();

        Assert.Equal(real, new FileInfo(FilePath).LinkTarget);
        Assert.Equal(mode, System.IO.File.GetUnixFileMode(real));
        Assert.Equal("gpt-6", Env("ANTHROPIC_MODEL"));
    }

    [Fact]
    public async Task Copies_are_private_and_few_but_the_one_an_undo_needs_stays()
    {
        Write(UsersFile);
        SettingsOutcome first = await ApplyAsync();
        for (int i = 0; i < 30; i++) await File.ChangeAsync("again", (_, _) => [Set("ANTHROPIC_MODEL", $"m{i}")], dryRun: false, Token);

        string[] copies = Directory.GetFiles(Ours, "settings-*");

        Assert.InRange(copies.Length, 10, 11);
        Assert.Contains(first.Backup!, copies);
        if (!OperatingSystem.IsWindows()) Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite], Directory.GetFiles(Ours).Select(System.IO.File.GetUnixFileMode).Distinct());
        await File.RestoreAsync(dryRun: false, Token);
        Assert.Equal(UsersFile, Read());
    }

    [Fact]
    public async Task Several_writers_lose_nothing()
    {
        Write("{}");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => File.ChangeAsync("x", (_, _) => [Set($"V{i}", "1")], dryRun: false, Token)));

        Assert.Equal(20, JsonNode.Parse(Read())!["env"]!.AsObject().Count);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<SettingsOutcome> ApplyAsync(bool dryRun = false) => File.ChangeAsync("proxy", (_, _) =>
    [
        Set("ANTHROPIC_BASE_URL", "http://127.0.0.1:1"),
        Set("ANTHROPIC_MODEL", "gpt-6"),
        new SettingsChange(ClientEnvironment.SkipPreflight, "true"),
        new SettingsChange(SettingsKey.Env("ANTHROPIC_API_KEY"), null),
    ], dryRun, Token);

    private static SettingsChange Set(string name, string value) => new(SettingsKey.Env(name), SettingsText.Quote(value));

    private string? Env(string name) => ClaudeSettings.Variable(File.Read(), name);

    private string Read() => System.IO.File.ReadAllText(FilePath);

    private void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    private void Write(byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        System.IO.File.WriteAllBytes(FilePath, content);
    }
}
