using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;

/// <summary>
/// The edits of <c>context_management</c>. The clearing of old thinking is always carried out, that of old tool results where
/// it is switched on (<see cref="ToolClearing"/>): it rewrites the past and with it the prompt cache.
/// </summary>
internal static class ContextEdits
{
    /// <summary>How many of the most recent turns with thinking keep their reasoning.</summary>
    public static int ThinkingTurnsKept(Conversion conversion)
    {
        var kept = int.MaxValue;
        if (conversion.Root.Member("context_management"u8).Member("edits"u8) is not { ValueKind: JsonValueKind.Array } edits) return kept;
        foreach (var edit in edits.EnumerateArray())
        {
            switch (edit.Text("type"u8))
            {
                case "clear_thinking_20251015":
                    var keep = edit.Member("keep"u8);
                    if (keep.Text("type"u8) == "thinking_turns" && keep.Member("value"u8) is { ValueKind: JsonValueKind.Number } value &&
                        value.TryGetInt32(out var turns)) kept = Math.Max(turns, 0);
                    break;
                case ToolClearing.Type or "compact_20260112":
                    break;
                case var other:
                    conversion.NoteUnknown(other ?? "edit without type");
                    break;
            }
        }

        return kept;
    }
}
