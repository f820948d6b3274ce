using CodexClaudeProxy.Service;

namespace CodexClaudeProxy.Tests.Service;

public sealed class EnvironmentFileTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("two words, 100 % $HOME `x` \"quoted\" 'single' \\ back")]
    [InlineData("http://user:p%40ss@proxy:3128")]
    [InlineData("ends with \\")]
    [InlineData("")]
    public void A_value_comes_back_as_it_was(string value)
    {
        string text = EnvironmentFile.With("", new CarriedEnvironment([new("CCP_HOST", value)]));

        Assert.Equal(value, EnvironmentFile.Parse(text)["CCP_HOST"]);
    }

    /// <summary>The forms of systemd.exec(5), EnvironmentFile=.</summary>
    [Theory]
    [InlineData("CCP_PORT=9000", "9000")]
    [InlineData("CCP_PORT='a\\b \"c\"'", "a\\b \"c\"")]
    [InlineData("CCP_PORT=\"a\\b\\\"c\"", "a\\b\"c")]
    [InlineData("  CCP_PORT = 9000 ", "9000")]
    public void What_a_person_wrote_is_read(string line, string value) => Assert.Equal(value, EnvironmentFile.Parse("# comment\n; comment\n\n" + line + "\n")["CCP_PORT"]);

    [Fact]
    public void Comments_and_variables_of_others_stay_and_ours_are_replaced()
    {
        string text = EnvironmentFile.With("# mine\nCCP_PORT=1\nRUST_LOG=debug\nCCP_API_KEY=old\n", new CarriedEnvironment([new("CCP_PORT", "2")]));

        Assert.Equal("# mine\nRUST_LOG=debug\nCCP_PORT=\"2\"\n", text);
    }
}
