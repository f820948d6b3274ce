namespace CodexClaudeProxy.Network;

/// <summary>Which connections a request goes over. Every request says it, so that none of an account can pass by its proxy unnoticed.</summary>
/// <param name="Account">The account that the request is for; null when it is not known yet, or none.</param>
/// <param name="Proxy">The account's own; null where the environment decides.</param>
internal sealed record OutboundRoute(string? Account, AccountProxy? Proxy)
{
    /// <summary>What has nothing to do with accounts.</summary>
    public static readonly OutboundRoute Shared = new(null, null);

    private static readonly HttpRequestOptionsKey<OutboundRoute> Key = new("route");

    public void ApplyTo(HttpRequestMessage request) => request.Options.Set(Key, this);

    public static OutboundRoute Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out OutboundRoute? route)
        ? route
        : throw new InvalidOperationException("A request without a route was not sent: it might have to go through an account's proxy.");

    /// <summary>Who it may be that stays silent: the one behind, or the proxy before it. For the beginning of a sentence part, as a subject.</summary>
    /// <param name="behind">For instance <c>upstream</c>.</param>
    public string SilentOne(string behind) => Proxy is { IsDirect: false } proxy ? $"the account's proxy {proxy.Shown}, or {behind} behind it," : behind;

    /// <summary>Not the proxy's credentials.</summary>
    public override string ToString() => $"{Account} through {Proxy?.Shown ?? "the environment's proxy"}";
}
