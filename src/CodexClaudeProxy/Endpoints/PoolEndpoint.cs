using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>How the accounts stand and who would serve next, for the models of the catalogue or for the one in <c>?model=</c>; and how long they last together.</summary>
internal sealed class PoolEndpoint(AccountReport report, ForecastReport forecast, Catalogue catalogue, AccountCatalogues catalogues, SettingsStore settings)
{
    public void MapTo(Routes routes) => routes
        .Get("/api/pool", AnswerAsync)
        .Get("/api/forecast", http => JsonReply.WriteAsync(http, forecast.Of(), ReportsContext.Default.PoolForecast));

    private async Task AnswerAsync(HttpContext http)
    {
        ModelCatalogue models = await catalogue.GetAsync(http.RequestAborted);
        string? only = http.Request.Query["model"];
        IEnumerable<string> slugs = string.IsNullOrEmpty(only) ? models.Models.Where(model => model.Listed).Select(model => model.Profile.Slug) : [only];
        await JsonReply.WriteAsync(http, report.Pool(settings.Read().AccountStrategy, slugs, catalogues.Offers), ReportsContext.Default.PoolReport);
    }
}
