using System.Text.Json;

namespace FakeCodex;

/// <summary>Every call has exactly one output in the same request, after it; every output has its call.</summary>
internal static class PairingRules
{
    private static readonly Kind[] Kinds =
    [
        new("function_call", "function_call_output", "function call", "function call output"),
        new("custom_tool_call", "custom_tool_call_output", "custom tool call", "custom tool call output"),
        new("tool_search_call", "tool_search_output", "tool search call", "tool search output"),
    ];

    public static IEnumerable<Rejection> Check(RuleContext context) =>
        Kinds.SelectMany(kind => CheckKind([.. context.Body.Get("input").Items()], kind));

    private static IEnumerable<Rejection> CheckKind(JsonElement[] items, Kind kind)
    {
        HashSet<string?> open = [];
        foreach (JsonElement item in items)
        {
            string? type = item.GetText("type");
            string? callId = item.GetText("call_id");
            if (type == kind.Call && !open.Add(callId)) yield return Error($"Duplicate {kind.CallName} with call_id {callId}.");
            if (type == kind.Output && !open.Remove(callId))
            {
                yield return Error($"No tool call found for {kind.OutputName} with call_id {callId}.");
            }
        }
        foreach (string? callId in open) yield return Error($"No tool output found for {kind.CallName} {callId}.");
    }

    private static Rejection Error(string message) => Rejection.Error(message, "input", null);

    private sealed record Kind(string Call, string Output, string CallName, string OutputName);
}
