using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>The edge cases of the stream conversion, as the specification lists them.</summary>
public sealed class StreamCasesTests
{
    private static readonly JsonElement[] Cases =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CodexToMessages", "stream-cases.json"))).RootElement.EnumerateArray()];

    public static IEnumerable<TheoryDataRow<string, string>> Names =>
        Cases.Select(static c => new TheoryDataRow<string, string>(c.GetProperty("id").GetString()!, c.GetProperty("title").GetString()!));

    [Theory]
    [MemberData(nameof(Names))]
    public void Stream_case(string id, string title)
    {
        var testCase = Cases.Single(c => c.GetProperty("id").GetString() == id);
        var expected = testCase.GetProperty("expected");
        var streamed = SampleTurn.Stream(ContextOf(testCase.GetProperty("context")), UpstreamScript.Expand(testCase.GetProperty("upstream")));
        var actual = Shorten(streamed, expected);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.GetRawText()), actual), $"{id} {title}\nexpected {expected.GetRawText()}\nactual   {actual.ToJsonString()}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_stream_folds_into_the_single_message(string id, string title)
    {
        var testCase = Cases.Single(c => c.GetProperty("id").GetString() == id);
        var context = ContextOf(testCase.GetProperty("context"));
        var events = UpstreamScript.Expand(testCase.GetProperty("upstream")).ToList();
        var streamed = SampleTurn.Stream(context, events);
        var (message, error) = SampleTurn.Message(ContextOf(testCase.GetProperty("context")), events);
        if (streamed.HttpError is not null || streamed.Events[^1].Name == "error")
        {
            Assert.NotNull(error);
            return;
        }

        Assert.Null(error);
        MessageFolding.AssertFoldsInto(streamed.Events, message!.Value, $"{id} {title}");
    }

    private static TurnContext ContextOf(JsonElement context)
    {
        var thinking = !context.TryGetProperty("thinking", out var visible) || visible.GetBoolean()
            ? context.TryGetProperty("display", out _) ? ThinkingDisplay.Omitted : ThinkingDisplay.Shown
            : ThinkingDisplay.Hidden;
        return SampleTurn.Context(
            thinking,
            stops: context.TryGetProperty("stop", out var stop) ? [.. stop.EnumerateArray().Select(static s => s.GetString()!)] : [],
            max: context.TryGetProperty("max", out var max) ? max.GetInt32() : null,
            names: context.TryGetProperty("rev", out var rev) ? rev.EnumerateObject().ToDictionary(static p => p.Name, static p => NameOf(p.Value)) : null,
            tools: context.TryGetProperty("schemas", out var schemas)
                ? schemas.EnumerateObject().ToDictionary(static p => p.Name, static p => new ToolFacts { Schema = p.Value })
                : null,
            serial: context.TryGetProperty("serial", out var serial) && serial.GetBoolean(),
            search: context.TryGetProperty("max_uses", out var uses) ? new WebSearchFacts { MaxUses = uses.GetInt32() } : null);
    }

    private static ClientToolName NameOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? new(value[0].GetString()!, value[1].GetString()) : new(value.GetString()!);

    private static JsonArray Shorten(SampleTurn.Streamed streamed, JsonElement expected)
    {
        if (streamed.HttpError is { } error) return new JsonArray(new JsonArray("http", error.Status, AnthropicError.Word(error.Type)));

        List<JsonNode?> steps = [];
        foreach (var (name, data) in streamed.Events)
        {
            var wanted = steps.Count < expected.GetArrayLength() ? expected[steps.Count] : default;
            switch (name)
            {
                case "content_block_start": steps.Add(new JsonArray("start", data.GetProperty("index").GetInt32(), Block(data, wanted))); break;
                case "content_block_stop": steps.Add(new JsonArray("stop", data.GetProperty("index").GetInt32())); break;
                case "content_block_delta": steps.Add(Delta(data)); break;
                case "message_delta": steps.Add(End(data, wanted)); break;
                case "error": steps.Add(new JsonArray("error", data.GetProperty("error").GetProperty("type").GetString())); break;
            }
        }

        return new JsonArray([.. steps]);
    }

    // The specification names only the members that tell blocks apart.
    private static JsonObject Block(JsonElement data, JsonElement wanted)
    {
        var block = data.GetProperty("content_block");
        var result = new JsonObject();
        if (wanted.ValueKind != JsonValueKind.Array || wanted.GetArrayLength() < 3 || wanted[2].ValueKind != JsonValueKind.Object) return result;
        foreach (var member in wanted[2].EnumerateObject())
        {
            if (!block.TryGetProperty(member.Name, out var value)) continue;
            result[member.Name] = member.Name == "content" && value.ValueKind == JsonValueKind.Array
                ? new JsonArray([.. value.EnumerateArray().Select(static hit => (JsonNode)hit.GetProperty("url").GetString()!)])
                : JsonNode.Parse(value.GetRawText());
        }

        return result;
    }

    private static JsonArray Delta(JsonElement data)
    {
        var delta = data.GetProperty("delta");
        var (kind, text) = delta.GetProperty("type").GetString() switch
        {
            "text_delta" => ("text", delta.GetProperty("text")),
            "thinking_delta" => ("think", delta.GetProperty("thinking")),
            "signature_delta" => ("sig", delta.GetProperty("signature")),
            "input_json_delta" => ("json", delta.GetProperty("partial_json")),
            _ => ("cite", delta.GetProperty("citation").GetProperty("url")),
        };
        return new JsonArray(kind, data.GetProperty("index").GetInt32(), text.GetString());
    }

    private static JsonArray End(JsonElement data, JsonElement wanted)
    {
        var delta = data.GetProperty("delta");
        var end = new JsonArray("end", delta.GetProperty("stop_reason").GetString());
        if (wanted.ValueKind != JsonValueKind.Array || wanted.GetArrayLength() < 3) return end;

        var extra = new JsonObject();
        foreach (var member in wanted[2].EnumerateObject())
        {
            extra[member.Name] = member.Name switch
            {
                "stop_sequence" => delta.GetProperty("stop_sequence").GetString(),
                "web_search_requests" => data.GetProperty("usage").GetProperty("server_tool_use").GetProperty("web_search_requests").GetInt32(),
                _ => Usage(data.GetProperty("usage"), member.Value),
            };
        }

        end.Add((JsonNode)extra);
        return end;
    }

    private static JsonObject Usage(JsonElement usage, JsonElement wanted)
    {
        var result = new JsonObject();
        foreach (var member in wanted.EnumerateObject())
        {
            result[member.Name] = member.Name == "thinking_tokens"
                ? usage.GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt32()
                : usage.GetProperty(member.Name).GetInt32();
        }

        return result;
    }
}
