using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>One model of the catalogue: what it can do, and how it is offered.</summary>
public sealed record CatalogueModel(ModelProfile Profile)
{
    public string? Description { get; init; }

    /// <summary>Shown in pickers (<c>visibility: "list"</c>). Hidden models still answer to their name.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>Lower comes first.</summary>
    public int Priority { get; init; } = int.MaxValue;

    /// <summary>Plans the model is offered in; empty when the catalogue does not say.</summary>
    public IReadOnlyList<string> Plans { get; init; } = [];
}

/// <summary>Upstream's list of models, best first. New members come every month, so nothing but the slug is required of an entry.</summary>
public sealed class ModelCatalogue
{
    private readonly Dictionary<string, CatalogueModel> _bySlug = new(StringComparer.OrdinalIgnoreCase);

    internal ModelCatalogue(IEnumerable<CatalogueModel> models, ReadOnlyMemory<byte> source)
    {
        Models = [.. models.OrderBy(model => model.Priority)];
        Source = source;
        foreach (CatalogueModel model in Models) _bySlug.TryAdd(model.Profile.Slug, model);
    }

    public IReadOnlyList<CatalogueModel> Models { get; }

    /// <summary>The JSON as received; empty for the built-in table.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>The table to work with before anything was fetched.</summary>
    public static ModelCatalogue BuiltIn { get; } = new(BuiltInModels.All, default);

    /// <summary>The model of that name, in any case of the letters.</summary>
    public CatalogueModel? Find(string slug) => _bySlug.GetValueOrDefault(slug);

    /// <summary>Reads <c>{"models":[…]}</c>; null when it is not JSON or holds no model.</summary>
    public static ModelCatalogue? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(ByteOrderMark.Skip(json), JsonDepth.Document);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;

            List<CatalogueModel> models = [.. Items(document.RootElement, "models").Select(ReadModel).OfType<CatalogueModel>()];
            return models.Count == 0 ? null : new ModelCatalogue(models, json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CatalogueModel? ReadModel(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || Text(entry, "slug") is not { Length: > 0 } slug) return null;

        var profile = new ModelProfile
        {
            Slug = slug,
            DisplayName = Text(entry, "display_name") ?? slug,
            Lite = Flag(entry, "use_responses_lite", false),
            Summaries = Flag(entry, "supports_reasoning_summaries", true) && Flag(entry, "supports_reasoning_summary_parameter", true),
            Verbosity = Flag(entry, "support_verbosity", false),
            DefaultVerbosity = Text(entry, "default_verbosity"),
            Parallel = Flag(entry, "supports_parallel_tool_calls", true),
            Images = Images(entry),
            ImageDetailOriginal = Flag(entry, "supports_image_detail_original", false),
            PriorityTier = HasTier(entry, "priority") || Items(entry, "additional_speed_tiers").Any(static tier => AsText(tier) == "fast"),
            FlexTier = HasTier(entry, "flex"),
            ImageTokenFactor = BuiltInModels.ImageTokenFactor(slug),
        };

        if (Number(entry, "context_window") is > 0 and int window) profile = profile with { ContextWindow = window };
        if (Number(entry, "max_context_window") is > 0 and int most) profile = profile with { MaxContextWindow = most };
        if (entry.TryGetProperty("supported_reasoning_levels", out _)) profile = profile with { Efforts = ReadEfforts(entry) };
        if (Efforts.TryParse(Text(entry, "default_reasoning_level"), out Effort effort)) profile = profile with { DefaultEffort = effort };

        return new CatalogueModel(profile)
        {
            Description = Text(entry, "description"),
            Listed = Text(entry, "visibility") is null or "list",
            Priority = Number(entry, "priority") ?? int.MaxValue,
            Plans = [.. Items(entry, "available_in_plans").Select(AsText).OfType<string>()],
        };
    }

    /// <summary>Without <c>ultra</c>: the official client translates that level before it sends anything.</summary>
    private static List<Effort> ReadEfforts(JsonElement entry)
    {
        List<Effort> efforts = [];
        foreach (JsonElement level in Items(entry, "supported_reasoning_levels"))
        {
            string? word = level.ValueKind == JsonValueKind.Object ? Text(level, "effort") : AsText(level);
            if (Efforts.TryParse(word, out Effort effort) && effort != Effort.Ultra && !efforts.Contains(effort)) efforts.Add(effort);
        }

        efforts.Sort();
        return efforts;
    }

    private static bool Images(JsonElement entry) =>
        !entry.TryGetProperty("input_modalities", out JsonElement modalities)
        || modalities.ValueKind != JsonValueKind.Array
        || Items(entry, "input_modalities").Any(item => AsText(item) == "image");

    private static bool HasTier(JsonElement entry, string id) =>
        Items(entry, "service_tiers").Any(tier => tier.ValueKind == JsonValueKind.Object && Text(tier, "id") == id);

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? AsText(value) : null;

    private static string? AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : null;

    private static bool Flag(JsonElement parent, string name, bool otherwise) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True
            : otherwise;
}
