using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy;

/// <summary>The whole program, put together by hand: every part once, in the order of its dependencies.</summary>
internal static class Composition
{
    public static Routes Compose(HostParts host)
    {
        // Upstream
        Catalogue catalogue = host.Own(new Catalogue(host.Options.DataDirectory, NobodySignedIn, host.Time, host.Loggers.CreateLogger("Models")));

        // Endpoints
        var routes = new Routes();
        new HealthEndpoint(HealthEndpoint.NoAccounts(host.Options)).MapTo(routes);
        new ModelsEndpoint(catalogue, static () => []).MapTo(routes);
        return routes;
    }

    private static Task<CatalogueReply> NobodySignedIn(CancellationToken cancellation) =>
        Task.FromException<CatalogueReply>(new InvalidOperationException("no account is signed in"));
}
