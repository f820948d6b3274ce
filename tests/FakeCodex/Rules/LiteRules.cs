using System.Text.Json;

namespace FakeCodex;

/// <summary>
/// The lite lane. The refusals of parallel calls, of a missing reasoning context and of hosted tools are reported from the real
/// backend. Of the rest only the official client's form is known to work, so any other is refused here.
/// </summary>
internal static class LiteRules
{
    private const string Name = "X-OpenAI-Internal-Codex-Responses-Lite";

    private static readonly string[] ToolTypes = ["function", "custom", "namespace", "tool_search"];

    public static IEnumerable<Rejection> Check(RuleContext context)
    {
        JsonElement body = context.Body;
        JsonElement[] additional = [.. body.Get("input").Items().Where(item => item.GetText("type") == "additional_tools")];
        if (!context.IsLite)
        {
            if (additional.Length > 0)
            {
                yield return Rejection.Error(
                    "Item type 'additional_tools' is only supported with Responses Lite.",
                    "input", "unsupported_value");
            }
            yield break;
        }

        if (body.Get("parallel_tool_calls").ValueKind != JsonValueKind.False)
        {
            yield return Rejection.Error($"{Name} requires `parallel_tool_calls` to be false.", "parallel_tool_calls", "unsupported_value");
        }
        if (body.Get("reasoning").GetText("context") != "all_turns")
        {
            yield return Rejection.Error(
                $"{Name} requires `reasoning.context` to be 'all_turns'.",
                "reasoning.context", "unsupported_value");
        }
        foreach (JsonElement tool in additional.SelectMany(item => item.Get("tools").Items()).Concat(body.Get("tools").Items()))
        {
            if (!ToolTypes.Contains(tool.GetText("type")))
            {
                yield return Rejection.Error(
                    $"{Name} only supports function tools, custom tools, and client-executed tool search.",
                    "tools", "unsupported_value");
            }
        }
        foreach (string member in (string[])["tools", "instructions"])
        {
            if (body.Has(member)) yield return Rejection.Error($"{Name} does not support `{member}`.", member, "unsupported_value");
        }
        if (additional.Length > 1 || (additional.Length == 1 && body.Get("input")[0].GetText("type") != "additional_tools"))
        {
            yield return Rejection.Error($"{Name} requires 'additional_tools' to be the first input item.", "input", "unsupported_value");
        }
        if (Images(body).Any(image => image.Has("detail")))
        {
            yield return Rejection.Error($"{Name} does not support `detail` on images.", "input", "unsupported_value");
        }
    }

    private static IEnumerable<JsonElement> Images(JsonElement body) =>
        from item in body.Get("input").Items()
        from part in item.Get("content").Items().Concat(item.Get("output").Items())
        where part.GetText("type") == "input_image"
        select part;
}
