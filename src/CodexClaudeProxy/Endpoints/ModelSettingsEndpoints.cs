using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The user's model mapping, and what every name and lane stands for right now.</summary>
internal sealed class ModelSettingsEndpoints(SettingsStore store, Catalogue catalogue)
{
    private static readonly string[] Lanes = ["opus", "sonnet", "haiku", "fable"];

    public void MapTo(Routes routes) => routes
        .Get("/settings/models", http => WriteAsync(http, store.Read()))
        .Post("/settings/models", ChangeAsync);

    private async Task ChangeAsync(HttpContext http)
    {
        ModelMappingsRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.ModelMappingsRequest);
        if (request.Others?.Keys.FirstOrDefault() is { } unknown) throw Invalid($"Unknown member '{unknown}'. Send mappings to replace all, or set to change single ones");

        bool edits = request.Set.ValueKind != JsonValueKind.Undefined;
        if (edits == (request.Mappings.ValueKind != JsonValueKind.Undefined)) throw Invalid("Send either mappings to replace all, or set to change single ones");
        (string name, JsonElement given) = edits ? ("set", request.Set) : ("mappings", request.Mappings);
        if (given.ValueKind != JsonValueKind.Object) throw Invalid($"{name}: must be an object of model name or pattern to model name");

        string setting = SettingKeys.Mappings.Name;
        await WriteAsync(http, await store.UpdateAsync(root =>
        {
            // What the file holds under the lock, not what was read before it.
            JsonElement wanted = edits ? ModelMappings.Edit(root[setting], given) : given;
            if (ModelMappings.TryRead(wanted, out var mappings) is { } problem) throw Invalid($"{name}: {problem}");
            root[setting] = ModelMappings.Tree(mappings);
        }, http.RequestAborted));
    }

    private static InvalidRequestException Invalid(string message) => new(ApiError.Invalid(message));

    private async Task WriteAsync(HttpContext http, ProxySettings settings)
    {
        ModelCatalogue models = await catalogue.GetAsync(http.RequestAborted);
        ModelMappingsReply reply = new(
            Success: true, models.Source.IsEmpty ? "built-in" : "backend", new OrderedDictionary<string, string>(settings.ModelMappings),
            // As a client of that family would ask: a mapping of "opus" or "claude-*" concerns it too.
            Routes(Lanes, lane => "claude-" + lane, lane => ModelRouter.IsLaneLeftToAnthropic(lane, settings.AnthropicModels)),
            Routes(settings.ModelMappings.Select(mapping => mapping.Key), name => name, name => ModelRouter.IsLeftToAnthropic(name, settings.AnthropicModels)));
        await JsonReply.WriteAsync(http, reply, EndpointsContext.Default.ModelMappingsReply);

        OrderedDictionary<string, ModelRoute> Routes(IEnumerable<string> names, Func<string, string> asked, Func<string, bool> isAnthropics) =>
            new(names.Select(name => KeyValuePair.Create(name, isAnthropics(name) ? ModelRoute.Anthropic(asked(name))
                : ModelRoute.Of(ModelRouter.Resolve(asked(name), models, settings.ModelMappings, settings.HaikuKiloModel)))));
    }
}

/// <summary>A change of the user's model names: one of the two members.</summary>
/// <param name="Mappings">Replaces all: an object of model name or pattern to model name.</param>
/// <param name="Set">Changes single ones; null as a value removes that name.</param>
internal sealed record ModelMappingsRequest(
    [property: Description("an object of model name or pattern to model name")] JsonElement Mappings,
    [property: Description("an object of model name or pattern to model name or null")] JsonElement Set)
{
    /// <summary>Members that are unknown.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The user's model names, and what every name and lane stands for right now.</summary>
/// <param name="Success">True.</param>
/// <param name="Catalogue">Where the list of models comes from: <c>built-in</c> or <c>backend</c>.</param>
/// <param name="Mappings">Name or pattern → model, in the user's order.</param>
/// <param name="Lanes">What <c>opus</c>, <c>sonnet</c>, <c>haiku</c> and <c>fable</c> stand for.</param>
/// <param name="Resolved">What each name of <paramref name="Mappings"/> stands for.</param>
internal sealed record ModelMappingsReply(
    bool Success, string Catalogue, IReadOnlyDictionary<string, string> Mappings, IReadOnlyDictionary<string, ModelRoute> Lanes, IReadOnlyDictionary<string, ModelRoute> Resolved);

/// <summary>What a model's name stands for.</summary>
/// <param name="Upstream">Who serves it: <c>codex</c>, <c>kilo</c> or <c>anthropic</c>.</param>
/// <param name="Model">The name it is sent under.</param>
/// <param name="Effort">The reasoning effort that the name fixes; null when it fixes none.</param>
/// <param name="Fast">Whether the name asks for the faster tier.</param>
/// <param name="Lane">The lane it belongs to; null for none.</param>
/// <param name="Known">Whether the model list has the model.</param>
/// <param name="Why">How it was found, for people.</param>
internal sealed record ModelRoute(string Upstream, string Model, string? Effort, bool Fast, string? Lane, bool Known, string Why)
{
    /// <summary>For a name of the setting <c>anthropicModels</c>, which is sent as it is.</summary>
    public static ModelRoute Anthropic(string name) => new(AnthropicClient.Name, name, null, Fast: false, null, Known: true, "Anthropic serves it, by the setting anthropicModels");

    public static ModelRoute Of(Route route) => new(
        route.Kilo is null ? "codex" : "kilo", route.Kilo ?? route.Profile.Slug, route.FixedEffort?.Word(), route.Fast, route.Lane, !route.IsUnknown, route.Why);
}
