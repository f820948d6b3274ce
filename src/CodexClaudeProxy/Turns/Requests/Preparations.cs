using System.Collections.Concurrent;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>Finds the model that is meant, and makes what converts the request for it. Nothing is converted yet.</summary>
internal sealed class Preparations(
    SettingsStore settings, Catalogue catalogue, AccountPool pool, Lessons lessons, ReasoningMemory reasoning, ConversationImages images, KiloClient kilo, InputAnchors anchors)
{
    /// <summary>Clients may make up any name.</summary>
    private const int MostRoutes = 100;
    private const int LongestName = 200;

    /// <summary>Counts of the long texts that clients send again with every turn.</summary>
    private readonly TextCounts _counts = new();

    private volatile KnownRoutes _routes = new(ModelCatalogue.BuiltIn, ProxySettings.Default, []);

    private sealed record KnownRoutes(ModelCatalogue Models, ProxySettings Settings, ConcurrentDictionary<string, Route> ByName);

    /// <param name="side">The request stands beside the conversation: a small model does for it, whatever it names.</param>
    public async Task<Preparation> OfTurnAsync(string model, ReadOnlyMemory<byte> received, TurnConversion convert, SideCall? side, CancellationToken cancellation)
    {
        ProxySettings current = settings.Read();
        ModelCatalogue models = await catalogue.GetAsync(cancellation);
        Route route = side is { } call
            ? ModelRouter.Small(models, call)
            : RouteOf(model, models, current);
        Preparation preparation = Make(convert, received, route, current);
        preparation.SearchModel = current.SearchModel is { } searching ? ModelRouter.Resolve(searching, models, current.ModelMappings).Profile : null;
        return preparation;
    }

    /// <summary>For a turn of our own: whoever waits for its answer cannot wait for a quota, and an advisor has no advisor.</summary>
    public async Task<Preparation> OfSideTurnAsync(SideCall side, string model, ReadOnlyMemory<byte> received, TurnConversion convert, CancellationToken cancellation)
    {
        ProxySettings current = settings.Read() with { HoldUntilReset = 0, AdvisorModel = null };
        ModelCatalogue models = await catalogue.GetAsync(cancellation);
        Route route = side == SideCall.Advisor ? ModelRouter.Resolve(model, models, current.ModelMappings) : ModelRouter.Small(models, side);
        Preparation preparation = Make(convert, received, route, current);
        // The reasoning in a conversation is another model's.
        preparation.WithoutReasoning = true;
        return preparation;
    }

    /// <summary>The account a turn would most likely be sent from; empty without any. Encrypted reasoning counts for that one only.</summary>
    public string LikelyAccountId(Route route) => pool.Preview(route.Profile.Slug).Account?.AccountId ?? "";

    /// <summary>A client names the same few models again and again; the same model list and the same settings give the same answer.</summary>
    private Route RouteOf(string model, ModelCatalogue models, ProxySettings current)
    {
        if (model.Length > LongestName) return Resolve();
        KnownRoutes known = _routes;
        if (known.Models != models || known.Settings != current) _routes = known = new KnownRoutes(models, current, []);
        if (known.ByName.TryGetValue(model, out Route? route)) return route;
        if (known.ByName.Count >= MostRoutes) known.ByName.Clear();
        return known.ByName[model] = Resolve();

        Route Resolve() => ModelRouter.Resolve(model, models, current.ModelMappings, current.HaikuKiloModel);
    }

    private Preparation Make(TurnConversion convert, ReadOnlyMemory<byte> received, Route route, ProxySettings current) =>
        new(convert, received, route, current, lessons, reasoning, images, kilo, anchors, _counts);
}
