using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Tests.ClaudeCode;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What the routes and commands about Claude Code's settings say, and what we keep of our own changes.</summary>
public sealed class ClaudeCodeContracts : IDisposable
{
    private const string UsersFile = """
        {
          // mein Schlüssel, "quoted" & <kept> 🙂
          "env": {
            "ANTHROPIC_API_KEY": "sk-ant-api03-of-the-user",
            "ANTHROPIC_BASE_URL": "https://me:pw@other.example/ü?a=1&b=<2>",
            "ANTHROPIC_MODEL": "gpt-\"ü\" 🙂",
            "CLAUDE_CODE_USE_BEDROCK": "1", // work
            "NUMBER": 7.50,
          },
          "permissions": { "allow": ["Bash(ls:*)"], "defaultMode": "auto" },
          "apiKeyHelper": "/bin/key",
        }
        """;

    private readonly ClaudeShell _shell = new();

    [Fact]
    public async Task The_routes_with_a_file_that_can_be_changed()
    {
        SkipOnWindows();
        await using ClaudeScene scene = await ClaudeScene.StartAsync(UsersFile, accessKey: "our-access-key");
        Transcript told = new(scene.Client);
        await told.SendAsync("GET", "/claude/config");
        await told.SendAsync("POST", "/claude/config/restore");
        await told.SendAsync("POST", "/claude/config/proxy", """{"models":{"default":"gpt-5.5-high","opus":null,"haiku":"mein-ü"},"askPermission":true,"disableNonessentialTraffic":true,"setAside":true,"dryRun":true,"other":1}""");
        await told.SendAsync("POST", "/claude/config/proxy", """{"models":{"default":"gpt-5.5-high"},"askPermission":true,"setAside":true,"dryRun":null}""");
        await told.SendAsync("POST", "/claude/config/proxy", """{"models":null}""");
        await told.SendAsync("GET", "/claude/config?opus=gpt-5.5");
        scene.Write(scene.Read().Replace("gpt-6.1-terra", "their-own", StringComparison.Ordinal));
        await told.SendAsync("POST", "/claude/config/restore", """{"dryRun":true}""");
        await told.SendAsync("POST", "/claude/config/restore");
        await told.SendAsync("GET", "/claude/config");
        await told.SendAsync("POST", "/claude/config/set", """{"apiUrl":"https://u:s3cret@x.example/","apiKey":"plain-k3y"}""");
        await told.SendAsync("POST", "/claude/config/direct", """{"apiKey":"sk-ant-new-key-0123"}""");
        await told.SendAsync("POST", "/claude/config/direct");
        await told.SendAsync("GET", "/claude/environment?opus=gpt-5.5&disableNonessentialTraffic=true");
        Same("claude-routes.txt", told, scene);
    }

