using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The models one account may use, in the original's shape. Plans differ, so each account has a list of its own.</summary>
internal sealed class AccountModelsEndpoint(AccountStore store, AccountCatalogues catalogues)
{
    private static readonly JsonElement NoLevels = JsonElement.Parse("[]");

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
        AccountModel[] models = catalogue?.RootElement.Member("models") is { ValueKind: JsonValueKind.Array } told ? [.. told.EnumerateArray().Select(model => ModelOf(model, account)).OfType<AccountModel>()] : [];
        await JsonReply.WriteAsync(http, new AccountModels(true, account.Email, models), EndpointsContext.Default.AccountModels);
    }

    /// <summary>Null for what has no name.</summary>
    private static AccountModel? ModelOf(JsonElement model, Account account) => model.Text("slug") is not { } slug ? null : new AccountModel(
        slug, model.Text("display_name") ?? slug, model.Text("description") ?? "", model.Text("default_reasoning_level") ?? "medium",
        model.Member("supported_reasoning_levels") is { ValueKind: JsonValueKind.Array } levels ? levels : NoLevels,
        model.Flag("supported_in_api") ?? false, model.Text("visibility") ?? "list", account.ExclusionOf(slug) is not null);
}

/// <summary>The models an account is offered.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="Models">In upstream's order.</param>
internal sealed record AccountModels(bool Success, string Email, IReadOnlyList<AccountModel> Models);

/// <summary>One model as upstream offers it.</summary>
/// <param name="Id">What requests name it.</param>
/// <param name="Name">For people.</param>
/// <param name="Description">For people; empty when upstream gives none.</param>
/// <param name="DefaultReasoningLevel">Such as <c>medium</c>.</param>
/// <param name="SupportedReasoningLevels">Upstream's list as it came: objects with <c>effort</c> and <c>description</c>.</param>
/// <param name="SupportedInApi">Upstream says that its public API has the model too.</param>
/// <param name="Visibility"><c>list</c>, or <c>hide</c> for models that are not to be offered to people.</param>
/// <param name="Excluded">The owner does not want this account to serve it.</param>
internal sealed record AccountModel(
    string Id, string Name, string Description, string DefaultReasoningLevel, JsonElement SupportedReasoningLevels, bool SupportedInApi, string Visibility, bool Excluded);
