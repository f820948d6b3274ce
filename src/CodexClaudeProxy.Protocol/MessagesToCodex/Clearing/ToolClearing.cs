using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;

/// <summary>
/// The edit <c>clear_tool_uses_20250919</c> as the client wants it: from what size on, and which results of old tool calls may go.
/// </summary>
internal sealed class ToolClearing
{
    public const string Type = "clear_tool_uses_20250919";

    private const string InTokens = "input_tokens";
    private const string InUses = "tool_uses";

    private readonly HashSet<string> _excluded;
    private readonly bool _clearsAllInputs;
    private readonly HashSet<string> _clearedInputs;

    private ToolClearing(JsonElement edit, string path)
    {
        var (unit, value) = Amount(edit, "trigger", path, least: 1, InTokens, InUses) ?? (InTokens, 100_000);
        (TriggerTokens, TriggerUses) = unit == InTokens ? (value, 0) : (0, value);
        Keep = Amount(edit, "keep", path, least: 0, InUses)?.Value ?? 3;
        ClearAtLeast = Amount(edit, "clear_at_least", path, least: 0, InTokens)?.Value ?? 0;
        _excluded = Names(edit, "exclude_tools", path, "list");
        _clearsAllInputs = edit.IsTrue("clear_tool_inputs"u8);
        var wantsNone = edit.Member("clear_tool_inputs"u8).ValueKind == JsonValueKind.False;
        _clearedInputs = _clearsAllInputs || wantsNone ? [] : Names(edit, "clear_tool_inputs", path, "boolean or list");
    }

    /// <summary>The input tokens from which on results are cleared; 0 where it is not their number that counts.</summary>
    public int TriggerTokens { get; }

    /// <summary>The same as a number of tool uses.</summary>
    public int TriggerUses { get; }

    /// <summary>How many of the most recent uses stay.</summary>
    public int Keep { get; }

    /// <summary>How many tokens must become free at a time.</summary>
    public int ClearAtLeast { get; }

    public bool Excludes(string tool) => _excluded.Contains(tool);

    public bool ClearsInputOf(string tool) => _clearsAllInputs || _clearedInputs.Contains(tool);

    /// <summary>The edit of the request, or null when it has none. Of several the first counts, and all must be sound.</summary>
    public static ToolClearing? Of(JsonElement root)
    {
        ToolClearing? first = null;
        if (root.Member("context_management"u8).Member("edits"u8) is not { ValueKind: JsonValueKind.Array } edits) return first;
        var at = -1;
        foreach (var edit in edits.EnumerateArray())
        {
            at++;
            if (edit.Text("type"u8) != Type) continue;
            var read = new ToolClearing(edit, $"context_management.edits.{at}");
            first ??= read;
        }

        return first;
    }

    private static (string Unit, int Value)? Amount(JsonElement edit, string name, string path, int least, params string[] units)
    {
        if (!edit.TryGetProperty(name, out var amount) || amount.ValueKind == JsonValueKind.Null) return null;
        path = $"{path}.{name}";
        if (!amount.IsObject()) throw new InvalidRequestException($"{path}: Input should be a valid dictionary");

        if (!amount.Member("type"u8).Exists()) throw new InvalidRequestException($"{path}.type: Field required");
        if (amount.Text("type"u8) is not { } unit || !units.Contains(unit))
            throw new InvalidRequestException($"{path}.type: Input should be '{string.Join("' or '", units)}'");

        var value = amount.Member("value"u8);
        if (!value.Exists()) throw new InvalidRequestException($"{path}.value: Field required");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
            throw new InvalidRequestException($"{path}.value: Input should be a valid integer");
        if (number < least) throw new InvalidRequestException($"{path}.value: Input should be greater than or equal to {least}");
        return (unit, (int)Math.Min(number, int.MaxValue));
    }

    private static HashSet<string> Names(JsonElement edit, string name, string path, string kind)
    {
        if (!edit.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (!list.IsArray()) throw new InvalidRequestException($"{path}.{name}: Input should be a valid {kind}");

        HashSet<string> names = [];
        var at = -1;
        foreach (var entry in list.EnumerateArray())
        {
            at++;
            if (!entry.IsString()) throw new InvalidRequestException($"{path}.{name}.{at}: Input should be a valid string");
            names.Add(entry.GetString()!);
        }

        return names;
    }
}
