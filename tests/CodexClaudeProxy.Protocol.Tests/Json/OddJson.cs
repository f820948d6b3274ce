using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Json;

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

    /// <summary>True when the request was carried into sound JSON; otherwise it was refused as the client's fault. Nothing else may happen.</summary>
    /// <param name="convert">Writes the request for the backend, or says why it cannot be carried.</param>
    public static bool Carries(string json, Func<byte[], PooledBuffer, ApiError?> convert)
    {
        try
        {
            using var body = new PooledBuffer();
            if (convert(Encoding.UTF8.GetBytes(json), body) is not { } error)
            {
                JsonDocument.Parse(body.WrittenMemory).Dispose();
                return true;
            }

            Assert.Equal((ApiErrorType.InvalidRequest, 400), (error.Type, error.Status));
            Assert.NotEmpty(error.Message);
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException(json, e);
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
