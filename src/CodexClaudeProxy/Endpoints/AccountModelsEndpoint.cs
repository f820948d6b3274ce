using System.Collections.Concurrent;
using System.Text.Json;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The models one account may use, in the original's shape. Plans differ, so each account has a list of its own.</summary>
internal sealed class AccountModelsEndpoint(AccountStore store, TokenRefresher tokens, CodexClient codex, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>Lists are short; one that is not is asked for each time.</summary>
    private const int LongestKept = 1024 * 1024;

    private const int MostKept = 16;

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, ReadOnlyMemory<byte> Body)> _fetched = new();

    public CacheSize Size => new("models of accounts", _fetched.Sum(entry => (long)entry.Value.Body.Length), (long)MostKept * LongestKept, _fetched.Count);

    public void MapTo(Routes routes) => routes.Get("/accounts/models", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        if (await QueriedAccount.FindAsync(http, store.Read()) is not { } account) return;
        ReadOnlyMemory<byte> body;
        try
        {
            body = await GetAsync(account, http.RequestAborted);
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

    /// <exception cref="HttpRequestException">The backend has no list for this account now.</exception>
    private async Task<ReadOnlyMemory<byte>> GetAsync(Account account, CancellationToken ct)
    {
        if (_fetched.TryGetValue(account.Key, out var known) && time.GetUtcNow() < known.At + Fresh) return known.Body;
        CredentialReply reply = await tokens.GetCredentialAsync(account, ct);
        for (bool renewed = false; ; renewed = true)
        {
            if (reply.Credential is not { } credential) throw new HttpRequestException(reply.Failure!.Message);
            try
            {
                CatalogueReply answer = await codex.GetModelsAsync(credential, ct);
                Keep(account.Key, answer.Body);
                return answer.Body;
            }
            catch (HttpRequestException e) when (e.StatusCode == System.Net.HttpStatusCode.Unauthorized && !renewed)
            {
                reply = await tokens.OnUnauthorizedAsync(credential, ct);
            }
        }
    }

    private void Keep(string account, ReadOnlyMemory<byte> body)
    {
        if (body.Length > LongestKept) return;
        if (_fetched.Count >= MostKept) _fetched.Clear();
        _fetched[account] = (time.GetUtcNow(), body);
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
