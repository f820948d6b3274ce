using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>The edge cases of the request conversion, as the specification lists them.</summary>
public sealed class ChatRequestCasesTests
{
    private static readonly JsonElement[] Cases =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ChatCompletions", "chat-request-cases.json"))).EnumerateArray()];

    public static IEnumerable<TheoryDataRow<string, string>> Titles =>
        Cases.Select(static one => new TheoryDataRow<string, string>(one.GetProperty("id").GetString()!, one.GetProperty("title").GetString()!));

    [Fact]
    public void All_fourteen_cases_are_there() => Assert.Equal(Enumerable.Range(1, 14).Select(static n => $"C{n}"), Cases.Select(static one => one.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Request_case(string id, string title)
    {
        Assert.NotEmpty(title);
        var one = Array.Find(Cases, one => one.GetProperty("id").GetString() == id);
        var (body, _, error) = Chat.Convert(SpellOut(one.GetProperty("input")));
        foreach (var expected in one.GetProperty("expected").EnumerateObject())
        {
            switch (expected.Name)
            {
                case "status": Assert.Equal(expected.Value.GetInt32(), error!.Status); break;
                case "error": Converted.Same(expected.Value, Chat.Envelope(error!).GetProperty("error")); break;
                case "absent": Assert.All(expected.Value.EnumerateArray(), name => Assert.False(body.TryGetProperty(name.GetString()!, out _))); break;
                case "tools" when expected.Value[0].ValueKind == JsonValueKind.String:
                    Assert.Equal(expected.Value.EnumerateArray().Select(static t => t.GetString()), body.GetProperty("tools").EnumerateArray().Select(static t => t.GetProperty("name").GetString()));
                    break;
                default:
                    Assert.Null(error);
                    Converted.Same(expected.Value, body.GetProperty(expected.Name));
                    break;
            }
        }
    }

    /// <summary>Tools given by their names alone become whole definitions.</summary>
    private static string SpellOut(JsonElement input)
    {
        var request = JsonNode.Parse(input.GetRawText())!.AsObject();
        if (request["tools"] is not JsonArray tools || tools[0] is not JsonValue) return request.ToJsonString();
        request["tools"] = new JsonArray([.. tools.Select(static name => new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name!.DeepClone() },
        })]);
        return request.ToJsonString();
    }
}
