using System.Text.Json;

namespace FakeCodex;

/// <summary>The forms of tool_choice, and that what it names is there.</summary>
internal static class ToolChoiceRules
{
    private static readonly string[] Words = ["none", "auto", "required"];
    private static readonly string[] Modes = ["auto", "required"];
    private static readonly string[] ObjectTypes = ["function", "custom", "allowed_tools", "web_search"];

    public static IEnumerable<Rejection> Check(RuleContext context)
    {
        JsonElement choice = context.Body.Get("tool_choice");
        if (choice.IsAbsentOrNull()) yield break;
        JsonElement[] tools = [.. context.Body.Get("tools").Items()];
        if (choice.AsText() is { } word)
        {
            if (!Words.Contains(word)) yield return Rejection.WrongValue("tool_choice", word, Words);
            // In the lite lane the tools are in the input.
            if (word == "required" && tools.Length == 0 && !context.IsLite) yield return NeedsTools(word);
            yield break;
        }
        if (choice.ValueKind != JsonValueKind.Object)
        {
            yield return Rejection.WrongType("tool_choice", "one of a tool choice mode or an object", choice);
            yield break;
        }
        foreach (Rejection broken in CheckObject(choice, tools)) yield return broken;
    }

    private static IEnumerable<Rejection> CheckObject(JsonElement choice, JsonElement[] tools)
    {
        string? type = choice.GetText("type");
        if (!ObjectTypes.Contains(type)) yield return NotFound(type);
        if (tools.Length == 0) yield return NeedsTools(type);
        if (type == "allowed_tools")
        {
            if (!Modes.Contains(choice.GetText("mode")))
            {
                yield return Rejection.WrongValue("tool_choice.mode", choice.GetText("mode"), Modes);
            }
            if (choice.Get("tools").ValueKind != JsonValueKind.Array) yield return Rejection.Missing("tool_choice.tools");
            foreach (JsonElement allowed in choice.Get("tools").Items())
            {
                if (!tools.Any(tool => Names(allowed, tool))) yield return NotFound(allowed.GetText("name") ?? allowed.GetText("type"));
            }
            yield break;
        }
        if (type is "function" or "custom" && choice.GetText("name") is null) yield return Rejection.Missing("tool_choice.name");
        if (!tools.Any(tool => Names(choice, tool))) yield return NotFound(choice.GetText("name") ?? type);
    }

    private static bool Names(JsonElement choice, JsonElement tool) =>
        choice.GetText("type") == tool.GetText("type") && choice.GetText("name") == tool.GetText("name");

    private static Rejection NeedsTools(string? choice) =>
        Rejection.Error($"Tool choice '{choice}' must be specified with 'tools' parameter.", "tool_choice", "invalid_value");

    // The gateway really reports this one as its own bad answer.
    private static Rejection NotFound(string? name) =>
        Rejection.Error($"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice", null, status: 502);
}
