using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
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

    /// <summary><c>mappings</c> replaces all of them, <c>set</c> changes single ones, where null removes.</summary>
    private async Task ChangeAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        bool replaces = body.RootElement.TryGetProperty("mappings", out JsonElement all);
        bool edits = body.RootElement.TryGetProperty("set", out JsonElement changes);
        foreach (JsonProperty member in body.RootElement.EnumerateObject())
        {
            if (member.Name is not ("mappings" or "set")) throw Invalid($"Unknown member '{member.Name}'. Send mappings to replace all, or set to change single ones");
        }

        if (replaces == edits) throw Invalid("Send either mappings to replace all, or set to change single ones");
        if ((edits ? changes : all).ValueKind != JsonValueKind.Object) throw Invalid($"{(edits ? "set" : "mappings")}: must be an object of model name or pattern to model name");

        ProxySettings settings = await store.UpdateAsync(root =>
        {
            JsonObject wanted = edits ? ModelMappings.Edit(Current(root), changes) : JsonObject.Create(all)!;
            using JsonDocument read = JsonDocument.Parse(wanted.ToJsonString(), JsonDepth.Document);
            if (ModelMappings.TryRead(read.RootElement, out var checkedMappings) is { } problem) throw Invalid($"{(edits ? "set" : "mappings")}: {problem}");
            root[SettingKeys.Mappings.Name] = Tree(checkedMappings);
        }, http.RequestAborted);
        await WriteAsync(http, settings);
    }

    /// <summary>What the file holds under the lock, not what was read before it.</summary>
    private static IReadOnlyList<KeyValuePair<string, string>> Current(JsonObject root)
    {
        if (root[SettingKeys.Mappings.Name] is not { } node) return [];
        using JsonDocument document = JsonDocument.Parse(node.ToJsonString(), JsonDepth.Document);
        return ModelMappings.TryRead(document.RootElement, out var mappings) is null ? mappings : [];
    }

    private static JsonObject Tree(IReadOnlyList<KeyValuePair<string, string>> mappings)
    {
        JsonObject tree = [];
        foreach ((string name, string target) in mappings) tree[name] = target;
        return tree;
    }

    private static InvalidRequestException Invalid(string message) => new(ApiError.Invalid(message));

    private async Task WriteAsync(HttpContext http, ProxySettings settings)
    {
        ModelCatalogue models = await catalogue.GetAsync(http.RequestAborted);
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteString("catalogue"u8, models.Source.IsEmpty ? "built-in"u8 : "backend"u8);
            json.WritePropertyName("mappings"u8);
            ModelMappings.Write(json, settings.ModelMappings);

            json.WriteStartObject("lanes"u8);
            foreach (string lane in Lanes)
            {
                // As a client of that family would ask: a mapping of "opus" or "claude-*" concerns it too.
                WriteRoute(json, lane, Resolve("claude-" + lane, models, settings));
            }

            json.WriteEndObject();
            json.WriteStartObject("resolved"u8);
            foreach ((string name, _) in settings.ModelMappings) WriteRoute(json, name, Resolve(name, models, settings));
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static Route Resolve(string name, ModelCatalogue models, ProxySettings settings) =>
        ModelRouter.Resolve(name, models, settings.ModelMappings, settings.HaikuKiloModel);

    private static void WriteRoute(Utf8JsonWriter json, string name, Route route)
    {
        json.WriteStartObject(name);
        json.WriteString("upstream"u8, route.Kilo is null ? "codex"u8 : "kilo"u8);
        json.WriteString("model"u8, route.Kilo ?? route.Profile.Slug);
        if (route.FixedEffort is { } effort) json.WriteString("effort"u8, effort.Word());
        else json.WriteNull("effort"u8);
        json.WriteBoolean("fast"u8, route.Fast);
        json.WriteString("lane"u8, route.Lane);
        json.WriteBoolean("known"u8, !route.IsUnknown);
        json.WriteString("why"u8, route.Why);
        json.WriteEndObject();
    }
}
