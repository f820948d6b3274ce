using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Protocol.Tests.Json;

/// <summary>A sound document with one value at a time replaced by one that nobody expects there.</summary>
internal static class OddJson
{
    private static readonly string[] Values = ["null", "7", "-1.5e300", "true", "false", "\"\"", "\"x\"", "\"\\ud800\"", "[]", "[7]", "[null]", "[[]]", "[{}]", "{}", "{\"type\":7}", "{\"type\":\"x\"}"];

    public static IEnumerable<string> Of(string json)
    {
        foreach (var path in PathsOf(JsonNode.Parse(json)!, []))
        {
            foreach (var value in Values)
            {
                // Half a surrogate pair has no node, so it is put in by text.
                var document = JsonNode.Parse(json)!;
                var parent = document;
                foreach (var step in path[..^1]) parent = step is int at ? parent![at] : parent![(string)step];
                if (path[^1] is int index) parent![index] = "@odd@";
                else parent![(string)path[^1]] = "@odd@";
                yield return document.ToJsonString().Replace("\"@odd@\"", value, StringComparison.Ordinal);
            }
        }
    }

    private static IEnumerable<object[]> PathsOf(JsonNode node, object[] path)
    {
        IEnumerable<(object Step, JsonNode? Value)> children = node switch
        {
            JsonObject members => members.Select(static member => ((object)member.Key, member.Value)),
            JsonArray elements => elements.Select(static (element, at) => ((object)at, element)),
            _ => [],
        };
        foreach (var (step, value) in children)
        {
            yield return [.. path, step];
            if (value is null) continue;
            foreach (var deeper in PathsOf(value, [.. path, step])) yield return deeper;
        }
    }
}
