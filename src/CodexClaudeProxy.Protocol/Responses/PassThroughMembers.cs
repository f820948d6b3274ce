using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The members of the request that go along, but for what of them the backend would refuse.</summary>
internal static class PassThroughMembers
{
    public static void WriteParallel(Conversion conversion, Utf8JsonWriter writer)
    {
        var given = conversion.Root.Member("parallel_tool_calls"u8);
        if (conversion.Refuses("parallel_tool_calls")) return;
        if (conversion.Lite) writer.WriteBoolean("parallel_tool_calls"u8, false);
        else if (given.ValueKind is JsonValueKind.True or JsonValueKind.False) writer.WriteBoolean("parallel_tool_calls"u8, given.GetBoolean());
    }

    public static Effort EffortOf(JsonElement root, ModelProfile profile, ConversionOptions options)
    {
        if (profile.Efforts.Count == 0) return Effort.None;
        var given = root.Member("reasoning"u8).Text("effort"u8);
        if (given is not null && (!Efforts.TryParse(given, out var parsed) || parsed > Effort.Max))
            throw PassThroughRequest.Refused($"Invalid value: '{given}'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.", "reasoning.effort", "invalid_value");
        var wanted = options.FixedEffort ?? (Efforts.TryParse(given, out var effort) ? effort : profile.DefaultEffort);
        return Efforts.Clamp(wanted, profile.Efforts);
    }

    public static void WriteReasoning(Conversion conversion, Utf8JsonWriter writer)
    {
        var given = conversion.Root.Member("reasoning"u8);
        if (conversion.Profile.Efforts.Count == 0 || conversion.Refuses("reasoning")) return;
        var effort = (given.Member("effort"u8).Exists() || conversion.Options.FixedEffort is not null) && !conversion.Refuses("reasoning.effort");
        if (!given.IsObject() && !effort && !conversion.Lite) return;

        writer.WriteStartObject("reasoning"u8);
        if (effort) writer.WriteString("effort"u8, conversion.Effort.Word());
        if (given.IsObject())
        {
            foreach (var member in given.EnumerateObject())
            {
                if (member.NameEquals("effort"u8) || (member.NameEquals("context"u8) && conversion.Lite) || conversion.Refuses("reasoning." + member.Name)) continue;
                // The older name of the summary, which the backend does not know.
                var isSummary = member.NameEquals("summary"u8) || member.NameEquals("generate_summary"u8);
                if (isSummary && (!conversion.Profile.Summaries || member.Value.ValueKind == JsonValueKind.Null)) continue;
                writer.WritePropertyName(isSummary ? "summary" : member.Name);
                RawJson.Write(member.Value, writer);
            }
        }

        if (conversion.Lite && !conversion.Refuses("reasoning.context")) writer.WriteString("context"u8, "all_turns"u8);
        writer.WriteEndObject();
    }

    public static void WriteInclude(Conversion conversion, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("include"u8);
        writer.WriteStringValue("reasoning.encrypted_content"u8);
        if (conversion.Root.Member("include"u8) is { ValueKind: JsonValueKind.Array } given && !conversion.Refuses("include"))
        {
            foreach (var value in given.EnumerateArray())
            {
                if (value.IsString() && value.GetString() is "web_search_call.action.sources" or "web_search_call.results" && value.GetString() is { } name) writer.WriteStringValue(name);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>As it is, but for the schema of the answer, which has to be one the backend takes.</summary>
    public static void WriteText(Conversion conversion, Utf8JsonWriter writer)
    {
        var format = conversion.Root.Member("text"u8).Member("format"u8);
        if (format.Text("type"u8) != "json_schema" || !format.Member("schema"u8).IsObject())
        {
            Copy(conversion, "text", writer);
            return;
        }

        if (conversion.Refuses("text")) return;
        writer.WriteStartObject("text"u8);
        foreach (var member in conversion.Root.GetProperty("text"u8).EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("format"u8)) WriteFormat(conversion, format, writer);
            else RawJson.Write(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteFormat(Conversion conversion, JsonElement format, Utf8JsonWriter writer)
    {
        using var schema = new WrittenSchema();
        schema.Write(format.GetProperty("schema"u8), conversion.Options);
        writer.WriteStartObject();
        foreach (var member in format.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("schema"u8)) writer.WriteRawValue(schema.Written, skipInputValidation: true);
            else if (member.NameEquals("strict"u8) && schema.IsReduced) writer.WriteBooleanValue(member.Value.ValueKind == JsonValueKind.True && schema.FitsStrictMode);
            else RawJson.Write(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    public static void Copy(Conversion conversion, string name, Utf8JsonWriter writer)
    {
        if (conversion.Refuses(name) || !conversion.Root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return;
        writer.WritePropertyName(name);
        RawJson.Write(value, writer);
    }
}
