using System.Text.Json;
using System.Text.RegularExpressions;

namespace FakeCodex;

/// <summary>The members and ids of each type of input item.</summary>
internal static partial class ItemRules
{
    private const int MaxArguments = 1_048_576;

    // Every item may carry an id, a status and the official client's own metadata.
    private const string Always = "id status internal_chat_message_metadata_passthrough";

    private static readonly Dictionary<string, (string IdPrefix, Shape Shape)> Types = new()
    {
        ["message"] = ("msg", Shape.Of("role content", $"type phase {Always}")),
        ["reasoning"] = ("rs", Shape.Of("type summary", $"content encrypted_content {Always}")),
        ["function_call"] = ("fc", Shape.Of("type name arguments call_id", $"namespace {Always}")),
        ["function_call_output"] = ("fco", Shape.Of("type call_id output", Always)),
        ["custom_tool_call"] = ("ctc", Shape.Of("type name input call_id", $"namespace {Always}")),
        ["custom_tool_call_output"] = ("ctco", Shape.Of("type call_id output", $"name {Always}")),
        ["tool_search_call"] = ("tsc", Shape.Of("type arguments call_id", $"execution {Always}")),
        ["tool_search_output"] = ("tso", Shape.Of("type call_id tools", $"execution {Always}")),
        ["web_search_call"] = ("ws", Shape.Of("type status", $"action {Always}")),
        ["image_generation_call"] = ("ig", Shape.Of("type status result", $"revised_prompt {Always}")),
        ["compaction"] = ("cmp", Shape.Of("type encrypted_content", Always)),
        ["context_compaction"] = ("cmp", Shape.Of("type encrypted_content", Always)),
        ["compaction_trigger"] = ("", Shape.Of("type")),
        ["additional_tools"] = ("at", Shape.Of("type role tools", Always)),
        ["item_reference"] = ("", Shape.Of("type id")),
    };

    private static readonly string[] SearchActions = ["search", "open_page", "find_in_page"];

    public static IEnumerable<Rejection> Check(RuleContext context) =>
        context.Body.Get("input").Items().Index().SelectMany(item => CheckItem(context, item.Item, $"input[{item.Index}]"));

    private static IEnumerable<Rejection> CheckItem(RuleContext context, JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            yield return Rejection.WrongType(path, "an object", item);
            yield break;
        }
        // "type" may be left out of a message only.
        string? type = item.Has("type") ? item.GetText("type") : "message";
        if (type is null || !Types.TryGetValue(type, out (string IdPrefix, Shape Shape) known))
        {
            yield return Rejection.WrongValue($"{path}.type", type, Types.Keys);
            yield break;
        }
        IEnumerable<Rejection> all = known.Shape.Check(item, path)
            .Concat(CheckId(item.Get("id"), known.IdPrefix, $"{path}.id"))
            .Concat(CheckCallId(item.Get("call_id"), $"{path}.call_id"))
            .Concat(CheckContent(context, item, type, path));
        foreach (Rejection broken in all) yield return broken;
    }

    private static IEnumerable<Rejection> CheckContent(RuleContext context, JsonElement item, string type, string path) => type switch
    {
        "message" => ContentRules.CheckMessage(context, item, path),
        "function_call" => CheckText(item, "name", path).Concat(CheckText(item, "arguments", path)).Concat(CheckCall(item, path)),
        "custom_tool_call" => CheckText(item, "name", path).Concat(CheckText(item, "input", path)),
        "function_call_output" or "custom_tool_call_output" => ContentRules.CheckOutput(context, item.Get("output"), $"{path}.output"),
        "reasoning" => ContentRules.CheckReasoning(item, path),
        "web_search_call" => CheckSearch(item.Get("action"), $"{path}.action"),
        "additional_tools" => ToolRules.CheckList(item.Get("tools"), $"{path}.tools"),
        "compaction" or "context_compaction" => CheckText(item, "encrypted_content", path),
        _ => [],
    };

    private static IEnumerable<Rejection> CheckId(JsonElement id, string prefix, string path)
    {
        if (id.IsAbsentOrNull()) yield break;
        if (id.AsText() is not { } text) yield return Rejection.WrongType(path, "a string", id);
        else if (text.Length > 64) yield return Rejection.TooLong(path, 64, text.Length);
        else if (!IdPattern().IsMatch(text))
        {
            yield return Rejection.Error(
                $"Invalid '{path}': '{text}'. Expected an ID that contains letters, numbers, underscores, or dashes, "
                + "but this value contained additional characters.",
                path, "invalid_value");
        }
        else if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            yield return Rejection.Error($"Invalid '{path}': '{text}'. Expected an ID that begins with '{prefix}'.", path, "invalid_value");
        }
    }

    // Any characters will do; only the length is checked.
    private static IEnumerable<Rejection> CheckCallId(JsonElement callId, string path)
    {
        if (callId.ValueKind == JsonValueKind.Undefined) yield break;
        if (callId.AsText() is not { } text) yield return Rejection.WrongType(path, "a string", callId);
        else if (text.Length == 0) yield return Rejection.Empty(path);
        else if (text.Length > 64) yield return Rejection.TooLong(path, 64, text.Length);
    }

    private static IEnumerable<Rejection> CheckCall(JsonElement item, string path)
    {
        if (!ToolRules.IsName(item.GetText("name")))
        {
            yield return Rejection.NotAName($"{path}.name");
        }
        if (item.GetText("arguments") is { Length: > MaxArguments } arguments)
        {
            yield return Rejection.TooLong($"{path}.arguments", MaxArguments, arguments.Length);
        }
    }

    private static IEnumerable<Rejection> CheckSearch(JsonElement action, string path)
    {
        if (!action.IsAbsentOrNull() && !SearchActions.Contains(action.GetText("type")))
        {
            yield return Rejection.WrongValue($"{path}.type", action.GetText("type"), SearchActions);
        }
    }

    private static IEnumerable<Rejection> CheckText(JsonElement item, string name, string path)
    {
        if (item.GetText(name) is null) yield return Rejection.WrongType($"{path}.{name}", "a string", item.Get(name));
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+\\z")]
    private static partial Regex IdPattern();
}
