using System.ComponentModel;
using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The order to add a key, or to change one: then what is absent stays as it is.</summary>
/// <param name="Name">What the key is called. Required for a new one.</param>
/// <param name="Models">Which models it may use; null for all.</param>
/// <param name="Limits">What it may use in which time; null for no limit.</param>
/// <param name="Expires">When it stops working; null for never.</param>
internal sealed record KeyRequest(
    [property: Description(KeyRules.Name)] string? Name = null,
    [property: Description(KeyRules.Models)] IReadOnlyList<string?>? Models = null,
    [property: Description(KeyRules.Limits)] IReadOnlyList<LimitRequest?>? Limits = null,
    [property: Description(KeyRules.Expires)] DateTimeOffset? Expires = null)
{
    public static KeyRequest Read(JsonElement body)
    {
        foreach (JsonProperty member in body.EnumerateObject())
        {
            if (EndpointsContext.Default.KeyRequest.Properties.All(known => known.Name != member.Name)) throw JsonBody.Refusal(EndpointsContext.Default.KeyRequest, member.Name);
        }

        return JsonBody.Read(body, EndpointsContext.Default.KeyRequest);
    }

    /// <summary>A new key.</summary>
    public ClientKey ApplyTo(ClientKey key, DateTimeOffset now) => key with
    {
        Name = Name?.Trim() ?? "",
        Models = Models is { Count: > 0 } ? [.. Models.Select(static model => model!)] : null,
        Limits = Limits is { Count: > 0 } ? [.. Limits.Select(static limit => limit?.ToLimit()!)] : null,
        Expires = Expires is { } end && end <= now ? throw new KeyRefusedException("expires", $"expires must be {KeyRules.Expires}") : Expires,
    };

    /// <param name="body">Tells which members there are.</param>
    public ClientKey ChangeOf(ClientKey key, JsonElement body, DateTimeOffset now)
    {
        ClientKey wanted = ApplyTo(key, now);
        return key with
        {
            Name = body.TryGetProperty("name", out _) ? wanted.Name : key.Name,
            Models = body.TryGetProperty("models", out _) ? wanted.Models : key.Models,
            Limits = body.TryGetProperty("limits", out _) ? wanted.Limits : key.Limits,
            Expires = body.TryGetProperty("expires", out _) ? wanted.Expires : key.Expires,
        };
    }
}

/// <summary>A limit that is wanted.</summary>
/// <param name="Kind">What is counted: <c>total_tokens</c>, <c>input_tokens</c>, <c>output_tokens</c>, <c>cost_usd</c> or <c>requests</c>.</param>
/// <param name="Span">For which time: <c>5h</c> and <c>7d</c> end now, <c>daily</c> and <c>monthly</c> begin at midnight in the proxy's time zone.</param>
/// <param name="Maximum">How much of it; a number above 0.</param>
/// <param name="Model">Only what these models used, a name or a pattern with <c>*</c>; null for all.</param>
internal sealed record LimitRequest(string? Kind = null, string? Span = null, double? Maximum = null, string? Model = null)
{
    public KeyLimit ToLimit() => new(Kind ?? "", Span ?? "", Maximum ?? 0, string.IsNullOrWhiteSpace(Model) ? null : Model.Trim());
}
