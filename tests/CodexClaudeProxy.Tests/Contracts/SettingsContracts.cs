using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Turns;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What the routes about our own settings say, and the files behind them.</summary>
public sealed class SettingsContracts
{
    private const string EveryMember = """
        {"other":{"kept":[1.0,"ü"]},"accountStrategy":"round-robin","haikuKiloModel":"glm-5","modelMappings":{"claude-opus-*":"gpt-5.5-high","mein \"ü\" 🙂":"gpt-6-sol-fast","x":"nobody<&>"},
         "defaultEffort":"xhigh","lane":"lite","compressRequests":"off","search":"hosted","searchModel":" gpt-5.5 ","advisorModel":"gpt-6","searchHistoryAsText":true,"imageUrls":"fetch","emulatePrefill":false,
         "strictServerTools":true,"clearToolUses":true,"autoModeCheck":"model","rememberReasoning":false,"rememberResponses":false,"holdSeconds":7,"holdUntilReset":290,"logLevel":"debug",
         "maskEmailsInLog":true,"timeZone":"Europe/Berlin","statistics":false,"statisticsLimitMb":10,"metricsAccounts":false}
        """;

    [Fact]
    public async Task All_settings()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Transcript told = new(proxy.Client);
        await told.SendAsync("GET", "/api/settings");
        foreach (string body in new[]
        {
            "{}", """{"holdSeconds":5,"logLevel":"none","timeZone":"UTC","modelMappings":{"a":"gpt-5.5"}}""", """{"holdSeconds":null,"logLevel":null,"modelMappings":null}""",
            """{"holdSeconds":5.0}""", """{"holdSeconds":61}""", """{"holdSeconds":"5"}""", """{"lane":"Auto"}""", """{"lane":7}""", """{"logLevel":7}""", """{"emulatePrefill":0}""", """{"timeZone":"Nowhere"}""",
            """{"searchModel":""}""", """{"searchModel":[]}""", """{"modelMappings":{"a":7}}""", """{"modelMappings":[]}""", """{"haikuKiloModel":"paid/model"}""", """{"haikuKiloModel":"kilo-auto/free"}""", """{"nothing":1}""",
        })
        {
            await told.SendAsync("PATCH", "/api/settings", body);
        }

