using CodexClaudeProxy.Service;

namespace CodexClaudeProxy.Tests.Service;

public sealed class CarriedEnvironmentTests
{
    private readonly Dictionary<string, string> _variables = [];

    [Fact]
    public void Options_proxies_certificates_and_directories_go_along_and_nothing_else()
    {
        foreach ((string name, string value) in (IEnumerable<(string, string)>)
        [
            ("PORT", "9000"), ("CCP_IDLE_TIMEOUT", "60"), ("https_proxy", "http://proxy:3128"), ("NO_PROXY", "intern"), ("SSL_CERT_FILE", "/etc/company.pem"),
            ("CODEX_HOME", "/home/me/codex"), ("PATH", "/bin"), ("OPENAI_API_KEY", "secret"), ("CCP_LOG_LEVEL", ""),
        ]) _variables[name] = value;

        CarriedEnvironment carried = Collect(new() { ["host"] = "127.0.0.1", ["port"] = "9001" });

        Assert.Equal(
            ["CCP_HOST=127.0.0.1", "CCP_PORT=9001", "CCP_IDLE_TIMEOUT=60", "https_proxy=http://proxy:3128", "NO_PROXY=intern", "SSL_CERT_FILE=/etc/company.pem", "CODEX_HOME=/home/me/codex"],
            carried.Variables.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.DoesNotContain("CODEX_HOME", Collect([], isForSystem: true).Variables.Select(pair => pair.Key));
    }

    [Fact]
    public void Paths_become_absolute()
    {
        _variables["HOME"] = "/home/me";

        CarriedEnvironment carried = Collect(new() { ["data-dir"] = "~/proxy", ["log-file"] = "proxy.log" });

        Assert.Equal(("/home/me/proxy", Path.GetFullPath("proxy.log")), (carried["CCP_DATA_DIR"], carried["CCP_LOG_FILE"]));
    }

    [Fact]
    public void Of_a_key_and_its_file_the_one_on_the_command_line_goes_along()
    {
        _variables["CCP_API_KEY"] = "from the environment";

        CarriedEnvironment carried = Collect(new() { ["api-key-file"] = "/etc/key" });

        Assert.Equal(("/etc/key", null), (carried["CCP_API_KEY_FILE"], carried["CCP_API_KEY"]));
    }

    [Fact]
    public void Of_a_system_service_the_key_itself_goes_along()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "the key\n");

        CarriedEnvironment carried = Collect(new() { ["api-key-file"] = file }).WithKeyItself();

        Assert.Equal(("the key", null), (carried["CCP_API_KEY"], carried["CCP_API_KEY_FILE"]));
        File.Delete(file);
    }

    [Fact]
    public void A_value_of_several_lines_cannot_go_along()
    {
        _variables["CCP_HOST"] = "a\nb";

        Assert.StartsWith("CCP_HOST: ", Collect([]).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CCP_API_KEY", "abc", "(hidden)")]
    [InlineData("https_proxy", "http://me:secret@proxy:3128", "http://(hidden)@proxy:3128")]
    [InlineData("ALL_PROXY", "me:secret@proxy:3128", "(hidden)@proxy:3128")]
    [InlineData("NO_PROXY", "intern,10.0.0.0/8", "intern,10.0.0.0/8")]
    [InlineData("CCP_PORT", "8081", "8081")]
    public void Secrets_are_not_shown(string name, string value, string shown) => Assert.Equal(shown, CarriedEnvironment.Shown(name, value));

    private CarriedEnvironment Collect(Dictionary<string, string> flags, bool isForSystem = false) => CarriedEnvironment.Collect(flags, name => _variables.GetValueOrDefault(name), isForSystem);
}
