using System.Text.Json;

namespace FakeCodex;

/// <summary>The model API's checks of everything outside of input and tools.</summary>
internal static class EnvelopeRules
{
    private static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    private static readonly string[] Summaries = ["auto", "concise", "detailed"];
    private static readonly string[] Contexts = ["all_turns", "current_turn"];
    private static readonly string[] Includes = ["reasoning.encrypted_content", "web_search_call.action.sources"];
    private static readonly string[] Verbosities = ["low", "medium", "high"];
    private static readonly string[] Formats = ["text", "json_object", "json_schema"];

    private static readonly Shape ReasoningShape = Shape.Of("", "effort summary context");
    private static readonly Shape TextShape = Shape.Of("", "verbosity format");
    private static readonly Shape SchemaFormatShape = Shape.Of("type name schema", "strict description");

    public static IEnumerable<Rejection> Check(RuleContext context) =>
        Lengths(context.Body)
            .Concat(Reasoning(context))
            .Concat(Include(context.Body))
            .Concat(TextOptions(context))
            .Concat(Metadata(context.Body));

    private static IEnumerable<Rejection> Lengths(JsonElement body)
    {
        if (body.Get("input").GetArrayLength() == 0)
        {
            yield return Rejection.Error(
                """One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.""",
                "input", "missing_required_parameter");
        }
        JsonElement key = body.Get("prompt_cache_key");
        if (key.ValueKind == JsonValueKind.Undefined) yield break;
        if (key.AsText() is not { } text) yield return Rejection.WrongType("prompt_cache_key", "a string", key);
        else if (text.Length > 64) yield return Rejection.TooLong("prompt_cache_key", 64, text.Length);
    }

    private static IEnumerable<Rejection> Reasoning(RuleContext context)
    {
        JsonElement reasoning = context.Body.Get("reasoning");
        if (reasoning.IsAbsentOrNull()) yield break;
        if (reasoning.ValueKind != JsonValueKind.Object)
        {
            yield return Rejection.WrongType("reasoning", "an object", reasoning);
            yield break;
        }
        foreach (Rejection broken in ReasoningShape.Check(reasoning, "reasoning")) yield return broken;
        foreach (Rejection broken in OneOf(reasoning, "reasoning", "effort", Efforts)) yield return broken;
        foreach (Rejection broken in OneOf(reasoning, "reasoning", "summary", Summaries)) yield return broken;
        foreach (Rejection broken in OneOf(reasoning, "reasoning", "context", Contexts)) yield return broken;

        // A level that exists, but not for this model.
        if (reasoning.GetText("effort") is { } effort && !context.Model!.Efforts.Contains(effort))
        {
            yield return Rejection.Error(
                $"Unsupported value: '{effort}' is not supported with the '{context.Model.Slug}' model. "
                + $"Supported values are: {Rejection.Sentence(context.Model.Efforts)}.",
                "reasoning.effort", "unsupported_value");
        }
    }

    private static IEnumerable<Rejection> Include(JsonElement body)
    {
        JsonElement include = body.Get("include");
        if (include.IsAbsentOrNull()) yield break;
        if (include.ValueKind != JsonValueKind.Array) yield return Rejection.WrongType("include", "an array of strings", include);
        foreach ((int index, JsonElement value) in include.Items().Index())
        {
            if (!Includes.Contains(value.AsText())) yield return Rejection.WrongValue($"include[{index}]", value.ToString(), Includes);
        }
    }

    private static IEnumerable<Rejection> TextOptions(RuleContext context)
    {
        JsonElement text = context.Body.Get("text");
        if (text.IsAbsentOrNull()) yield break;
        if (text.ValueKind != JsonValueKind.Object)
        {
            yield return Rejection.WrongType("text", "an object", text);
            yield break;
        }
        foreach (Rejection broken in TextShape.Check(text, "text")) yield return broken;
        foreach (Rejection broken in OneOf(text, "text", "verbosity", Verbosities)) yield return broken;
        if (text.Has("verbosity") && !context.Model!.SupportsVerbosity)
        {
            yield return Rejection.Error(
                "Unsupported parameter: 'text.verbosity' is not supported with this model.",
                "text.verbosity", "unsupported_parameter");
        }

        JsonElement format = text.Get("format");
        if (format.IsAbsentOrNull()) yield break;
        if (!Formats.Contains(format.GetText("type")))
        {
            yield return Rejection.WrongValue("text.format.type", format.GetText("type"), Formats);
        }
        if (format.GetText("type") != "json_schema") yield break;
        foreach (Rejection broken in SchemaFormatShape.Check(format, "text.format")) yield return broken;
        if (!ToolRules.IsName(format.GetText("name"))) yield return Rejection.NotAName("text.format.name");
        JsonElement schema = format.Get("schema");
        if (schema.ValueKind != JsonValueKind.Object) yield return Rejection.WrongType("text.format.schema", "an object", schema);
        foreach (string fault in SchemaRules.PatternFaults(schema))
        {
            yield return Rejection.Error(
                $"Invalid schema for response_format '{format.GetText("name")}': {fault}",
                "text.format.schema", "invalid_json_schema");
        }
        // Here, unlike in tools, the schema is free unless it is called strict.
        if (format.Get("strict").ValueKind != JsonValueKind.True) yield break;
        foreach (string fault in SchemaRules.Faults(schema, strict: true))
        {
            yield return Rejection.Error(
                $"Invalid schema for response_format '{format.GetText("name")}': {fault}",
                "text.format.schema", "invalid_json_schema");
        }
    }

    private static IEnumerable<Rejection> Metadata(JsonElement body)
    {
        JsonElement parallel = body.Get("parallel_tool_calls");
        if (parallel.ValueKind != JsonValueKind.Undefined && !parallel.IsBoolean())
        {
            yield return Rejection.WrongType("parallel_tool_calls", "a boolean", parallel);
        }

        JsonElement metadata = body.Get("client_metadata");
        if (metadata.IsAbsentOrNull()) yield break;
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            yield return Rejection.WrongType("client_metadata", "an object", metadata);
            yield break;
        }
        foreach (JsonProperty member in metadata.EnumerateObject())
        {
            if (member.Value.AsText() is null) yield return Rejection.WrongType($"client_metadata.{member.Name}", "a string", member.Value);
        }
    }

    private static IEnumerable<Rejection> OneOf(JsonElement owner, string path, string name, string[] values)
    {
        if (owner.Has(name) && !values.Contains(owner.GetText(name)))
        {
            yield return Rejection.WrongValue($"{path}.{name}", owner.Get(name).ToString(), values);
        }
    }
}
