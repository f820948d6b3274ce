using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class OptionsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Without_anything_said_the_defaults_hold()
    {
        ProxyOptions options = Read().Options;

        Assert.Equal(("127.0.0.1", 8081, null), (options.Host, options.Port, options.ApiKey));
        Assert.Equal("https://chatgpt.com/backend-api", options.ChatGptUrl.ToString());
        Assert.Equal("https://auth.openai.com/", options.AuthUrl.ToString());
        Assert.Equal("https://api.kilo.ai/api/openrouter", options.KiloUrl.ToString());
        Assert.Equal("0.169.0", options.CodexVersion);
        Assert.Equal((LogFormat.Text, LogLevel.Information), (options.LogFormat, options.LogLevel));
    }

    [Theory]
    [InlineData("1", "2", "3", "4", 1)]
    [InlineData(null, "2", "3", "4", 2)]
    [InlineData(null, null, "3", "4", 3)]
    [InlineData(null, "", null, "4", 4)]
    public void A_flag_wins_over_the_environment_over_the_file(string? flag, string? ours, string? common, string file, int expected)
    {
        Config($$"""{ "port": {{file}} }""");
        Dictionary<string, string> flags = flag is null ? [] : new() { ["port"] = flag };

        OptionsResult read = Read(flags, ("CCP_PORT", ours), ("PORT", common));

        Assert.Empty(read.Problems);
        Assert.Equal(expected, read.Options.Port);
    }

    [Fact]
    public void Every_setting_has_a_place_in_the_file()
    {
        Config("""
            {
              // comments and a trailing comma are fine
              "host": "0.0.0.0", "port": "9000", "apiKey": "k", "logFormat": "JSON", "logLevel": "debug",
              "chatgptUrl": "http://127.0.0.1:1/backend-api/", "authUrl": "http://127.0.0.1:2", "kiloUrl": "http://127.0.0.1:3/x", "codexVersion": "1.2.3",
            }
            """);

        OptionsResult read = Read();

        Assert.Empty(read.Problems);
        Assert.Equal(("0.0.0.0", 9000, "k", "1.2.3"), (read.Options.Host, read.Options.Port, read.Options.ApiKey, read.Options.CodexVersion));
        Assert.Equal((LogFormat.Json, LogLevel.Debug), (read.Options.LogFormat, read.Options.LogLevel));
        Assert.Equal("http://127.0.0.1:1/backend-api", read.Options.ChatGptUrl.ToString());
        Assert.Equal("http://127.0.0.1:3/x", read.Options.KiloUrl.ToString());
    }

    [Fact]
    public void The_environment_sets_every_setting_too()
    {
        ProxyOptions options = Read([], ("CCP_HOST", "::1"), ("CCP_CHATGPT_URL", "http://a"), ("CCP_AUTH_URL", "http://b"), ("CCP_KILO_URL", "http://c"),
            ("CCP_CODEX_VERSION", "1.0"), ("CCP_API_KEY", "k"), ("CCP_LOG_FORMAT", "json"), ("CCP_LOG_LEVEL", "error")).Options;

        Assert.Equal(("::1", "http://a/", "http://b/", "http://c/", "1.0", "k", LogFormat.Json, LogLevel.Error),
            (options.Host, options.ChatGptUrl.ToString(), options.AuthUrl.ToString(), options.KiloUrl.ToString(), options.CodexVersion, options.ApiKey, options.LogFormat, options.LogLevel));
    }

    [Fact]
    public void Every_wait_can_be_set()
    {
        Config("""{ "headerTimeout": 1, "firstEventTimeout": 2, "idleTimeout": 3, "keepaliveTimeout": 4, "clientTimeout": 5 }""");

        OptionsResult read = Read(new() { ["drain"] = "0" });

        Assert.Empty(read.Problems);
        TimeLimits limits = read.Options.Limits;
        Assert.Equal([1, 2, 3, 4, 5, 0], ((TimeSpan[])[limits.Headers, limits.FirstEvent, limits.Idle, limits.OnlyAlive, limits.Client, limits.Drain]).Select(time => time.TotalSeconds));
        limits = new ProxyOptions().Limits;
        Assert.Equal([60, 120, 300, 1800, 120, 30], ((TimeSpan[])[limits.Headers, limits.FirstEvent, limits.Idle, limits.OnlyAlive, limits.Client, limits.Drain]).Select(time => time.TotalSeconds));
    }

    [Theory]
    [InlineData("drain", "3601", "drain: 3601 is not between 0 and 3600.")]
    [InlineData("drain", "-1", "drain: '-1' is not a whole number.")]
    [InlineData("idle-timeout", "0", "idle-timeout: 0 is not between 1 and 86400.")]
    [InlineData("client-timeout", "1", "client-timeout: 1 is not between 2 and 86400.")]
    [InlineData("host", "example.com", "host: 'example.com' is neither an IP address nor localhost.")]
    [InlineData("port", "80a", "port: '80a' is not a whole number.")]
    [InlineData("port", "-1", "port: '-1' is not a whole number.")]
    [InlineData("port", "65536", "port: 65536 is not between 0 and 65535.")]
    [InlineData("log-format", "xml", "log-format: 'xml' is not text or json.")]
    [InlineData("log-level", "loud", "log-level: 'loud' is not trace, debug, info, warn, error or none.")]
    [InlineData("api-key", " ", "api-key: must not be empty.")]
    public void A_bad_value_is_named(string name, string value, string problem)
    {
        Assert.Equal([problem], Read(new() { [name] = value }).Problems);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("*")]
    [InlineData("192.168.1.2")]
    public void Listening_beyond_this_machine_needs_a_key(string host)
    {
        Assert.StartsWith("host: listening on ", Assert.Single(Read(new() { ["host"] = host }).Problems), StringComparison.Ordinal);
        Assert.Empty(Read(new() { ["host"] = host, ["api-key"] = "k" }).Problems);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.3.2.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    public void This_machine_needs_none(string host)
    {
        Assert.Empty(Read(new() { ["host"] = host }).Problems);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        Assert.Equal(3, Read(new() { ["port"] = "x", ["host"] = "y" }, ("CCP_AUTH_URL", "ftp://z")).Problems.Count);
    }

    [Theory]
    [InlineData("{ \"port\": ")]
    [InlineData("[]")]
    public void A_broken_file_stops_everything(string json)
    {
        Config(json);

        OptionsResult read = Read();

        Assert.True(read.Unreadable);
        Assert.Contains("config.json cannot be read: ", Assert.Single(read.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apikey")]
    [InlineData("dataDir")]
    public void A_misspelt_or_useless_member_is_told(string name)
    {
        Config($$"""{ "{{name}}": "x" }""");

        Assert.EndsWith($"config.json: unknown member '{name}'.", Assert.Single(Read().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tilde_is_the_home_directory_even_without_a_shell()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

        Assert.Equal(Path.Combine(home, "no-such-proxy-dir"), OptionsReader.Read(new Dictionary<string, string>(), name => name == "CCP_DATA_DIR" ? "~/no-such-proxy-dir" : null).Options.DataDirectory);
    }

    private void Config(string json) => File.WriteAllText(Path.Combine(_directory.FullName, "config.json"), json);

    private OptionsResult Read(Dictionary<string, string>? flags = null, params (string Name, string? Value)[] environment) =>
        OptionsReader.Read(flags ?? [], name => name == "CCP_DATA_DIR" ? _directory.FullName : environment.FirstOrDefault(variable => variable.Name == name).Value);
}
