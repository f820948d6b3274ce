using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The model list, in the shape the caller understands: Codex, Anthropic or OpenAI.</summary>
/// <param name="settings">They hold the user's own model names, see <see cref="ModelRouter"/>.</param>
internal sealed class ModelsEndpoint(Catalogue catalogue, Func<ProxySettings> settings)
{
    public void MapTo(Routes routes) => routes
        .Get("/v1/models", ListAsync)
        .Get("/v1/models/{id*}", RetrieveAsync);

    private async Task ListAsync(HttpContext http)
    {
        ModelCatalogue models = await catalogue.GetAsync(http.RequestAborted);
        var key = http.Features.Get<ClientKey>();
        if (http.Request.Query.ContainsKey("client_version"))
        {
            await WriteAsReceivedAsync(http, models, key);
            return;
        }

        List<ModelListing> listings = [.. models.Models.Where(model => model.Listed).SelectMany(ModelListing.Both).Concat(Mapped(models)).Where(listing => key?.Allows(listing.Id, listing.Profile.Slug) != false)];
        if (Caller.SpeaksAnthropic(http.Request))
        {
            ModelPage page = ModelPage.Of(listings, ReadLimit(http.Request.Query["limit"]), http.Request.Query["after_id"], http.Request.Query["before_id"]);
            await JsonReply.WriteAsync(http, AnthropicModelPage.Of(page), SnakeCaseContext.Default.AnthropicModelPage);
            return;
        }

        await JsonReply.WriteAsync(http, OpenAiModelList.Of(listings.Where(listing => !listing.IsAlias)), SnakeCaseContext.Default.OpenAiModelList);
    }

    /// <summary>Every name the router would understand has an entry, not only the listed ones.</summary>
    private async Task RetrieveAsync(HttpContext http)
    {
        string id = (string)http.Request.RouteValues["id"]!;
        ModelCatalogue models = await catalogue.GetAsync(http.RequestAborted);
        Route route = Resolve(id, models);
        if (Admission.RefuseModel(http, id, route.Kilo ?? route.Profile.Slug) is { } refusal)
        {
            await ErrorReply.WriteAsync(http, refusal);
            return;
        }

        bool anthropic = Caller.SpeaksAnthropic(http.Request);
        if (route.IsUnknown)
        {
            await ErrorReply.WriteAsync(http, anthropic
                ? new ApiError(ApiErrorType.NotFound, 404, "model: " + id) { ShouldRetry = false }
                : new ApiError(ApiErrorType.NotFound, 404, $"The model '{id}' does not exist") { ShouldRetry = false, Param = "model" });
            return;
        }

        var listing = new ModelListing(id, route.Profile) { Description = models.Find(route.Profile.Slug)?.Description, IsMapped = IsMapped(id) };
        if (anthropic) await JsonReply.WriteAsync(http, AnthropicModel.Of(listing), SnakeCaseContext.Default.AnthropicModel);
        else await JsonReply.WriteAsync(http, OpenAiModel.Of(listing), SnakeCaseContext.Default.OpenAiModel);
    }

    /// <summary>The names of the user's own, unless the catalogue has them already; a pattern is no name.</summary>
    private IEnumerable<ModelListing> Mapped(ModelCatalogue models) => settings().ModelMappings
        .Where(mapping => !mapping.Key.Contains('*') && models.Find(mapping.Key) is null)
        .Select(mapping => new ModelListing(mapping.Key, Resolve(mapping.Key, models).Profile) { Description = $"Mapped to {mapping.Value}", IsMapped = true });

    private bool IsMapped(string id) => settings().ModelMappings.Any(mapping => mapping.Key.Equals(id, StringComparison.OrdinalIgnoreCase));

    private Route Resolve(string id, ModelCatalogue models) => ModelRouter.Resolve(id, models, settings().ModelMappings, settings().HaikuKiloModel);

    /// <summary>The official client refuses a list with one wrong entry, so it gets the backend's own words or none.</summary>
    private async Task WriteAsReceivedAsync(HttpContext http, ModelCatalogue models, ClientKey? key)
    {
        if (models.Source.IsEmpty)
        {
            await ErrorReply.WriteAsync(http, new ApiError(ApiErrorType.Api, 503, "The upstream model list has not been fetched yet") { ShouldRetry = true });
            return;
        }

        if (key is { Models.Count: > 0 })
        {
            await JsonReply.WriteAsync(http, StatusCodes.Status200OK, json => WriteAllowed(json, models.Source, key));
            return;
        }

        if (catalogue.ETag is { } etag) http.Response.Headers.ETag = etag;
        await JsonReply.WriteAsync(http, StatusCodes.Status200OK, models.Source);
    }

    /// <summary>The same words, without the models that the key may not use. Without the mark of the whole list, which this is not.</summary>
    private static void WriteAllowed(Utf8JsonWriter json, ReadOnlyMemory<byte> source, ClientKey key)
    {
        using JsonDocument document = JsonDocument.Parse(source, JsonDepth.Document);
        json.WriteStartObject();
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (member.Name != "models" || member.Value.ValueKind != JsonValueKind.Array)
            {
                member.WriteTo(json);
                continue;
            }

            json.WriteStartArray(member.Name);
            foreach (JsonElement model in member.Value.EnumerateArray())
            {
                if (model.Text("slug") is { } slug && key.Allows(slug, slug)) model.WriteTo(json);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static int ReadLimit(string? text)
    {
        if (string.IsNullOrEmpty(text)) return ModelPage.DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= ModelPage.MaxLimit) return limit;
        throw new InvalidRequestException(ApiError.Invalid($"limit: Input should be between 1 and {ModelPage.MaxLimit}", "limit"));
    }
}
