using CodexClaudeProxy.Turns.Memory;

namespace CodexClaudeProxy.Tests.Turns;

public sealed class InputAnchorsTests
{
    private readonly InputAnchors _anchors = new();

    [Fact]
    public void Nothing_known_is_nothing_changed() => Assert.Equal(1000, _anchors.Adjust("c", "m", 1000));

    [Fact]
    public void A_conversation_goes_on_from_its_true_size()
    {
        _anchors.Learn("c", "m", estimate: 1000, counted: 1100);

        Assert.Equal(1100, _anchors.Adjust("c", "m", 1000));
        // What is new counts as the model's turns usually do, which one small turn says little about.
        Assert.InRange(_anchors.Adjust("c", "m", 1100), 1200, 1202);
        // Compacted: only the proportion is left.
        Assert.Equal(110, _anchors.Adjust("c", "m", 100));
    }

    [Fact]
    public void A_tiny_request_says_nothing_of_a_large_one()
    {
        _anchors.Learn("c", "m", estimate: 8, counted: 12);

        Assert.Equal(254_004, _anchors.Adjust("c", "m", 254_000));
        Assert.Equal(254_004, _anchors.Adjust("other", "m", 254_000));
        Assert.Equal(24, _anchors.Adjust("other", "m", 20));
    }

    [Fact]
    public void Large_requests_teach_the_rate_and_small_ones_what_is_added_to_all()
    {
        for (int i = 0; i < 30; i++) _anchors.Learn("small" + i, "m", 100, 140);
        for (int i = 0; i < 30; i++) _anchors.Learn("large" + i, "m", 100_000, 110_040);

        Assert.InRange(_anchors.Adjust("new", "m", 100_000), 109_500, 110_100);
        Assert.InRange(_anchors.Adjust("new", "m", 10), 45, 55);
    }

    [Fact]
    public void Other_conversations_learn_from_the_model_within_bounds()
    {
        for (int i = 0; i < 40; i++) _anchors.Learn("c" + i, "m", 1000, 2000);

        Assert.Equal(1250, _anchors.Adjust("new", "m", 1000));
        Assert.Equal(1000, _anchors.Adjust("new", "other", 1000));
    }

    [Fact]
    public void Turns_count_by_their_size()
    {
        _anchors.Learn("a", "m", 100_000, 100_000);
        _anchors.Learn("b", "m", 1000, 1500);

        Assert.InRange(_anchors.Adjust("new", "m", 100_000), 100_000, 101_000);
    }

    [Theory]
    [InlineData(1000, 4000)]
    [InlineData(1000, 300)]
    [InlineData(10, 4000)]
    [InlineData(0, 100)]
    public void Numbers_about_different_things_teach_nothing(int estimate, int counted)
    {
        _anchors.Learn("c", "m", estimate, counted);

        Assert.Equal(500, _anchors.Adjust("c", "m", 500));
    }

    [Fact]
    public void Old_conversations_are_forgotten()
    {
        for (int i = 0; i <= 512; i++) _anchors.Learn("c" + i, "m", 1000, 1500);

        // As good as unknown, and known.
        Assert.Equal(1250, _anchors.Adjust("c0", "m", 1000));
        Assert.Equal(1500, _anchors.Adjust("c1", "m", 1000));
        Assert.Equal(1500, _anchors.Adjust("c512", "m", 1000));
    }
}
