using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Settings;

public sealed class SettingsStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-settings-");
    private readonly TestLog _log = new();

    private string File_ => Path.Combine(_directory.FullName, "settings.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Without_a_file_everything_has_its_default()
    {
        using SettingsStore store = Create();

        Assert.Same(ProxySettings.Default, store.Read());
        Assert.Null(store.Read().HaikuKiloModel);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("glm-5", "z-ai/glm-5:free")]
    [InlineData("minimax-2.5", "minimax/minimax-m2.5:free")]
    [InlineData("kimi-k2.5", "moonshotai/kimi-k2.5:free")]
    [InlineData("minimax/minimax-m2.5:free", "minimax/minimax-m2.5:free")]
    public void The_originals_file_is_read_with_its_old_short_names(string written, string model)
    {
        File.WriteAllText(File_, $$"""{"haikuKiloModel":"{{written}}","accountStrategy":"round-robin"}""");
        using SettingsStore store = Create();

        Assert.Equal((model, SelectionStrategy.RoundRobin), (store.Read().HaikuKiloModel, store.Read().AccountStrategy));
    }

    [Fact]
    public void What_another_program_writes_counts_at_once_and_is_told()
    {
        using SettingsStore store = Create();
        List<SelectionStrategy> told = [];
        store.Changed += settings => told.Add(settings.AccountStrategy);
        store.Read();

        File.WriteAllText(File_, """{"accountStrategy":"round-robin"}""");
        Assert.Equal(SelectionStrategy.RoundRobin, store.Read().AccountStrategy);
        store.Read();
        File.Delete(File_);
        Assert.Equal(SelectionStrategy.Sticky, store.Read().AccountStrategy);

        Assert.Equal([SelectionStrategy.Sticky, SelectionStrategy.RoundRobin, SelectionStrategy.Sticky], told);
    }

    [Fact]
    public async Task A_change_keeps_what_we_do_not_know_and_closes_the_file_to_others()
    {
        File.WriteAllText(File_, """{"theme":{"dark":true},"haikuKiloModel":"glm-5"}""");
        using SettingsStore store = Create();

        ProxySettings settings = await store.UpdateAsync(root => root["accountStrategy"] = "round-robin", CancellationToken.None);

        Assert.Equal(SelectionStrategy.RoundRobin, settings.AccountStrategy);
        JsonObject file = JsonNode.Parse(File.ReadAllText(File_))!.AsObject();
        Assert.Equal("""{"theme":{"dark":true},"haikuKiloModel":"glm-5","accountStrategy":"round-robin"}""", file.ToJsonString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File_));
    }

    [Fact]
    public void One_unusable_value_costs_only_itself()
    {
        File.WriteAllText(File_, """{"accountStrategy":"random","defaultEffort":"high","holdSeconds":0,"modelMappings":{"a*":"b*"}}""");
        using SettingsStore store = Create();

        ProxySettings settings = store.Read();

        Assert.Equal((SelectionStrategy.Sticky, Effort.High, 10), (settings.AccountStrategy, settings.DefaultEffort, settings.HoldSeconds));
        Assert.Empty(settings.ModelMappings);
        Assert.Equal(3, _log.Lines.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)));
        Assert.Contains(_log.Lines, line => line.Contains("'holdSeconds'", StringComparison.Ordinal) && line.Contains("a whole number from 1 to 60", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_moved_aside_at_the_start()
    {
        const string damaged = """{"accountStrategy":"round-r""";
        File.WriteAllText(File_, damaged);
        using SettingsStore store = Create();

        Assert.Equal(ProxySettings.Default, await store.OpenAsync(CancellationToken.None));

        Assert.False(File.Exists(File_));
        Assert.Equal(damaged, File.ReadAllText(Assert.Single(Directory.GetFiles(_directory.FullName, "settings.json.damaged-*"))));
        Assert.Contains(_log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("was moved to", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_damaged_while_we_run_leaves_the_settings_as_they_were()
    {
        File.WriteAllText(File_, """{"accountStrategy":"round-robin"}""");
        using SettingsStore store = Create();
        store.Read();

        File.WriteAllText(File_, """{"accountStr""");

        Assert.Equal(SelectionStrategy.RoundRobin, store.Read().AccountStrategy);
        Assert.Equal("""{"accountStr""", File.ReadAllText(File_));
    }

    [Fact]
    public async Task Two_programs_changing_at_once_lose_nothing()
    {
        using SettingsStore one = Create(), other = Create();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : other).UpdateAsync(root => root["key" + i] = i, CancellationToken.None)));

        Assert.Equal(20, JsonNode.Parse(File.ReadAllText(File_))!.AsObject().Count);
    }

    private SettingsStore Create() => new(_directory.FullName, TimeProvider.System, _log);
}
