using System.Text.Json;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The models one account may use, in the original's shape. Plans differ, so each account has a list of its own.</summary>
internal sealed class AccountModelsEndpoint(AccountStore store, AccountCatalogues catalogues)
{
    public void MapTo(Routes routes) => routes.Get("/accounts/models", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        if (await QueriedAccount.FindAsync(http, store.Read()) is not { } account) return;
        ReadOnlyMemory<byte> body;
        try
        {
            body = (await catalogues.GetAsync(account, http.RequestAborted)).Body;
        }
        catch (HttpRequestException e)
        {
            await QueriedAccount.WriteErrorAsync(http, StatusCodes.Status500InternalServerError, $"Failed to fetch models: {e.Message}");
            return;
        }

        using JsonDocument? catalogue = ForeignJson.TryParseAnswer(body);
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteString("email"u8, account.Email);
            json.WriteStartArray("models"u8);
            if (catalogue?.RootElement.Member("models") is { ValueKind: JsonValueKind.Array } models)
            {
                foreach (JsonElement model in models.EnumerateArray()) WriteModel(json, model);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteModel(Utf8JsonWriter json, JsonElement model)
    {
        if (model.Text("slug") is not { } slug) return;
        json.WriteStartObject();
        json.WriteString("id"u8, slug);
        json.WriteString("name"u8, model.Text("display_name") ?? slug);
        json.WriteString("description"u8, model.Text("description") ?? "");
        json.WriteString("defaultReasoningLevel"u8, model.Text("default_reasoning_level") ?? "medium");
        json.WritePropertyName("supportedReasoningLevels"u8);
        if (model.Member("supported_reasoning_levels") is { ValueKind: JsonValueKind.Array } levels) levels.WriteTo(json);
        else json.WriteRawValue("[]"u8);
        json.WriteBoolean("supportedInApi"u8, model.Flag("supported_in_api") ?? false);
        json.WriteString("visibility"u8, model.Text("visibility") ?? "list");
        json.WriteEndObject();
    }
}
