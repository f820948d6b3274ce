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
              "host": "0.0.0.0", "port": "9000", "apiKey": "0123456789abcdefghijkl", "logFormat": "JSON", "logLevel": "debug",
              "chatgptUrl": "http://127.0.0.1:1/backend-api/", "authUrl": "http://127.0.0.1:2", "kiloUrl": "http://127.0.0.1:3/x", "codexVersion": "1.2.3",
            }
            """);

        OptionsResult read = Read();

        Assert.Empty(read.Problems);
        Assert.Equal(("0.0.0.0", 9000, "0123456789abcdefghijkl", "1.2.3"), (read.Options.Host, read.Options.Port, read.Options.ApiKey, read.Options.CodexVersion));
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
        Assert.Empty(Read(new() { ["host"] = host, ["api-key"] = "0123456789abcdefghijkl" }).Problems);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0123456789abcdefghijk")]
    [InlineData("1234567123456712345671234567")]
    public void A_key_that_can_be_guessed_is_enough_for_this_machine_only(string key)
    {
        Assert.Empty(Read(new() { ["api-key"] = key }).Problems);
        foreach (Dictionary<string, string> exposed in (Dictionary<string, string>[])[new() { ["host"] = "0.0.0.0" }, new() { ["public-url"] = "https://proxy.example.com" }])
        {
            exposed["api-key"] = key;
            string problem = Assert.Single(Read(exposed).Problems);
            Assert.StartsWith("api-key: anyone on the network could guess this key", problem, StringComparison.Ordinal);
            Assert.DoesNotContain($" {key} ", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_key_may_lie_in_a_file()
    {
        string file = Path.Combine(_directory.FullName, "key");
        File.WriteAllText(file, "\uFEFF0123456789abcdefghijkl\r\n");

        Assert.Equal("0123456789abcdefghijkl", Read(new() { ["api-key-file"] = file }).Options.ApiKey);
        Assert.Equal("0123456789abcdefghijkl", Read([], ("CCP_API_KEY_FILE", file)).Options.ApiKey);
        // A flag wins over the environment, whichever of the two it is.
        Assert.Equal("0123456789abcdefghijkl", Read(new() { ["api-key-file"] = file }, ("CCP_API_KEY", "k")).Options.ApiKey);
        Assert.Equal("k", Read(new() { ["api-key"] = "k" }, ("CCP_API_KEY_FILE", file)).Options.ApiKey);
        Assert.StartsWith("api-key-file: there is also an api-key", Assert.Single(Read(new() { ["api-key"] = "k", ["api-key-file"] = file }).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_key_is_told()
    {
        string file = Path.Combine(_directory.FullName, "key");
        Assert.StartsWith("api-key-file: ", Assert.Single(Read(new() { ["api-key-file"] = file }).Problems), StringComparison.Ordinal);
        foreach (string content in new[] { "", "\n", "one\ntwo", new string('k', 5000) })
        {
            File.WriteAllText(file, content);
            Assert.EndsWith("does not hold one line with a key.", Assert.Single(Read(new() { ["api-key-file"] = file }).Problems), StringComparison.Ordinal);
        }

        Assert.Contains("is a directory", Assert.Single(Read(new() { ["api-key-file"] = _directory.FullName }).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reverse_proxy_is_described_in_any_of_the_places()
    {
        Config("""{ "trustedProxies": ["127.0.0.1", "10.0.0.0/8"], "publicUrl": "https://proxy.example.com/ccp/" }""");
        ProxyOptions options = Read(new() { ["api-key"] = "0123456789abcdefghijkl" }).Options;

        Assert.Equal(["127.0.0.1/32", "10.0.0.0/8"], options.TrustedProxies.Select(network => network.ToString()));
        Assert.Equal(("https://proxy.example.com/ccp", "/ccp"), (options.PublicUrl!.ToString(), options.BasePath));
        Assert.Equal("/other", Read(new() { ["base-path"] = "other/" }).Options.BasePath);
        Assert.Equal("::1/128", Assert.Single(Read([], ("CCP_TRUSTED_PROXIES", "::1")).Options.TrustedProxies).ToString());
    }

    [Theory]
    [InlineData("trusted-proxies", "localhost", "trusted-proxies: 'localhost' is not a list of addresses such as 127.0.0.1,10.0.0.0/8.")]
    [InlineData("public-url", "proxy.example.com", "public-url: 'proxy.example.com' is not an http or https address without a query.")]
    [InlineData("anthropic-url", "https://proxy.example.com?x=1", "anthropic-url: 'https://proxy.example.com?x=1' is not an http or https address without a query.")]
    [InlineData("base-path", "/a/../b", "base-path: '/a/../b' is not a path such as /ccp.")]
    public void A_badly_described_reverse_proxy_is_told(string name, string value, string problem) => Assert.Equal([problem], Read(new() { [name] = value }).Problems);

    [Fact]
    public void A_pipe_in_the_place_of_the_file_is_named_and_not_waited_for()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no named pipes among the files.");
        NamedPipe.Make(Path.Combine(_directory.FullName, "config.json"));

        Assert.Contains("config.json is a pipe", Assert.Single(Read().Problems), StringComparison.Ordinal);
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
