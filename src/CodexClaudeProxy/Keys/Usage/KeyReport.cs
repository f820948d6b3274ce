using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Keys.Usage;

/// <summary>All keys of clients.</summary>
/// <param name="Required">Clients must present a key, one of these or the owner's.</param>
/// <param name="OwnersKey">There is an access key for the owner, so that a client's key opens nothing but the model routes and no request without a key opens anything.</param>
/// <param name="Keys">In the order they were added.</param>
internal sealed record KeyList(bool Required, bool OwnersKey, IReadOnlyList<ShownKey> Keys);

/// <summary>A key that was just made.</summary>
/// <param name="Key">The key itself. It is kept nowhere and shown this once.</param>
/// <param name="Client">What is known of it.</param>
internal sealed record NewKey(string Key, ShownKey Client);

/// <summary>One key of a client.</summary>
/// <param name="Id">Stays the same when the key is renamed or replaced.</param>
/// <param name="Name">For people.</param>
/// <param name="Start">The first characters of the key.</param>
/// <param name="Created">When it was added, or last replaced.</param>
/// <param name="Expires">When it stops working; null for never.</param>
/// <param name="Expired">It has stopped working.</param>
/// <param name="Models">Which models it may use; null for all.</param>
/// <param name="Limits">What it may use in which time.</param>
/// <param name="LastUsed">When its last request ended; null for never, or when nothing is kept of it.</param>
/// <param name="RequestsToday">How many requests it sent upstream since midnight in the proxy's time zone.</param>
/// <param name="TokensToday">What they used, input and output.</param>
internal sealed record ShownKey(
    string Id, string Name, string Start, DateTimeOffset Created, DateTimeOffset? Expires, bool Expired, IReadOnlyList<string>? Models, IReadOnlyList<ShownLimit> Limits,
    DateTimeOffset? LastUsed, long RequestsToday, long TokensToday)
{
    public static ShownKey Of(ClientKey key, KeyStanding standing, DateTimeOffset now) => new(
        key.Id, key.Name, key.Start, key.Created, key.Expires, key.IsExpired(now), key.Models is { Count: > 0 } ? key.Models : null, [.. standing.Limits.Select(ShownLimit.Of)],
        standing.LastUsed, standing.RequestsToday, standing.TokensToday);
}

/// <summary>A limit, and how far it is used up.</summary>
/// <param name="Kind">What is counted: <c>total_tokens</c>, <c>input_tokens</c>, <c>output_tokens</c>, <c>cost_usd</c> or <c>requests</c>.</param>
/// <param name="Span">For which time: <c>5h</c>, <c>daily</c>, <c>7d</c> or <c>monthly</c>.</param>
/// <param name="Maximum">How much of it.</param>
/// <param name="Model">Only what these models used; null for all.</param>
/// <param name="Used">How much was used in the span.</param>
/// <param name="Reached">Requests are refused.</param>
/// <param name="FreeAt">When requests are served again, or when the span ends; null for a rolling span whose limit is not reached.</param>
internal sealed record ShownLimit(string Kind, string Span, double Maximum, string? Model, double Used, bool Reached, DateTimeOffset? FreeAt)
{
    public static ShownLimit Of(LimitStanding standing) => new(
        standing.Limit.Kind, standing.Limit.Span, standing.Limit.Maximum, standing.Limit.Model, Math.Round(standing.Used, 4), standing.IsReached, standing.FreeAt);
}

/// <summary>The contracts of this room: keys as routes and the command line show them.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(NewKey))]
internal sealed partial class KeyReportContext : JsonSerializerContext;
