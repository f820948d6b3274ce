using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>Whatever upstream sends, the chunks folded by the client libraries' rules are the single completion.</summary>
public sealed class ChatFoldingTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "upstream-sse");

    private static readonly JsonElement[] Cases =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CodexToMessages", "stream-cases.json"))).EnumerateArray()];

    public static IEnumerable<TheoryDataRow<string>> Recordings => Directory.EnumerateFiles(Folder, "*.sse").Order(StringComparer.Ordinal)
        .Select(static file => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(file)));

    public static IEnumerable<TheoryDataRow<string>> Scripts => Cases.Select(static one => new TheoryDataRow<string>(one.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recorded_stream(string name) => AssertFolds(SampleTurn.Frames(File.ReadAllBytes(Path.Combine(Folder, name + ".sse"))));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_scripted_stream(string id) =>
        AssertFolds([.. UpstreamScript.Expand(Array.Find(Cases, one => one.GetProperty("id").GetString() == id).GetProperty("upstream"))]);

    private static void AssertFolds(IReadOnlyList<byte[]?> events)
    {
        foreach (var form in new[] { new ChatForm(), new ChatForm { ReasoningDetails = true, IncludeUsage = true }, new ChatForm { LegacyFunctions = true } })
        {
            TurnContext Context() => SampleTurn.Context(serial: form.LegacyFunctions);
            var chunks = Chat.Stream(Context(), events, form);
            var (completion, error) = Chat.Complete(Context(), events, form);
            if (error is not null)
            {
                Assert.NotNull(chunks[^1]["error"]);
                continue;
            }

            var expected = JsonNode.Parse(completion.GetRawText())!.AsObject();
            var folded = Fold(chunks);
            var message = expected["choices"]![0]!["message"]!.AsObject();
            if (message["annotations"]!.AsArray().Count == 0) message.Remove("annotations");
            foreach (var (member, value) in message)
                Assert.True(JsonNode.DeepEquals(value, folded["message"]![member]), $"{member}\nexpected {value?.ToJsonString()}\nfolded   {folded["message"]![member]?.ToJsonString()}");
            Assert.True(JsonNode.DeepEquals(expected["choices"]![0]!["finish_reason"], folded["finish_reason"]));
            if (form.IncludeUsage) Assert.True(JsonNode.DeepEquals(expected["usage"], folded["usage"]));
        }
    }

    private static JsonObject Fold(List<JsonNode> chunks)
    {
        Assert.Equal("[DONE]", chunks[^1].GetValue<string>());
        var message = new JsonObject();
        var result = new JsonObject { ["message"] = message };
        foreach (var chunk in chunks.SkipLast(1))
        {
            if (chunk["usage"] is { } usage) result["usage"] = usage.DeepClone();
            if (chunk["choices"]!.AsArray() is not [{ } choice]) continue;
            if (choice["finish_reason"] is { } reason) result["finish_reason"] = reason.DeepClone();
            Merge(message, choice["delta"]!.AsObject());
        }

        foreach (var call in message["tool_calls"]?.AsArray() ?? []) call!.AsObject().Remove("index");
        // An answer without text begins with an empty piece of it.
        if (message["content"] is JsonValue content && content.GetValue<string>().Length == 0) message["content"] = null;
        return result;
    }

    private static void Merge(JsonObject target, JsonObject delta)
    {
        foreach (var (name, value) in delta)
        {
            switch (value)
            {
                case JsonValue text when target[name] is JsonValue before && name is not ("role" or "id" or "type" or "index"):
                    target[name] = before.GetValue<string>() + text.GetValue<string>();
                    break;
                case JsonObject inner when target[name] is JsonObject before:
                    Merge(before, inner);
                    break;
                case JsonArray list when target[name] is JsonArray before && name == "tool_calls":
                    foreach (var call in list)
                    {
                        var index = call!["index"]!.GetValue<int>();
                        if (index < before.Count) Merge(before[index]!.AsObject(), call.AsObject());
                        else before.Add(call.DeepClone());
                    }

                    break;
                case JsonArray list when target[name] is JsonArray before:
                    foreach (var one in list) before.Add(one!.DeepClone());
                    break;
                default:
                    target[name] = value?.DeepClone();
                    break;
            }
        }
    }
}
