using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>Whether the model may, must or must not call a tool, and which.</summary>
internal sealed record ChatToolChoice
{
    /// <summary><c>auto</c>, <c>required</c> or <c>none</c>.</summary>
    public string Mode { get; private init; } = "auto";

    /// <summary>The one tool the model must call.</summary>
    public string? Forced { get; private init; }

    /// <summary>The forced tool takes free-form input.</summary>
    public bool ForcesCustom { get; private init; }

    /// <summary>The model may use no others; null when it may use all.</summary>
    private HashSet<string>? Allowed { get; init; }

    public bool Allows(string name) => Allowed is null || Allowed.Contains(name);

    public static ChatToolChoice Read(JsonElement root)
    {
        var choice = root.Member("tool_choice"u8);
        if (choice.IsString()) return Word(choice.GetString()!);
        if (choice.IsObject()) return OfObject(choice);

        // The old kind: a word, or an object with nothing but a name.
        var call = root.Member("function_call"u8);
        if (call.IsString()) return Word(call.GetString()!);
        return call.IsObject() ? Named(call, isCustom: false) : new ChatToolChoice();
    }

    public void Write(Conversion conversion, Utf8JsonWriter writer)
    {
        if (Forced is null || conversion.Refuses("tool_choice"))
        {
            writer.WriteString("tool_choice"u8, Forced is null ? Mode : "required");
            return;
        }

        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, ForcesCustom ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, conversion.Names.Upstream(Forced));
        writer.WriteEndObject();
    }

    private static ChatToolChoice Word(string word) => word is "auto" or "none" or "required"
        ? new ChatToolChoice { Mode = word }
        : throw ChatRules.Refused($"Invalid value: '{word}'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value");

    private static ChatToolChoice OfObject(JsonElement choice)
    {
        switch (choice.Text("type"u8))
        {
            // Only the wrapped forms are in the types; the flat ones belong to the Responses API and mean the same.
            case "function": return Named(choice.Member("function"u8) is { ValueKind: JsonValueKind.Object } function ? function : choice, isCustom: false);
            case "custom": return Named(choice.Member("custom"u8) is { ValueKind: JsonValueKind.Object } custom ? custom : choice, isCustom: true);
            case "allowed_tools":
                var allowed = choice.Member("allowed_tools"u8).IsObject() ? choice.Member("allowed_tools"u8) : choice;
                return Word(allowed.Text("mode"u8) ?? "auto") with { Allowed = NamesOf(allowed.Member("tools"u8)) };
            case var other:
                throw ChatRules.Refused($"Invalid value: '{other}'. Supported values are: 'allowed_tools', 'function', and 'custom'.", "tool_choice.type", "invalid_value");
        }
    }

    private static ChatToolChoice Named(JsonElement named, bool isCustom) => named.Text("name"u8) is { Length: > 0 } name
        ? new ChatToolChoice { Mode = "required", Forced = name, ForcesCustom = isCustom }
        : throw ChatRules.Refused("Missing required parameter: 'tool_choice.function.name'.", "tool_choice", "missing_required_parameter");

    private static HashSet<string> NamesOf(JsonElement tools) => !tools.IsArray() ? [] :
        [.. tools.EnumerateArray().Select(static tool => tool.Member("function"u8).Text("name"u8) ?? tool.Member("custom"u8).Text("name"u8) ?? tool.Text("name"u8)).OfType<string>()];
}
