using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>All settings at once under <c>/api/settings</c>, and the original's routes for two of them. A change counts from the next request on.</summary>
internal sealed class SettingsEndpoints(SettingsStore store, KiloClient kilo)
{
    /// <summary>What turns the Kilo lane off again, beside null.</summary>
    private const string Codex = "codex";

    public void MapTo(Routes routes) => routes
        .Get("/api/settings", http => WriteAllAsync(http, store.Read()))
        .Patch("/api/settings", ChangeAsync)
        .Get("/settings/account-strategy", http => WriteAsync(http, SettingKeys.AccountStrategy, store.Read()))
        .Post("/settings/account-strategy", SetStrategyAsync)
        .Get("/settings/haiku-model", http => WriteAsync(http, SettingKeys.HaikuKiloModel, store.Read()))
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
                throw Invalid($"{key.Name}: {ProblemOf(key, member.Value)}", key.Name);
        }

        if (body.RootElement.TryGetProperty(SettingKeys.HaikuKiloModel.Name, out JsonElement haiku)
            && SettingKeys.HaikuKiloModel.Parse(ProxySettings.Default, haiku)?.HaikuKiloModel is { } chosen && chosen != store.Read().HaikuKiloModel)
        {
            // Settings can be changed while the gateway is away; a wrong name then shows at the first request.
            IReadOnlyList<KiloModel> free = await kilo.FreeModelsAsync(http.RequestAborted);
            if (!ReferenceEquals(free, KiloClient.BuiltIn)) CheckFree(free, chosen, haiku);
        }

        await WriteAllAsync(http, await store.UpdateAsync(root =>
        {
            foreach (JsonProperty member in body.RootElement.EnumerateObject()) Put(root, member.Name, member.Value);
        }, http.RequestAborted));
    }

    private async Task SetStrategyAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        SettingKey key = SettingKeys.AccountStrategy;
        if (!body.RootElement.TryGetProperty(key.Name, out JsonElement value) || key.Parse(ProxySettings.Default, value) is null)
            throw Invalid($"Invalid accountStrategy. Use one of: {string.Join(", ", key.Values)}", key.Name);

        await WriteAsync(http, key, await store.UpdateAsync(root => Put(root, key.Name, value), http.RequestAborted));
    }

    private async Task SetHaikuModelAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        SettingKey key = SettingKeys.HaikuKiloModel;
        bool given = body.RootElement.TryGetProperty(key.Name, out JsonElement value);
        string? chosen = null;
        if (!given || (value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(Codex))))
        {
            if (value.ValueKind != JsonValueKind.String || KiloModelName.Read(value.GetString()!) is not { } id)
                throw Invalid("haikuKiloModel is required and must be a string", key.Name);

            CheckFree(await kilo.FreeModelsAsync(http.RequestAborted), id, value);
            chosen = id;
        }

        await WriteAsync(http, key, await store.UpdateAsync(root =>
        {
            if (chosen is null) root.Remove(key.Name);
            else root[key.Name] = chosen;
        }, http.RequestAborted));
    }

    private static void CheckFree(IReadOnlyList<KiloModel> free, string id, JsonElement asked)
    {
        if (free.All(model => model.Id != id))
            throw Invalid($"Model \"{asked.GetString()}\" is not a free model. Available: {string.Join(", ", free.Select(model => model.Id))}", SettingKeys.HaikuKiloModel.Name);
    }

    private async Task WriteKiloModelsAsync(HttpContext http)
    {
        IReadOnlyList<KiloModel> free = await kilo.FreeModelsAsync(http.RequestAborted);
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteStartArray("models"u8);
            foreach (KiloModel model in free)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, model.Id);
                json.WriteString("name"u8, model.Name);
                json.WriteNumber("context_length"u8, model.ContextLength);
                json.WriteBoolean("supportsTools"u8, model.SupportsTools);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("current"u8, store.Read().HaikuKiloModel);
            json.WriteEndObject();
        });
    }

    private static void Put(JsonObject root, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) root.Remove(name);
        else root[name] = JsonNode.Parse(value.GetRawText(), documentOptions: JsonDepth.Document);
    }

    private static string ProblemOf(SettingKey key, JsonElement value) =>
        key == SettingKeys.Mappings ? ModelMappings.TryRead(value, out _)! : $"must be {key.Expected}";

    private static InvalidRequestException Invalid(string message, string member) => new(ApiError.Invalid(message, member));

    private static Task WriteAsync(HttpContext http, SettingKey key, ProxySettings settings) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, true);
        json.WritePropertyName(key.Name);
        key.Write(json, settings);
        json.WriteEndObject();
    });

    private static Task WriteAllAsync(HttpContext http, ProxySettings settings) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, true);
        json.WriteStartObject("settings"u8);
        foreach (SettingKey key in SettingKeys.All)
        {
            json.WritePropertyName(key.Name);
            key.Write(json, settings);
        }

        json.WriteEndObject();
        json.WriteStartArray("keys"u8);
        foreach (SettingKey key in SettingKeys.All) key.WriteDescription(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
