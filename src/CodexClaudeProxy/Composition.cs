using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy;

/// <summary>The whole program, put together by hand: every part once, in the order of its dependencies.</summary>
internal static class Composition
{
    public static Routes Compose(HostParts host)
    {
        var routes = new Routes();
        new HealthEndpoint(HealthEndpoint.NoAccounts(host.Options)).MapTo(routes);
        return routes;
    }
}
