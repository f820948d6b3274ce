using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>Where a client sends calls back without the reasoning that led to them.</summary>
internal static class LostReasoning
{
    /// <summary>
    /// The place of the first item of each stretch of the model's that leads to a call, and that call's id. Where the client sends
    /// reasoning of its own, nothing up to the next item that is not the model's.
    /// </summary>
    public static Dictionary<int, string> Find(IReadOnlyList<JsonElement> items)
    {
        Dictionary<int, string> places = [];
        List<(int First, string Call)> stretches = [];
        var first = -1;
        var own = false;
        for (var at = 0; at < items.Count; at++)
        {
            var item = items[at];
            if (!IsOfModel(item))
            {
                EndAnswer();
            }
            else if (item.Text("type"u8) == "reasoning")
            {
                own |= IsUsable(item);
            }
            else
            {
                if (first < 0) first = at;
                if (!PassThroughInput.IsCall(item)) continue;
                stretches.Add((first, PassThroughInput.IdOf(item)));
                first = -1;
            }
        }

        EndAnswer();
        return places;

        void EndAnswer()
        {
            if (!own) stretches.ForEach(stretch => places.Add(stretch.First, stretch.Call));
            stretches.Clear();
            (first, own) = (-1, false);
        }
    }

    /// <summary>Whether this is reasoning the backend could read.</summary>
    public static bool IsUsable(JsonElement item) => item.Text("type"u8) == "reasoning" && item.Text("encrypted_content"u8) is { Length: > 0 };

    private static bool IsOfModel(JsonElement item) =>
        !item.IsString() && !PassThroughInput.IsOutput(item) && (item.Text("type"u8) is { } type and not "message" || item.Text("role"u8) == "assistant");
}
