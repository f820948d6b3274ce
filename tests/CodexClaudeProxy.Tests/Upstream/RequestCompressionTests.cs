using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Tests.Upstream;

/// <summary>Which requests are compressed.</summary>
public sealed class RequestCompressionTests
{
    [Theory]
    [InlineData("Auto", true, true)]
    [InlineData("Auto", false, false)]
    [InlineData("On", true, true)]
    [InlineData("On", false, true)]
    [InlineData("Off", true, false)]
    [InlineData("Off", false, false)]
    public void The_setting_and_the_host_decide(string choice, bool isOfficial, bool expected)
    {
        using var compression = new RequestCompression(isOfficial, TimeProvider.System, NullLogger.Instance);

        Assert.Equal(expected, compression.Applies(Enum.Parse<CompressionChoice>(choice), "h.example", 5_000));
        Assert.Equal(expected, compression.Applies(Enum.Parse<CompressionChoice>(choice), "h.example", 1_024));
        Assert.False(compression.Applies(Enum.Parse<CompressionChoice>(choice), "h.example", 1_023));
    }

    [Fact]
    public void A_refusal_counts_for_its_host_alone()
    {
        using var compression = new RequestCompression(isOfficial: true, TimeProvider.System, NullLogger.Instance);
        compression.NoteRefusal("b.example");
        compression.NoteRefusal("a.example");
        compression.NoteRefusal("b.example");

        Assert.Equal(["a.example", "b.example"], compression.RefusedBy);
        Assert.False(compression.Applies(CompressionChoice.On, "b.example", 5_000));
        Assert.True(compression.Applies(CompressionChoice.Auto, "c.example", 5_000));
    }
}
