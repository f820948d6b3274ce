using CodexClaudeProxy.Updates;

namespace CodexClaudeProxy.Tests.Updates;

public sealed class ReleaseVersionTests
{
    /// <summary>The order that https://semver.org gives as its example, and our own numbers.</summary>
    [Fact]
    public void Versions_have_an_order()
    {
        string[] ordered = ["0.9.9", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "2.0.0"];

        for (int i = 0; i < ordered.Length; i++)
        {
            for (int j = 0; j < ordered.Length; j++)
                Assert.Equal(i.CompareTo(j), Math.Sign(ReleaseVersion.Parse(ordered[i])!.CompareTo(ReleaseVersion.Parse(ordered[j]))));
        }
    }

    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("v1.2.3-rc.1\n", "1.2.3-rc.1")]
    public void A_version_is_read(string text, string version) => Assert.Equal(version, ReleaseVersion.Parse(text)!.ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.x")]
    [InlineData("1.2.3/../../4")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-a..b")]
    [InlineData("١.٢.٣")]
    [InlineData("<html>1.2.3")]
    public void Anything_else_is_none(string? text) => Assert.Null(ReleaseVersion.Parse(text));
}
