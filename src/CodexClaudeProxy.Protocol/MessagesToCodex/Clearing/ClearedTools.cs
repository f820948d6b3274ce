using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;

/// <summary>A call of the conversation and its result.</summary>
/// <param name="Number">Which call of the conversation it is, counted from 0.</param>
internal readonly record struct ToolUse(int Number, JsonElement Call, ToolResult Result)
{
    public string Name => Call.Text("name"u8)!;
}

/// <summary>
/// The tool uses one request shows without their results. What is chosen depends on the conversation alone, and a longer one
/// never takes a choice back.
/// </summary>
internal sealed class ClearedTools
{
    private readonly Dictionary<int, bool> _withInput = [];
    private int _tokens;

    private ClearedTools() { }

    public ClearedToolUses Sum => new(_withInput.Count, _tokens);

    public bool HasResult(int call) => _withInput.ContainsKey(call);

    /// <summary>The arguments of the call go as well.</summary>
    public bool HasInput(int call) => _withInput.GetValueOrDefault(call);

    /// <summary>The uses that may be cleared, the oldest first: those with a result, without the most recent and the excluded ones.</summary>
    /// <param name="uses">How many there are in all.</param>
    public static List<ToolUse> Candidates(ToolClearing edit, ConversationIndex index, out int uses)
    {
        List<ToolUse> old = [];
        var number = 0;
        foreach (var (call, message) in index.Calls())
        {
            if (index.TakeResult(call.Text("id"u8)!, message) is { } result) old.Add(new ToolUse(number, call, result));
            number++;
        }

        uses = old.Count;
        var kept = Math.Min(edit.Keep, uses);
        old.RemoveRange(uses - kept, kept);
        old.RemoveAll(use => edit.Excludes(use.Name));
        return old;
    }

    /// <summary>
    /// Takes the candidates in steps of what must become free at a time, so that between two steps the request begins with
    /// the same bytes. Null when there is not even one step.
    /// </summary>
    public static ClearedTools? Choose(ToolClearing edit, List<ToolUse> candidates, ToolWeights weights)
    {
        var cleared = new ClearedTools();
        List<ToolUse> step = [];
        var tokens = 0;
        foreach (var use in candidates)
        {
            step.Add(use);
            tokens += weights.Of(use, edit.ClearsInputOf(use.Name));
            if (tokens < edit.ClearAtLeast) continue;

            foreach (var taken in step) cleared._withInput[taken.Number] = edit.ClearsInputOf(taken.Name);
            cleared._tokens += tokens;
            step.Clear();
            tokens = 0;
        }

        return cleared._withInput.Count > 0 ? cleared : null;
    }
}
