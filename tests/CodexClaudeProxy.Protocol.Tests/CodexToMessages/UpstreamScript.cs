using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Spells out the shorthand in which upstream streams are written in stream-cases.json.</summary>
internal static class UpstreamScript
{
    public static readonly byte[] Created = Event("response.created", ("response", JsonNode.Parse("""{"id":"resp_0a1b","model":"gpt-5.6"}""")));

    /// <summary>The events of a script; null stands for the end of the connection.</summary>
    public static IEnumerable<byte[]?> Expand(JsonElement script)
    {
        yield return Created;
        foreach (var step in script.EnumerateArray()) yield return Expand([.. step.EnumerateArray()]);
    }

    /// <summary>Events in full, behind the one every stream begins with.</summary>
    public static IEnumerable<byte[]?> Raw(params string[] events) => [Created, .. events.Select(System.Text.Encoding.UTF8.GetBytes)];

    public static byte[] Event(string type, params (string Name, JsonNode? Value)[] members)
    {
        var json = new JsonObject { ["type"] = type };
        foreach (var (name, value) in members) json[name] = value?.DeepClone();
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static byte[]? Expand(JsonElement[] step)
    {
        JsonNode? Arg(int i) => JsonNode.Parse(step[i].GetRawText());
        var index = ("output_index", step.Length > 1 && step[1].ValueKind == JsonValueKind.Number ? Arg(1) : null);
        return step[0].GetString() switch
        {
            "added" => Event("response.output_item.added", index, ("item", Arg(2))),
            "done" => Event("response.output_item.done", index, ("item", Arg(2))),
            "text" => Event("response.output_text.delta", index, ("content_index", step.Length > 3 ? Arg(3) : 0), ("delta", Arg(2))),
            "refusal" => Event("response.refusal.delta", index, ("content_index", 0), ("delta", Arg(2))),
            "args" => Event("response.function_call_arguments.delta", index, ("delta", Arg(2))),
            "argsdone" => Event("response.function_call_arguments.done", index, ("arguments", Arg(2))),
            "sum" => Event("response.reasoning_summary_text.delta", index, ("summary_index", Arg(2)), ("delta", Arg(3))),
            "ann" => Event("response.output_text.annotation.added", index, ("annotation", Arg(2))),
            "completed" => Event("response.completed", ("response", Arg(1))),
            "incomplete" => Event("response.incomplete", ("response", Arg(1))),
            "failed" => Event("response.failed", ("response", new JsonObject { ["error"] = Arg(1) })),
            "eof" => null,
            var other => throw new InvalidDataException($"unknown step '{other}'"),
        };
    }
}
