using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Tests.Models;

public sealed class ModelCatalogueTests
{
    [Fact]
    public void The_backends_catalogue_is_read_in_order_of_priority()
    {
        ModelCatalogue catalogue = ModelCatalogue.TryParse(Recorded.Catalogue)!;

        Assert.Equal(
            ["gpt-6.1-sol", "gpt-6-astra", "gpt-6-sol", "gpt-6-luna", "gpt-5.6-sol", "gpt-6.1-terra", "gpt-5.6-terra", "gpt-5.6-luna", "gpt-5.5", "codex-auto-review"],
            catalogue.Models.Select(model => model.Profile.Slug));
        Assert.Equal(["codex-auto-review"], catalogue.Models.Where(model => !model.Listed).Select(model => model.Profile.Slug));
    }

    [Fact]
    public void A_models_abilities_are_read()
    {
        CatalogueModel model = ModelCatalogue.TryParse(Recorded.Catalogue)!.Find("GPT-6.1-Terra")!;
        ModelProfile profile = model.Profile;

        Assert.Equal(("gpt-6.1-terra", "GPT-6.1 Terra", 500_000), (profile.Slug, profile.DisplayName, profile.ContextWindow));
        Assert.Equal([Effort.Low, Effort.Medium, Effort.High, Effort.XHigh, Effort.Max], profile.Efforts);
        Assert.Equal((Effort.Low, true, "low"), (profile.DefaultEffort, profile.Verbosity, profile.DefaultVerbosity));
        Assert.True(profile is { Lite: true, Summaries: true, Parallel: true, Images: true, ImageDetailOriginal: true, PriorityTier: true });
        Assert.Contains("plus", model.Plans);
        Assert.False(ModelCatalogue.TryParse(Recorded.Catalogue)!.Find("gpt-5.5")!.Profile.Lite);
    }

    [Fact]
    public void The_built_in_table_says_the_same_as_the_recorded_catalogue()
    {
        foreach (CatalogueModel recorded in ModelCatalogue.TryParse(Recorded.Catalogue)!.Models)
        {
            CatalogueModel builtIn = ModelCatalogue.BuiltIn.Find(recorded.Profile.Slug)!;

            Assert.Equal(recorded.Profile.Efforts, builtIn.Profile.Efforts);
            Assert.Equal(recorded.Profile with { Efforts = builtIn.Profile.Efforts }, builtIn.Profile);
            Assert.Equal((recorded.Priority, recorded.Listed), (builtIn.Priority, builtIn.Listed));
        }
    }

    [Fact]
    public void Only_the_slug_is_required_and_wrong_types_are_ignored()
    {
        ModelCatalogue catalogue = Parse("""
            {"models":[
              {"slug":"a","supported_reasoning_levels":["high","low","new-level",7],"context_window":"big","priority":"x","visibility":7,"service_tiers":{},
               "input_modalities":["text"],"default_reasoning_level":null,"display_name":false,"use_responses_lite":"yes","available_in_plans":[1]},
              {"slug":"b","supported_reasoning_levels":[],"visibility":"none","supports_reasoning_summary_parameter":false,"additional_speed_tiers":["fast"],"priority":1},
              {"slug":""}, {"display_name":"nameless"}, 7, null
            ],"new_member":{}}
            """)!;

        Assert.Equal(["b", "a"], catalogue.Models.Select(model => model.Profile.Slug));
        ModelProfile a = catalogue.Find("a")!.Profile;
        Assert.Equal([Effort.Low, Effort.High], a.Efforts);
        Assert.Equal(("a", 272_000, Effort.Medium), (a.DisplayName, a.ContextWindow, a.DefaultEffort));
        Assert.True(a is { Images: false, Lite: false, PriorityTier: false });
        Assert.True(catalogue.Find("a")!.Listed);

        ModelProfile b = catalogue.Find("b")!.Profile;
        Assert.Empty(b.Efforts);
        Assert.True(b is { Summaries: false, PriorityTier: true, Images: true });
        Assert.False(catalogue.Find("b")!.Listed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"models":{}}""")]
    [InlineData("""{"models":[]}""")]
    [InlineData("""{"models":[{"slug":7}]}""")]
    public void What_holds_no_model_is_no_catalogue(string json)
    {
        Assert.Null(Parse(json));
    }

    private static ModelCatalogue? Parse(string json) => ModelCatalogue.TryParse(Encoding.UTF8.GetBytes(json));
}

/// <summary>The recorded answer of the backend.</summary>
internal static class Recorded
{
    public const string ETag = "W/\"c0ffee\"";

    public static byte[] Catalogue { get; } = Read();

    private static byte[] Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Models", "models-200.json")));
        return Encoding.UTF8.GetBytes(document.RootElement.GetProperty("body").GetRawText());
    }
}
