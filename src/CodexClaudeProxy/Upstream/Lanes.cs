using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// What the Claude families stand for. Each has the target the original documented, as long as the backend lists it;
/// after that:
/// <list type="bullet">
/// <item><b>opus</b>, <b>fable</b>: the best listed model, which is the one with the lowest priority number;</item>
/// <item><b>sonnet</b> (also any other Claude name, and <c>default</c>): the best of the balanced family (<c>terra</c>),
/// else the best whose default effort is medium, else the best;</item>
/// <item><b>haiku</b>: the best of the small families (<c>luna</c>, <c>mini</c>, <c>nano</c>), else the last listed one.</item>
/// </list>
/// </summary>
internal static class Lanes
{
    public const string Haiku = "haiku";

    internal sealed record Lane(string Name, ModelProfile Profile, string Why);

    /// <summary>The lane of a name, by whole words; null for a name that is no Claude name.</summary>
    public static Lane? Find(string name, ModelCatalogue catalogue)
    {
        string[] words = Words(name);
        if (Has(words, "opus", "opusplan")) return Resolve("opus", "gpt-5.3-codex", Best, catalogue);
        if (Has(words, "fable")) return Resolve("fable", null, Best, catalogue);
        if (Has(words, "haiku")) return Resolve(Haiku, null, Small, catalogue);
        if (Has(words, "sonnet", "claude") || words is ["default"]) return Resolve("sonnet", "gpt-5.2", Balanced, catalogue);
        return null;
    }

    /// <summary>The model of the haiku lane: what is small enough for side calls.</summary>
    public static ModelProfile SmallModel(ModelCatalogue catalogue) => Resolve(Haiku, null, Small, catalogue).Profile;

    private static Lane Resolve(string lane, string? documented, Func<List<CatalogueModel>, CatalogueModel> choose, ModelCatalogue catalogue)
    {
        List<CatalogueModel> listed = [.. catalogue.Models.Where(model => model.Listed)];
        if (listed.Count == 0) listed = [.. catalogue.Models];

        CatalogueModel? wanted = listed.Find(model => model.Profile.Slug == documented);
        ModelProfile profile = (wanted ?? choose(listed)).Profile;
        return new Lane(lane, profile, $"{lane} stands for {profile.Slug}" + (wanted is null ? ", the best match in the model list" : ""));
    }

    private static CatalogueModel Best(List<CatalogueModel> listed) => listed[0];

    private static CatalogueModel Balanced(List<CatalogueModel> listed) =>
        listed.Find(model => Has(Words(model.Profile.Slug), "terra"))
        ?? listed.Find(model => model.Profile.DefaultEffort == Effort.Medium && !IsSmall(model))
        ?? listed[0];

    private static CatalogueModel Small(List<CatalogueModel> listed) => listed.Find(IsSmall) ?? listed[^1];

    private static bool IsSmall(CatalogueModel model) => Has(Words(model.Profile.Slug), "luna", "mini", "nano");

    private static string[] Words(string name) => name.ToLowerInvariant().Split(['-', '_', '.', ':', '/', '@', ' ', '(', ')', '[', ']'], StringSplitOptions.RemoveEmptyEntries);

    private static bool Has(string[] words, params ReadOnlySpan<string> wanted) => words.AsSpan().ContainsAny(wanted);
}
