using System.Text.Json;

namespace FakeCodex;

/// <summary>What the gateway in front of the models refuses by itself.</summary>
internal static class GatewayRules
{
    // stream_options is not recommended for others, but the official client sends it when summaries are on.
    private static readonly HashSet<string> Supported =
    [
        "model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "store", "stream", "stream_options",
        "include", "service_tier", "text", "prompt_cache_key", "client_metadata",
    ];

    public static IEnumerable<Rejection> BodyIsAnObject(RuleContext context)
    {
        if (context.Body.ValueKind != JsonValueKind.Object) yield return Rejection.Detail(400, "Invalid JSON body");
    }

    public static IEnumerable<Rejection> ParametersAreSupported(RuleContext context) =>
        from member in context.Body.EnumerateObject()
        where !Supported.Contains(member.Name)
        select Rejection.Detail(400, $"Unsupported parameter: {member.Name}");

    public static IEnumerable<Rejection> ModelIsServed(RuleContext context)
    {
        string? name = context.Body.GetText("model");
        if (context.Model is not { } model)
        {
            yield return context.IsPublicApi
                ? Rejection.Error($"The model `{name}` does not exist or you do not have access to it.", null, "model_not_found", 404)
                : Rejection.Detail(400, $"The '{name}' model is not supported when using Codex with a ChatGPT account.");
            yield break;
        }
        if (context.IsPublicApi) yield break;

        // A request that names no version counts as an old client.
        if ((context.ClientVersion ?? new Version(0, 0)) < model.MinimalClientVersion)
        {
            yield return Rejection.Detail(
                400, $"The '{name}' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again.");
        }
        if (context.Catalogue.IsLiteOnly(model.Slug) && !context.IsLite) yield return Rejection.Detail(404, $"Model not found {name}");
    }

    /// <summary>
    /// Required from everybody but the official client, which since autumn 2026 sends its instructions as the first input item
    /// (a developer message, in the lite lane behind the tools) and has no such key.
    /// </summary>
    public static IEnumerable<Rejection> InstructionsArePresent(RuleContext context)
    {
        if (context.IsLite || context.Body.Get("instructions").ValueKind == JsonValueKind.String) yield break;
        bool opensWithDeveloper = context.Body.Get("input").Items().FirstOrDefault().GetText("role") == "developer";
        if (!(context.IsCodexClient && opensWithDeveloper)) yield return Rejection.Detail(400, "Instructions are required");
    }

    public static IEnumerable<Rejection> InputIsAList(RuleContext context)
    {
        if (context.Body.Get("input").ValueKind != JsonValueKind.Array) yield return Rejection.Detail(400, "Input must be a list");
    }

    public static IEnumerable<Rejection> StoreIsFalse(RuleContext context)
    {
        if (context.Body.Get("store").ValueKind != JsonValueKind.False) yield return Rejection.Detail(400, "Store must be set to false");
    }

    public static IEnumerable<Rejection> StreamIsTrue(RuleContext context)
    {
        if (context.Body.Get("stream").ValueKind != JsonValueKind.True) yield return Rejection.Detail(400, "Stream must be set to true");
    }

    public static IEnumerable<Rejection> ServiceTierIsPriority(RuleContext context)
    {
        JsonElement tier = context.Body.Get("service_tier");
        if (tier.ValueKind != JsonValueKind.Undefined && tier.AsText() != "priority")
        {
            yield return Rejection.Detail(400, $"Unsupported service_tier: {tier}");
        }
    }

    public static IEnumerable<Rejection> NoSystemMessages(RuleContext context) =>
        from item in context.Body.Get("input").Items()
        where item.GetText("role") == "system"
        select Rejection.Detail(400, "System messages are not allowed");
}
