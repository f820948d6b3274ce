using System.Collections.Concurrent;
using System.Text.Json;

namespace FakeCodex;

/// <summary>One model as the rules need it.</summary>
public sealed record CatalogueModel(
    string Slug, IReadOnlyList<string> Efforts, Version MinimalClientVersion, bool SupportsVerbosity, bool SupportsOriginalDetail);

/// <summary>The models the fake serves: those of the recorded catalogue, and hidden or older ones that it does not list.</summary>
public sealed class ModelCatalogue
{
    // Served, but never in the list of an account.
    private static readonly CatalogueModel[] Unlisted =
    [
        new("gpt-daybreak-blue-latest", ["low", "medium", "high", "xhigh", "max"], new(0, 100), true, true),
        new("gpt-daybreak-red-latest", ["low", "medium", "high", "xhigh", "max"], new(0, 100), true, true),
        new("gpt-5.4", ["low", "medium", "high", "xhigh"], new(0, 98), true, true),
        new("gpt-5.4-mini", ["low", "medium", "high", "xhigh"], new(0, 98), true, true),
        new("gpt-5.3-codex-spark", ["low", "medium", "high", "xhigh"], new(0, 98), true, false),
    ];

    private readonly ConcurrentDictionary<string, CatalogueModel> _models = new();
    private readonly ConcurrentDictionary<string, bool> _liteOnly = new();

    internal ModelCatalogue()
    {
        foreach (JsonElement entry in Fixtures.Answer("models-200").GetProperty("body").GetProperty("models").EnumerateArray())
        {
            Add(Read(entry));
        }
        foreach (CatalogueModel model in Unlisted) Add(model);
    }

    public void Add(CatalogueModel model) => _models[model.Slug] = model;

    public void Remove(string slug) => _models.TryRemove(slug, out _);

    /// <summary>From now on this model is served in the lite lane only; elsewhere it is "not found".</summary>
    public void MakeLiteOnly(string slug) => _liteOnly[slug] = true;

    internal CatalogueModel? Find(string? slug) => slug is null ? null : _models.GetValueOrDefault(slug);

    internal bool IsLiteOnly(string slug) => _liteOnly.ContainsKey(slug);

    private static CatalogueModel Read(JsonElement entry) => new(
        entry.GetProperty("slug").GetString()!,
        // "ultra" is a level of the client; on the wire it never appears.
        [.. entry.Get("supported_reasoning_levels").Items().Select(level => level.GetText("effort")!).Where(effort => effort != "ultra")],
        Version.Parse(entry.GetProperty("minimal_client_version").GetString()!),
        entry.GetProperty("support_verbosity").GetBoolean(),
        entry.GetProperty("supports_image_detail_original").GetBoolean());
}
