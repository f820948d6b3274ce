using System.Text.Json;
using System.Text.RegularExpressions;

namespace FakeCodex;

/// <summary>Tool definitions, at the top level and in the lite lane's additional_tools item.</summary>
internal static partial class ToolRules
{
    private static readonly string[] TopLevelTypes =
        ["function", "custom", "namespace", "tool_search", "web_search", "image_generation", "local_shell"];

    private static readonly string[] NamespaceTypes = ["function", "custom"];

    private static readonly Dictionary<string, Shape> Shapes = new()
    {
        ["function"] = Shape.Of("type name parameters", "description strict"),
        ["custom"] = Shape.Of("type name", "description format"),
        ["namespace"] = Shape.Of("type name description tools"),
        ["tool_search"] = Shape.Of("type", "execution description parameters"),
        ["web_search"] = Shape.Of("type", "external_web_access search_content_types filters user_location search_context_size"),
        ["image_generation"] = Shape.Of(
            "type", "output_format model quality size background output_compression moderation partial_images action"),
        ["local_shell"] = Shape.Of("type"),
    };

    private static readonly Shape FiltersShape = Shape.Of("", "allowed_domains blocked_domains");
    private static readonly Shape LocationShape = Shape.Of("type", "city country region timezone");
    private static readonly string[] ContextSizes = ["low", "medium", "high"];
    private static readonly string[] ContentTypes = ["text", "image"];

    public static bool IsName(string? name) => name is not null && NamePattern().IsMatch(name);

    public static IEnumerable<Rejection> Check(RuleContext context)
    {
        JsonElement tools = context.Body.Get("tools");
        if (!tools.IsAbsentOrNull() && tools.ValueKind != JsonValueKind.Array) yield return Rejection.WrongType("tools", "an array", tools);
        foreach (Rejection broken in CheckList(tools, "tools", TopLevelTypes)) yield return broken;
    }

    /// <summary>A list of tools that may hold namespaces.</summary>
    public static IEnumerable<Rejection> CheckList(JsonElement tools, string path) => CheckList(tools, path, TopLevelTypes);

    private static IEnumerable<Rejection> CheckList(JsonElement tools, string path, string[] types) =>
        tools.Items().Index().SelectMany(tool => CheckTool(tool.Item, $"{path}[{tool.Index}]", types));

    private static IEnumerable<Rejection> CheckTool(JsonElement tool, string path, string[] types)
    {
        string? type = tool.GetText("type");
        if (type is null) yield return Rejection.Missing($"{path}.type");
        if (!types.Contains(type)) yield return Rejection.WrongValue($"{path}.type", type, types);
        foreach (Rejection broken in Shapes[type!].Check(tool, path)) yield return broken;
        if (tool.Has("name"))
        {
            foreach (Rejection broken in CheckName(tool.GetText("name"), $"{path}.name")) yield return broken;
        }

        IEnumerable<Rejection> rest = type switch
        {
            "function" => CheckFunction(tool, path),
            "custom" => CheckCustom(tool.Get("format"), path),
            "namespace" => CheckList(tool.Get("tools"), $"{path}.tools", NamespaceTypes),
            "web_search" => CheckWebSearch(tool, path),
            _ => [],
        };
        foreach (Rejection broken in rest) yield return broken;
    }

    private static IEnumerable<Rejection> CheckName(string? name, string path)
    {
        if (IsName(name)) yield break;
        if (string.IsNullOrEmpty(name)) yield return Rejection.Empty(path);
        else if (name.Length > 64) yield return Rejection.TooLong(path, 64, name.Length);
        else yield return Rejection.NotAName(path);
    }

    private static IEnumerable<Rejection> CheckFunction(JsonElement tool, string path)
    {
        JsonElement description = tool.Get("description");
        if (!description.IsAbsentOrNull() && description.AsText() is null)
        {
            yield return Rejection.WrongType($"{path}.description", "a string", description);
        }
        JsonElement flag = tool.Get("strict");
        if (!flag.IsAbsentOrNull() && !flag.IsBoolean()) yield return Rejection.WrongType($"{path}.strict", "a boolean", flag);

        // Without the member the API makes the schema strict, which nearly every ordinary schema fails.
        bool strict = flag.ValueKind != JsonValueKind.False;
        foreach (string fault in SchemaRules.Faults(tool.Get("parameters"), strict))
        {
            yield return Rejection.Error(
                $"Invalid schema for function '{tool.GetText("name")}': {fault}",
                $"{path}.parameters", "invalid_function_parameters");
        }
    }

    private static IEnumerable<Rejection> CheckCustom(JsonElement format, string path)
    {
        if (format.IsAbsentOrNull() || format.GetText("type") == "text") yield break;
        if (format.GetText("type") != "grammar")
        {
            yield return Rejection.WrongValue($"{path}.format.type", format.GetText("type"), ["text", "grammar"]);
        }
        if (format.GetText("syntax") is not ("lark" or "regex"))
        {
            yield return Rejection.WrongValue($"{path}.format.syntax", format.GetText("syntax"), ["lark", "regex"]);
        }
        if (format.GetText("definition") is null) yield return Rejection.Missing($"{path}.format.definition");
    }

    private static IEnumerable<Rejection> CheckWebSearch(JsonElement tool, string path)
    {
        if (tool.Has("external_web_access") && !tool.Get("external_web_access").IsBoolean())
        {
            yield return Rejection.WrongType($"{path}.external_web_access", "a boolean", tool.Get("external_web_access"));
        }
        if (tool.Has("search_context_size") && !ContextSizes.Contains(tool.GetText("search_context_size")))
        {
            yield return Rejection.WrongValue($"{path}.search_context_size", tool.Get("search_context_size").ToString(), ContextSizes);
        }
        foreach (JsonElement kind in tool.Get("search_content_types").Items())
        {
            if (!ContentTypes.Contains(kind.AsText()))
            {
                yield return Rejection.WrongValue($"{path}.search_content_types", kind.ToString(), ContentTypes);
            }
        }
        JsonElement filters = tool.Get("filters");
        if (filters.ValueKind == JsonValueKind.Object)
        {
            foreach (Rejection broken in FiltersShape.Check(filters, $"{path}.filters")) yield return broken;
        }
        JsonElement location = tool.Get("user_location");
        if (location.ValueKind != JsonValueKind.Object) yield break;
        foreach (Rejection broken in LocationShape.Check(location, $"{path}.user_location")) yield return broken;
        if (location.GetText("type") != "approximate")
        {
            yield return Rejection.WrongValue($"{path}.user_location.type", location.GetText("type"), ["approximate"]);
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}\\z")]
    private static partial Regex NamePattern();
}