        told.Note(await File.ReadAllTextAsync(proxy.SettingsFile, TestContext.Current.CancellationToken));
        proxy.WriteSettings(EveryMember);
        await told.SendAsync("GET", "/api/settings");
        await told.SendAsync("PATCH", "/api/settings", """{"lane":null,"holdSeconds":8}""");
        told.Note(await File.ReadAllTextAsync(proxy.SettingsFile, TestContext.Current.CancellationToken));
        Golden.Same("settings-all.txt", DescribedOnce(told.ToString()));
    }

    /// <summary>Every answer describes all settings. Where it is the same as the first time, that need not be read again.</summary>
    private static string DescribedOnce(string told)
    {
        int at = told.IndexOf("\"keys\":[", StringComparison.Ordinal);
        string keys = told[at..told.IndexOf('\n', at)];
        return told[..(at + keys.Length)] + told[(at + keys.Length)..].Replace(keys, "\"keys\":AS_ABOVE", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Single_settings()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"other":1}""");
        Transcript told = new(proxy.Client);
        await told.SendAsync("GET", "/settings/account-strategy");
        foreach (string body in new[] { """{"accountStrategy":"most-remaining"}""", "{}", """{"accountStrategy":null}""", """{"accountStrategy":"best"}""", """{"accountStrategy":7}""" })
            await told.SendAsync("POST", "/settings/account-strategy", body);
        await told.SendAsync("GET", "/settings/haiku-model");
        foreach (string body in new[] { "{}", """{"haikuKiloModel":7}""", """{"haikuKiloModel":""}""", """{"haikuKiloModel":"paid"}""", """{"haikuKiloModel":" minimax-2.5 "}""" })
            await told.SendAsync("POST", "/settings/haiku-model", body);
        await told.SendAsync("GET", "/settings/kilo-models");
        foreach (string body in new[] { """{"haikuKiloModel":"codex"}""", """{"haikuKiloModel":"kilo-auto/free"}""", """{"haikuKiloModel":null}""" })
            await told.SendAsync("POST", "/settings/haiku-model", body);
        await told.SendAsync("GET", "/settings/kilo-models");
        told.Note(await File.ReadAllTextAsync(proxy.SettingsFile, TestContext.Current.CancellationToken));
        Golden.Same("settings-single.txt", told.ToString());
    }

    [Fact]
    public async Task Model_settings()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Transcript told = new(proxy.Client);
        await told.SendAsync("GET", "/v1/models");
        told = new(proxy.Client);
        await told.SendAsync("GET", "/settings/models");
        foreach (string body in new[]
        {
            "{}", """{"mappings":{},"set":{}}""", """{"mapping":{}}""", """{"mappings":["a"]}""", """{"mappings":null}""", """{"set":null}""", """{"mappings":{" ":"gpt-5.5"}}""", """{"mappings":{"a":"gpt-*"}}""",
            """{"mappings":{"a":"gpt-5.5","A":"gpt-5.5"}}""", """{"set":{"a":7}}""", """{"mappings":{" claude-opus-* ":" gpt-5.5-high ","mein \"ü\" 🙂":"gpt-6-sol-fast","x":"nobody<&>"}}""",
            """{"set":{"X":"gpt-6","mein \"ü\" 🙂":null,"new":"haiku"}}""", """{"set":{}}""",
        })
        {
            await told.SendAsync("POST", "/settings/models", body);
        }

        told.Note(await File.ReadAllTextAsync(proxy.SettingsFile, TestContext.Current.CancellationToken));
        proxy.WriteSettings(EveryMember);
        await told.SendAsync("GET", "/settings/models");
        await told.SendAsync("POST", "/settings/models", """{"set":{"y":"gpt-5.5"}}""");
        told.Note(await File.ReadAllTextAsync(proxy.SettingsFile, TestContext.Current.CancellationToken));
        proxy.WriteSettings("""{"modelMappings":{"a":7}}""");
        await told.SendAsync("POST", "/settings/models", """{"set":{"y":"gpt-5.5"}}""");
        told.Note(await File.ReadAllTextAsync(proxy.SettingsFile, TestContext.Current.CancellationToken));
        Golden.Same("settings-models.txt", told.ToString());
    }

    [Fact]
    public async Task What_an_owner_sets_about_an_account()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Transcript told = new(proxy.Client);
        foreach (string body in new[]
        {
            "{}", """{"label":" Büro \"1\" 🙂 ","priority":-1000,"reserve":100,"enabled":false}""", """{"label":null,"priority":null,"reserve":null,"enabled":null}""", """{"label":"  "}""",
            """{"label":"two\nlines"}""", """{"label":7}""", """{"priority":1001}""", """{"priority":1.5}""", """{"priority":2.0}""", """{"priority":"1"}""", """{"reserve":-1}""", """{"reserve":true}""",
            """{"enabled":"no"}""", """{"enabled":0}""", """{"label":"kept?","accessToken":"x"}""",
        })
        {
            await told.SendAsync("PATCH", $"/accounts/{proxy.Users[0].Email}", body);
        }

        Golden.Same("account-change.txt", told.ToString());
    }

    [Fact]
    public void What_the_doctor_finds()
    {
        IReadOnlyList<Finding> findings =
        [
            new("port", "Der Port", Verdict.Ok("\"ü\" & <x> 🙂"), TimeSpan.FromMilliseconds(1.9)),
            new("a:b", "B", Verdict.Warn("w", "f"), TimeSpan.Zero),
            new("c", "C", Verdict.Fail("w", "f"), TimeSpan.FromSeconds(15)),
            new("d", "D", Verdict.Skipped("s"), TimeSpan.FromTicks(1)),
        ];
        using MemoryStream told = new();
        using (System.Text.Json.Utf8JsonWriter json = new(told)) System.Text.Json.JsonSerializer.Serialize(json, DoctorReport.Of(findings), DoctorContext.Default.DoctorReport);
        Golden.Same("doctor.json", System.Text.Encoding.UTF8.GetString(told.ToArray()));
    }

    [Theory]
    [InlineData("""{"port":7,"host":"::1","loginPorts":[1455,1457],"trustedProxies":["10.0.0.0/8","::1"],"apiKey":null,"drain":"5",/* why */"logFormat":"json",}""")]
    [InlineData("""{"prot":7,"portt":null,"dataDir":"/x","port":true}""")]
    [InlineData("""{"port":1.5,"host":{"a":1},"apiKey":"key with ü"}""")]
    [InlineData("""{"port":1,"port":2}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void The_file_of_options(string config)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("ccp-options-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "config.json"), config);
            OptionsResult read = OptionsReader.Read(new Dictionary<string, string> { ["data-dir"] = directory.FullName }, _ => null);
            string told = $"{config}\n{read.Unreadable}\n{string.Join('\n', read.Problems)}\n{read.Options.Port} {read.Options.Host} {string.Join(' ', read.Options.LoginPorts)} {string.Join(' ', read.Options.TrustedProxies)} {read.Options.ApiKey} {read.Options.LogFormat} {read.Options.Limits.Drain}\n";
            string name = string.Concat(config.Where(char.IsLetterOrDigit).Take(20));
            Golden.Same($"options-{(name.Length == 0 ? $"{(int)config[0]}" : name)}.txt", told, (directory.FullName, "DIRECTORY"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
