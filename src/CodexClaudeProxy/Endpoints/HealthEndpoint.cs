using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Tells that the proxy is alive, and which accounts it has.</summary>
internal sealed class HealthEndpoint(AccountReport report, AccountStore store)
{
    public void MapTo(Routes routes) => routes
        .Get("/health", AnswerHealthAsync, withoutKey: AnswerAliveAsync)
        .Head("/api/hello", AnswerWarmUpAsync, withoutKey: AnswerWarmUpAsync);

    private Task AnswerHealthAsync(HttpContext http)
    {
        AccountsSummary accounts = report.Summary();
        return JsonReply.WriteAsync(http, new Health("ok", accounts.Total, accounts.Active, accounts.Accounts, store.Path), EndpointsContext.Default.Health);
    }

    /// <summary>For whoever watches over the program and needs to know no more than that it answers.</summary>
    private static Task AnswerAliveAsync(HttpContext http) => JsonReply.WriteAsync(http, new Liveness("ok"), EndpointsContext.Default.Liveness);

    /// <summary>Claude Code opens its connection with this, before it has a key at hand.</summary>
    private static Task AnswerWarmUpAsync(HttpContext http) => Task.CompletedTask;

    /// <summary>What the program is, for those who ask its bare address.</summary>
    public static Task AnswerStatusAsync(HttpContext http) =>
        JsonReply.WriteAsync(http, new ProgramState(ProductVersion.Name, ProductVersion.Text, "ok", "/health"), EndpointsContext.Default.ProgramState);
}

/// <summary>That the proxy is alive, and which accounts it has.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
/// <param name="Total">How many accounts there are.</param>
/// <param name="Active">The e-mail address of the account the owner chose; null when none is chosen.</param>
/// <param name="Accounts">In the order of the account file.</param>
/// <param name="ConfigPath">The account file.</param>
internal sealed record Health(string Status, int Total, string? Active, IReadOnlyList<AccountSummary> Accounts, string ConfigPath);

/// <summary>That the proxy is alive, for who has no access key.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
internal sealed record Liveness(string Status);

/// <summary>What the program is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Status">Always <c>ok</c>.</param>
/// <param name="Health">The path that tells more.</param>
internal sealed record ProgramState(string Name, string Version, string Status, string Health);