    [Fact]
    public async Task The_routes_without_a_file_and_with_one_that_cannot_be_read()
    {
        SkipOnWindows();
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null, knowsModels: false);
        Transcript told = new(scene.Client);
        await told.SendAsync("GET", "/claude/config");
        await told.SendAsync("POST", "/claude/config/proxy", """{"dryRun":true}""");
        scene.Write("{ \"env\": null }");
        await told.SendAsync("GET", "/claude/config");
        await told.SendAsync("POST", "/claude/config/proxy");
        scene.Write("[]");
        await told.SendAsync("GET", "/claude/config");
        scene.Write("{}");
        File.Delete(scene.SettingsPath);
        Directory.CreateDirectory(scene.SettingsPath);
        await told.SendAsync("GET", "/claude/config");
        await told.SendAsync("POST", "/claude/config/direct");
        Same("claude-routes-unreadable.txt", told, scene);
    }

    [Fact]
    public async Task What_the_routes_refuse()
    {
        SkipOnWindows();
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}");
        Transcript told = new(scene.Client);
        foreach ((string action, string body) in new[]
        {
            ("proxy", """{"models":7}"""), ("proxy", """{"models":{"gold":"x"}}"""), ("proxy", """{"models":{"opus":7}}"""), ("proxy", """{"models":{"opus":"a\nb"}}"""), ("proxy", "[]"), ("proxy", "{"),
            ("direct", """{"apiKey":""}"""), ("direct", """{"apiKey":7}"""),
            ("set", "{}"), ("set", """{"apiUrl":"http://x"}"""), ("set", """{"apiUrl":"","apiKey":"k"}"""), ("set", """{"apiUrl":"x","apiKey":"k"}"""),
        })
        {
            await told.SendAsync("POST", "/claude/config/" + action, body);
        }

        Same("claude-routes-refused.txt", told, scene);
    }

    [Fact]
    public async Task The_command()
    {
        SkipOnWindows();
        string program = Path.Combine(_shell.Home, "claude");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho '2.1.44 (Claude Code)'\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _shell.Variables["PATH"] = _shell.Home;
        using HttpClient nobody = new();
        Transcript told = new(nobody);
        _shell.Write(UsersFile);
        foreach (string command in new[] { "", "proxy --dry-run", "proxy --haiku gpt-5.5", "", "restore", "restore", "set --url https://x.example --api-key k", "direct", "direct --api-key=", "set --url nowhere --api-key k" })
        {
            int exitCode = await _shell.RunAsync(["claude", "config", .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json", "--port", "4711"]);
            told.Note($"claude config {command} → {exitCode}\n{_shell.Output}{_shell.Errors}");
        }

        _shell.Write("{ \"env\": null }");
        await _shell.RunAsync("claude", "config", "proxy", "--json", "--port", "4711");
        told.Note(_shell.Output + _shell.Errors);
        await _shell.RunAsync("claude", "config", "--json", "--port", "4711");
        told.Note(_shell.Output + _shell.Errors);
        Golden.Same("claude-command.txt", told.ToString(), (_shell.Home, "HOME"));
    }

    [Fact]
    public async Task The_journal_and_a_way_back_from_it()
    {
        SkipOnWindows();
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 12, 30, 0, 250, TimeSpan.Zero));
        SettingsFile file = new(_shell.SettingsPath, Path.Combine(_shell.Home, "data"), time);
        _shell.Write("{\n  \"first\": \"ü 🙂 <&>\",\n  \"model\": \"opus\"\n}\n");
        await file.ChangeAsync("proxy", (_, _) =>
        [
            new SettingsChange(SettingsKey.Env("ANTHROPIC_BASE_URL"), "\"http://127.0.0.1:1/?a=<b>&c='d'\""),
            new SettingsChange(SettingsKey.Top("first"), null),
            new SettingsChange(SettingsKey.Top("model"), "[\"gpt\"]"),
            new SettingsChange(SettingsKey.Permission("defaultMode"), "\"default\""),
        ], dryRun: false, TestContext.Current.CancellationToken);

        string journal = await File.ReadAllTextAsync(JournalPath, TestContext.Current.CancellationToken);
        using HttpClient nobody = new();
        Transcript told = new(nobody);
        told.Note(journal);
        Golden.Same("claude-journal.txt", told.ToString(), (_shell.Home, "HOME"));

        // Not byte for byte, but member by member: somebody has changed the file.
        _shell.Write(_shell.Read().Replace("[\"gpt\"]", "[ \"gpt\" ]", StringComparison.Ordinal));
        await file.RestoreAsync(dryRun: false, TestContext.Current.CancellationToken);
        Assert.Equal("{\n  \"first\": \"ü 🙂 <&>\",\n  \"model\": \"opus\"\n}\n", _shell.Read());
    }

    [Theory]
    [InlineData("\"madePermissions\": true,", "", false)]
    [InlineData("\"unbroken\": true,", "", true)]
    [InlineData("\"unbroken\": true,", "\"unbroken\": 1,", true)]
    [InlineData("\"before\": null,", "", true)]
    [InlineData("\"action\": \"proxy\",", "\"action\": \"proxy\", \"later\": {\"x\":1},", false)]
    [InlineData("\"at\": \"", "\"at\": \"on ", true)]
    [InlineData("{", "", true)]
    public async Task A_journal_of_another_version_counts_and_a_damaged_one_does_not(string text, string other, bool isEmpty)
    {
        SettingsFile file = new(_shell.SettingsPath, Path.Combine(_shell.Home, "data"), TimeProvider.System);
        await file.ChangeAsync("proxy", (_, _) => [new SettingsChange(SettingsKey.Permission("defaultMode"), "\"default\"")], dryRun: false, TestContext.Current.CancellationToken);
        string journal = await File.ReadAllTextAsync(JournalPath, TestContext.Current.CancellationToken);
        Assert.Contains(text, journal, StringComparison.Ordinal);

        await File.WriteAllTextAsync(JournalPath, journal.Replace(text, other, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Equal(isEmpty, file.ReadJournal().IsEmpty);
    }

    public void Dispose() => _shell.Dispose();

    private string JournalPath => Directory.GetFiles(Path.Combine(_shell.Home, "data", "claude-code"), "journal-*.json").Single();

    private static void Same(string name, Transcript told, ClaudeScene scene) =>
        Golden.Same(name, told.ToString(), (scene.Folder, "FOLDER"), ($":{new Uri(scene.Address).Port}", ":PORT"));

    /// <summary>Paths are written in another way there.</summary>
    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are written in another way");
}
