using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>All settings at once under <c>/api/settings</c>, and the original's routes for two of them. A change counts from the next request on.</summary>
internal sealed class SettingsEndpoints(SettingsStore store, KiloClient kilo)
{
    /// <summary>What turns the Kilo lane off again, beside null.</summary>
    private const string Codex = "codex";

    public void MapTo(Routes routes) => routes
        .Get("/api/settings", http => WriteAsync(http, store.Read()))
        .Patch("/api/settings", ChangeAsync)
        .Get("/settings/account-strategy", http => WriteStrategyAsync(http, store.Read()))
        .Post("/settings/account-strategy", SetStrategyAsync)
        .Get("/settings/haiku-model", http => WriteHaikuModelAsync(http, store.Read()))
        .Post("/settings/haiku-model", SetHaikuModelAsync)
        .Get("/settings/kilo-models", WriteKiloModelsAsync);

    /// <summary>All members are checked before the first is changed; null puts one back to its default.</summary>
    private async Task ChangeAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        foreach (JsonProperty member in body.RootElement.EnumerateObject())
        {
            SettingKey key = SettingKeys.Find(member.Name) ?? throw Invalid($"Unknown setting '{member.Name}'. Known are: {string.Join(", ", SettingKeys.All.Select(known => known.Name))}", member.Name);
            if (member.Value.ValueKind != JsonValueKind.Null && key.Parse(ProxySettings.Default, member.Value) is null)
                throw Invalid($"{key.Name}: {key.FaultOf(member.Value)}", key.Name);
        }

        if (body.RootElement.Text(SettingKeys.HaikuKiloModel.Name) is { } asked && KiloModelName.Read(asked) is { } chosen && chosen != store.Read().HaikuKiloModel)
        {
            // Settings can be changed while the gateway is away; a wrong name then shows at the first request.
            IReadOnlyList<KiloModel> free = await kilo.FreeModelsAsync(http.RequestAborted);
            if (!ReferenceEquals(free, KiloClient.BuiltIn)) CheckFree(free, chosen, asked);
        }

        await WriteAsync(http, await store.UpdateAsync(root =>
        {
            foreach (JsonProperty member in body.RootElement.EnumerateObject()) Put(root, member.Name, member.Value);
        }, http.RequestAborted));
    }

    private async Task SetStrategyAsync(HttpContext http)
    {
        AccountStrategyRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.AccountStrategyRequest);
        SettingKey key = SettingKeys.AccountStrategy;
        if (!key.Values.Contains(request.AccountStrategy)) throw Invalid($"Invalid accountStrategy. Use one of: {string.Join(", ", key.Values)}", key.Name);

        await WriteStrategyAsync(http, await store.UpdateAsync(root => root[key.Name] = request.AccountStrategy, http.RequestAborted));
    }

    private async Task SetHaikuModelAsync(HttpContext http)
    {
        HaikuModelRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.HaikuModelRequest);
        string name = SettingKeys.HaikuKiloModel.Name;
        string? chosen = null;
        if (request.HaikuKiloModel is not (null or Codex))
        {
            chosen = KiloModelName.Read(request.HaikuKiloModel) ?? throw Invalid("haikuKiloModel is required and must be a string", name);
            CheckFree(await kilo.FreeModelsAsync(http.RequestAborted), chosen, request.HaikuKiloModel);
        }

        await WriteHaikuModelAsync(http, await store.UpdateAsync(root =>
        {
            if (chosen is null) root.Remove(name);
            else root[name] = chosen;
        }, http.RequestAborted));
    }

    private static void CheckFree(IReadOnlyList<KiloModel> free, string id, string asked)
    {
        if (free.All(model => model.Id != id))
            throw Invalid($"Model \"{asked}\" is not a free model. Available: {string.Join(", ", free.Select(model => model.Id))}", SettingKeys.HaikuKiloModel.Name);
    }

    private async Task WriteKiloModelsAsync(HttpContext http)
    {
        IReadOnlyList<KiloModel> free = await kilo.FreeModelsAsync(http.RequestAborted);
        KiloModelsReply reply = new(Success: true, free, store.Read().HaikuKiloModel);
        await JsonReply.WriteAsync(http, reply, EndpointsContext.Default.KiloModelsReply);
    }

    private static void Put(JsonObject root, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) root.Remove(name);
        else root[name] = value.Deserialize(SettingsContext.Default.JsonNode);
    }

    private static InvalidRequestException Invalid(string message, string member) => new(ApiError.Invalid(message, member));

    private static Task WriteStrategyAsync(HttpContext http, ProxySettings settings) =>
        JsonReply.WriteAsync(http, new AccountStrategyReply(Success: true, (string)SettingKeys.AccountStrategy.Value(settings)!), EndpointsContext.Default.AccountStrategyReply);

    private static Task WriteHaikuModelAsync(HttpContext http, ProxySettings settings) =>
        JsonReply.WriteAsync(http, new HaikuModelReply(Success: true, settings.HaikuKiloModel), EndpointsContext.Default.HaikuModelReply);

    private static Task WriteAsync(HttpContext http, ProxySettings settings) => JsonReply.WriteAsync(
        http,
        new SettingsReply(Success: true, new JsonObject(SettingKeys.All.Select(key => KeyValuePair.Create(key.Name, key.Value(settings)))), [.. SettingKeys.All.Select(key => key.Describe())]),
        EndpointsContext.Default.SettingsReply);
}

/// <summary>All settings.</summary>
/// <param name="Success">True.</param>
/// <param name="Settings">The value of each member that <paramref name="Keys"/> describes.</param>
/// <param name="Keys">What each member may be.</param>
internal sealed record SettingsReply(bool Success, JsonObject Settings, IReadOnlyList<SettingDescription> Keys);

/// <summary>The order to choose accounts in another way.</summary>
/// <param name="AccountStrategy">How a new conversation gets its account.</param>
internal sealed record AccountStrategyRequest(
    [property: Description("one of: sticky, round-robin, most-remaining, soonest-reset"), JsonConverter(typeof(TextOrEmpty))] string? AccountStrategy);

/// <summary>How accounts are chosen.</summary>
/// <param name="Success">True.</param>
/// <param name="AccountStrategy">How a new conversation gets its account: <c>sticky</c>, <c>round-robin</c>, <c>most-remaining</c> or <c>soonest-reset</c>.</param>
internal sealed record AccountStrategyReply(bool Success, string AccountStrategy);

/// <summary>The order to serve haiku requests with another model.</summary>
/// <param name="HaikuKiloModel">Id of a free model that serves requests for haiku; null or <c>codex</c> serves them with Codex. Required.</param>
internal sealed record HaikuModelRequest(
    [property: Description("the id of a free model, codex or null"), JsonConverter(typeof(TextOrEmpty))] string? HaikuKiloModel = "");

/// <summary>Which model serves haiku requests.</summary>
/// <param name="Success">True.</param>
/// <param name="HaikuKiloModel">The free model that serves requests for haiku; null when Codex does.</param>
internal sealed record HaikuModelReply(bool Success, string? HaikuKiloModel);

/// <summary>The free models of the Kilo gateway.</summary>
/// <param name="Success">True.</param>
/// <param name="Models">In the gateway's order.</param>
/// <param name="Current">The model that serves requests for haiku; null when Codex does.</param>
internal sealed record KiloModelsReply(bool Success, IReadOnlyList<KiloModel> Models, string? Current);
