using System.Text.Json;

namespace FakeCodex;

/// <summary>Which content parts may stand where, and what an image must be.</summary>
internal static class ContentRules
{
    private static readonly string[] Roles = ["user", "assistant", "developer"];
    private static readonly string[] InputParts = ["input_text", "input_image", "input_file"];
    private static readonly string[] AssistantParts = ["output_text", "refusal"];
    private static readonly string[] Phases = ["commentary", "partial_answer", "final_answer"];
    private static readonly string[] Details = ["auto", "low", "high", "original"];

    private static readonly Dictionary<string, Shape> PartShapes = new()
    {
        ["input_text"] = Shape.Of("type text"),
        ["input_image"] = Shape.Of("type image_url", "detail"),
        ["input_file"] = Shape.Of("type", "filename file_data file_url"),
        ["output_text"] = Shape.Of("type text", "annotations logprobs"),
        ["refusal"] = Shape.Of("type refusal"),
        ["summary_text"] = Shape.Of("type text"),
        ["reasoning_text"] = Shape.Of("type text"),
    };

    public static IEnumerable<Rejection> CheckMessage(RuleContext context, JsonElement item, string path)
    {
        string? role = item.GetText("role");
        if (!Roles.Contains(role)) yield return Rejection.WrongValue($"{path}.role", role, Roles);
        if (item.Has("phase") && !Phases.Contains(item.GetText("phase")))
        {
            yield return Rejection.WrongValue($"{path}.phase", item.Get("phase").ToString(), Phases);
        }
        JsonElement content = item.Get("content");
        if (content.AsText() is not null) yield break;
        if (content.ValueKind != JsonValueKind.Array)
        {
            yield return Rejection.WrongType($"{path}.content", "one of an array of objects or string", content);
        }
        foreach (Rejection broken in CheckParts(context, content, $"{path}.content", role == "assistant" ? AssistantParts : InputParts))
        {
            yield return broken;
        }
    }

    public static IEnumerable<Rejection> CheckOutput(RuleContext context, JsonElement output, string path)
    {
        if (output.AsText() is not null) yield break;
        if (output.ValueKind != JsonValueKind.Array) yield return Rejection.WrongType(path, "one of an array of objects or string", output);
        foreach (Rejection broken in CheckParts(context, output, path, InputParts)) yield return broken;
    }

    public static IEnumerable<Rejection> CheckReasoning(JsonElement item, string path)
    {
        if (item.Get("summary").ValueKind != JsonValueKind.Array)
        {
            yield return Rejection.WrongType($"{path}.summary", "an array of objects", item.Get("summary"));
        }
        foreach (Rejection broken in CheckParts(null, item.Get("summary"), $"{path}.summary", ["summary_text"])) yield return broken;
        if (item.Get("content").IsAbsentOrNull()) yield break;
        foreach (Rejection broken in CheckParts(null, item.Get("content"), $"{path}.content", ["reasoning_text"])) yield return broken;
    }

    private static IEnumerable<Rejection> CheckParts(RuleContext? context, JsonElement parts, string path, string[] types) =>
        parts.Items().Index().SelectMany(part => CheckPart(context, part.Item, $"{path}[{part.Index}]", types));

    private static IEnumerable<Rejection> CheckPart(RuleContext? context, JsonElement part, string path, string[] types)
    {
        string? type = part.GetText("type");
        if (!types.Contains(type))
        {
            yield return Rejection.WrongValue($"{path}.type", type, types);
            yield break;
        }
        foreach (Rejection broken in PartShapes[type!].Check(part, path)) yield return broken;
        foreach (string text in (string[])["text", "refusal"])
        {
            if (part.Has(text) && part.GetText(text) is null)
            {
                yield return Rejection.WrongType($"{path}.{text}", "a string", part.Get(text));
            }
        }
        if (type == "input_image")
        {
            foreach (Rejection broken in CheckImage(context!, part, path)) yield return broken;
        }
        if (type == "input_file" && part.GetText("file_data") is null && part.GetText("file_url") is null)
        {
            yield return Rejection.Missing($"{path}.file_data");
        }
    }

    private static IEnumerable<Rejection> CheckImage(RuleContext context, JsonElement part, string path)
    {
        if (part.Has("detail"))
        {
            string? detail = part.GetText("detail");
            if (!Details.Contains(detail)) yield return Rejection.WrongValue($"{path}.detail", detail, Details);
            if (detail == "original" && !context.Model!.SupportsOriginalDetail)
            {
                yield return Rejection.WrongValue($"{path}.detail", detail, Details[..3]);
            }
        }
        string? url = part.GetText("image_url");
        if (url is not null && url.StartsWith("https://", StringComparison.Ordinal)) yield break;
        if (url is null || !ImageData.IsValid(url))
        {
            yield return Rejection.Error(
                "The image data you provided does not represent a valid image. Please check your input and try again.",
                "input", "invalid_image");
        }
    }
}
