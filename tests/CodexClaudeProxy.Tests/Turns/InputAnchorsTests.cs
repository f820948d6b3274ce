using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Tests.Turns;

public sealed class InputAnchorsTests
{
    private readonly InputAnchors _anchors = new();

    [Fact]
    public void Nothing_known_is_nothing_changed() => Assert.Equal(new InputCount(1000, false), _anchors.Adjust("c", "m", 1000));

    [Fact]
    public void A_conversation_goes_on_from_its_true_size()
    {
        _anchors.Learn("c", "m", estimate: 1000, counted: 1100);

        Assert.Equal(new InputCount(1100, true), _anchors.Adjust("c", "m", 1000));
        Assert.Equal(new InputCount(1100 + 110, true), _anchors.Adjust("c", "m", 1100));
        // Compacted: only the proportion is left.
        Assert.Equal(new InputCount(110, true), _anchors.Adjust("c", "m", 100));
    }

    [Fact]
    public void Other_conversations_learn_from_the_model_within_bounds()
    {
        for (int i = 0; i < 40; i++) _anchors.Learn("c" + i, "m", 1000, 2000);

        Assert.Equal(new InputCount(1250, false), _anchors.Adjust("new", "m", 1000));
        Assert.Equal(new InputCount(1000, false), _anchors.Adjust("new", "other", 1000));
    }

    [Fact]
    public void One_odd_turn_moves_the_model_a_little()
    {
        _anchors.Learn("a", "m", 1000, 1000);
        _anchors.Learn("b", "m", 1000, 1100);

        Assert.Equal(1020, _anchors.Adjust("new", "m", 1000).Tokens);
    }

    [Theory]
    [InlineData(1000, 4000)]
    [InlineData(1000, 300)]
    [InlineData(0, 100)]
    public void Numbers_about_different_things_teach_nothing(int estimate, int counted)
    {
        _anchors.Learn("c", "m", estimate, counted);

        Assert.Equal(new InputCount(500, false), _anchors.Adjust("c", "m", 500));
    }

    [Fact]
    public void Old_conversations_are_forgotten()
    {
        for (int i = 0; i <= 512; i++) _anchors.Learn("c" + i, "m", 1000, 1000);

        Assert.False(_anchors.Adjust("c0", "m", 1000).IsAnchored);
        Assert.True(_anchors.Adjust("c1", "m", 1000).IsAnchored);
        Assert.True(_anchors.Adjust("c512", "m", 1000).IsAnchored);
    }
}
