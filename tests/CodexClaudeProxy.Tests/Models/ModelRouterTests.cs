using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.Models;

public sealed class ModelRouterTests
{
    private static readonly ModelCatalogue Live = ModelCatalogue.TryParse(Recorded.Catalogue)!;

    [Theory]
    // The table of the original, with its families kept and its accidents not.
    [InlineData("claude-opus-4-6", "gpt-6.1-sol", "opus")]
    [InlineData("claude-opus-4-6-20250219", "gpt-6.1-sol", "opus")]
    [InlineData("claude-opus-4-6-1m", "gpt-6.1-sol", "opus")]
    [InlineData("claude-opus-4-6[1m]", "gpt-6.1-sol", "opus")]
    [InlineData("claude-3-opus-20240229", "gpt-6.1-sol", "opus")]
    [InlineData("opus", "gpt-6.1-sol", "opus")]
    [InlineData("opusplan", "gpt-6.1-sol", "opus")]
    [InlineData("anthropic.claude-opus-4", "gpt-6.1-sol", "opus")]
    [InlineData("us.anthropic.claude-opus-4-20250514-v1:0", "gpt-6.1-sol", "opus")]
    [InlineData("claude-opus-5-5", "gpt-6.1-sol", "opus")]
    [InlineData("claude-fable-5-2", "gpt-6.1-sol", "fable")]
    [InlineData("claude-sonnet-4-5-20250514", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-sonnet-4-20250514", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-3-5-sonnet-20240620", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-3-5-sonnet@20240620", "gpt-6.1-terra", "sonnet")]
    [InlineData("Sonnet", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-sonnet-5[200K]", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-instant-1", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-9", "gpt-6.1-terra", "sonnet")]
    [InlineData("default", "gpt-6.1-terra", "sonnet")]
    [InlineData("claude-haiku-4", "gpt-6-luna", "haiku")]
    [InlineData("claude-haiku-4-5-20251001", "gpt-6-luna", "haiku")]
    [InlineData("Claude-Haiku-4", "gpt-6-luna", "haiku")]
    [InlineData("anthropic/claude-3-haiku", "gpt-6-luna", "haiku")]
    [InlineData("haiku", "gpt-6-luna", "haiku")]
    // The catalogue by name, in any case and in any of the wrappings clients use.
    [InlineData("gpt-6.1-sol", "gpt-6.1-sol", "exact")]
    [InlineData("GPT-5.5", "gpt-5.5", "exact")]
    [InlineData("gpt-5.5[1m]", "gpt-5.5", "exact")]
    [InlineData("openai/gpt-5.5", "gpt-5.5", "exact")]
    [InlineData("claude-codex-gpt-5.5", "gpt-5.5", "exact")]
    [InlineData("anthropic/claude-codex-gpt-5.5", "gpt-5.5", "exact")]
    [InlineData("claude-gpt-5.5", "gpt-5.5", "exact")]
    [InlineData("claude-codex-codex-auto-review", "codex-auto-review", "exact")]
    [InlineData("gpt-5.5-2026-01-31", "gpt-5.5", "exact")]
    [InlineData("gpt-5.5-20260131", "gpt-5.5", "exact")]
    // Older names the backend no longer lists.
    [InlineData("gpt-5.4", "gpt-5.4", "exact")]
    [InlineData("gpt-5.3-codex-spark", "gpt-5.3-codex-spark", "exact")]
    [InlineData("GPT-5.1-Codex-Mini", "gpt-5.1-codex-mini", "exact")]
    [InlineData("gpt-5.1-codex-max", "gpt-5.1-codex-max", "exact")]
    // What nobody knows is passed on, never replaced in silence.
    [InlineData("gpt-5.3", "gpt-5.3", "unknown")]
    [InlineData("gpt-4o", "gpt-4o", "unknown")]
    [InlineData("o3", "o3", "unknown")]
    [InlineData("gpt-5-codex-mini-2", "gpt-5-codex-mini-2", "unknown")]
    [InlineData("constructor", "constructor", "unknown")]
    [InlineData("toString", "toString", "unknown")]
    [InlineData("claude-codex-gpt-9", "gpt-9", "unknown")]
    [InlineData("octopus", "octopus", "unknown")]
    [InlineData("gpt-9-2027-01-01", "gpt-9-2027-01-01", "unknown")]
    public void A_name_stands_for_a_model(string requested, string slug, string lane)
    {
        Route route = Resolve(requested);

        Assert.Equal((slug, lane), (route.Profile.Slug, route.Lane));
        Assert.Equal((null, false), (route.FixedEffort, route.Fast));
        Assert.Equal(lane == "unknown", route.IsUnknown);
    }

    [Theory]
    [InlineData("gpt-5.5-high", "gpt-5.5", Effort.High, false)]
    [InlineData("gpt-5.5:high", "gpt-5.5", Effort.High, false)]
    [InlineData("gpt-5.5(high)", "gpt-5.5", Effort.High, false)]
    [InlineData("gpt-5.5 (XHigh)", "gpt-5.5", Effort.XHigh, false)]
    [InlineData("gpt-5.5-fast", "gpt-5.5", null, true)]
    [InlineData("gpt-5.5-low-fast", "gpt-5.5", Effort.Low, true)]
    [InlineData("gpt-5.5-fast-low[1m]", "gpt-5.5", Effort.Low, true)]
    [InlineData("gpt-6-sol-max", "gpt-6-sol", Effort.Max, false)]
    [InlineData("gpt-6-sol-ultra", "gpt-6-sol", Effort.Ultra, false)]
    [InlineData("gpt-5.1-codex-max-high", "gpt-5.1-codex-max", Effort.High, false)]
    [InlineData("claude-codex-gpt-5.5-medium", "gpt-5.5", Effort.Medium, false)]
    [InlineData("claude-opus-4-6-high", "gpt-6.1-sol", Effort.High, false)]
    [InlineData("opus:max", "gpt-6.1-sol", Effort.Max, false)]
    [InlineData("haiku-fast", "gpt-6-luna", null, true)]
    [InlineData("gpt-9-high", "gpt-9", Effort.High, false)]
    [InlineData("gpt-9:max", "gpt-9", Effort.Max, false)]
    [InlineData("gpt-9-max", "gpt-9-max", null, false)]
    [InlineData("gpt-9-fast", "gpt-9-fast", null, false)]
    [InlineData("high", "high", null, false)]
    public void An_ending_fixes_effort_and_tier(string requested, string slug, Effort? effort, bool fast)
    {
        Route route = Resolve(requested);

        Assert.Equal((slug, effort, fast), (route.Profile.Slug, route.FixedEffort, route.Fast));
    }

    [Fact]
    public void The_documented_targets_are_kept_while_the_backend_lists_them()
    {
        ModelCatalogue catalogue = Catalogue("gpt-5.4", "gpt-5.3-codex", "gpt-5.2", "gpt-5.1-codex-mini");

        Assert.Equal("gpt-5.3-codex", ModelRouter.Resolve("claude-opus-4-6", catalogue, []).Profile.Slug);
        Assert.Equal("gpt-5.2", ModelRouter.Resolve("claude-sonnet-4-6", catalogue, []).Profile.Slug);
        Assert.Equal("gpt-5.1-codex-mini", ModelRouter.Resolve("claude-haiku-4-5", catalogue, []).Profile.Slug);
        Assert.Equal("gpt-5.4", ModelRouter.Resolve("claude-fable-5", catalogue, []).Profile.Slug);
    }

    [Fact]
    public void In_a_catalogue_of_strangers_every_lane_still_finds_a_model()
    {
        ModelCatalogue catalogue = Catalogue("big", "middle", "last");

        Assert.Equal("big", ModelRouter.Resolve("opus", catalogue, []).Profile.Slug);
        Assert.Equal("big", ModelRouter.Resolve("sonnet", catalogue, []).Profile.Slug);
        Assert.Equal("last", ModelRouter.Resolve("haiku", catalogue, []).Profile.Slug);
    }

    [Fact]
    public void Before_anything_was_fetched_the_built_in_table_is_used()
    {
        Assert.Equal("gpt-6.1-sol", ModelRouter.Resolve("opus", ModelCatalogue.BuiltIn, []).Profile.Slug);
        Assert.Equal("gpt-6.1-terra", ModelRouter.Resolve("sonnet", ModelCatalogue.BuiltIn, []).Profile.Slug);
        Assert.Equal("gpt-6-luna", ModelRouter.Resolve("haiku", ModelCatalogue.BuiltIn, []).Profile.Slug);
    }

    [Fact]
    public void The_users_mapping_wins_exact_names_before_patterns()
    {
        KeyValuePair<string, string>[] mappings = [new("claude-*", "gpt-5.5"), new("Claude-Opus-4-8", "gpt-6-sol-high"), new("gpt-5.5", "gpt-6-astra")];

        Route exact = ModelRouter.Resolve("claude-opus-4-8[1m]", Live, mappings);
        Route pattern = ModelRouter.Resolve("claude-haiku-4-5", Live, mappings);

        Assert.Equal(("gpt-6-sol", Effort.High), (exact.Profile.Slug, exact.FixedEffort));
        Assert.Equal("gpt-5.5", pattern.Profile.Slug); // A target is not mapped again.
        Assert.Contains("'claude-*' is mapped to 'gpt-5.5'", pattern.Why, StringComparison.Ordinal);
        Assert.Equal("gpt-6-astra", ModelRouter.Resolve("gpt-5.5", Live, mappings).Profile.Slug);
        Assert.Equal("gpt-6-luna", ModelRouter.Resolve("gpt-6-luna", Live, mappings).Profile.Slug);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void No_name_is_an_error(string? requested)
    {
        var e = Assert.Throws<InvalidRequestException>(() => Resolve(requested));

        Assert.Equal(("model: Field required", 400, "model"), (e.Error.Message, e.Error.Status, e.Error.Param));
    }

    private static Route Resolve(string? requested) => ModelRouter.Resolve(requested, Live, []);

    private static ModelCatalogue Catalogue(params string[] slugs)
    {
        string entries = string.Join(",", slugs.Select((slug, i) => $$"""{"slug":"{{slug}}","priority":{{i}},"default_reasoning_level":"low"}"""));
        return ModelCatalogue.TryParse(System.Text.Encoding.UTF8.GetBytes($$"""{"models":[{{entries}}]}"""))!;
    }
}
