using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Folds an event stream into a message by the rules of the client libraries.</summary>
internal static class MessageFolding
{
    public static void AssertFoldsInto(IReadOnlyList<(string Name, JsonElement Data)> events, JsonElement message, string about)
    {
        var folded = Fold(events);
        var expected = JsonNode.Parse(message.GetRawText())!.AsObject();
        foreach (var name in new[] { "content", "stop_reason", "stop_sequence", "stop_details", "model", "role", "type", "id" })
        {
            Assert.True(JsonNode.DeepEquals(expected[name], folded[name]), $"{about}: {name}\nmessage {expected[name]?.ToJsonString()}\nfolded  {folded[name]?.ToJsonString()}");
        }

        foreach (var name in new[] { "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "server_tool_use" })
            Assert.True(JsonNode.DeepEquals(expected["usage"]![name], folded["usage"]![name]), $"{about}: usage.{name}");
    }

    public static JsonObject Fold(IReadOnlyList<(string Name, JsonElement Data)> events)
    {
        var message = new JsonObject();
        var content = new JsonArray();
        Dictionary<int, string> inputs = [];
        foreach (var (name, data) in events)
        {
            var json = JsonNode.Parse(data.GetRawText())!.AsObject();
            switch (name)
            {
                case "message_start":
                    message = json["message"]!.DeepClone().AsObject();
                    break;
                case "content_block_start":
                    Assert.Equal(content.Count, json["index"]!.GetValue<int>());
                    content.Add(json["content_block"]!.DeepClone());
                    break;
                case "content_block_delta":
                    Apply(content[json["index"]!.GetValue<int>()]!.AsObject(), json["delta"]!.AsObject(), json["index"]!.GetValue<int>(), inputs);
                    break;
                case "content_block_stop" when inputs.TryGetValue(json["index"]!.GetValue<int>(), out var input):
                    content[json["index"]!.GetValue<int>()]!["input"] = ParseOrEmpty(input);
                    break;
                case "message_delta":
                    foreach (var (key, value) in json["delta"]!.AsObject()) message[key] = value?.DeepClone();
                    foreach (var (key, value) in json["usage"]!.AsObject()) message["usage"]![key] = value?.DeepClone();
                    break;
            }
        }

        message["content"] = content;
        return message;
    }

    private static void Apply(JsonObject block, JsonObject delta, int index, Dictionary<int, string> inputs)
    {
        switch (delta["type"]!.GetValue<string>())
        {
            case "text_delta": block["text"] = block["text"]!.GetValue<string>() + delta["text"]!.GetValue<string>(); break;
            case "thinking_delta": block["thinking"] = block["thinking"]!.GetValue<string>() + delta["thinking"]!.GetValue<string>(); break;
            case "signature_delta": block["signature"] = delta["signature"]!.DeepClone(); break;
            case "input_json_delta": inputs[index] = inputs.GetValueOrDefault(index, "") + delta["partial_json"]!.GetValue<string>(); break;
            case "citations_delta":
                if (block["citations"] is not JsonArray) block["citations"] = new JsonArray();
                block["citations"]!.AsArray().Add((JsonNode)delta["citation"]!.DeepClone());
                break;
        }
    }

    // A call cut off by the token limit has no input a message could hold.
    private static JsonNode? ParseOrEmpty(string input)
    {
        try
        {
            return input.Length == 0 ? new JsonObject() : JsonNode.Parse(input);
        }
        catch (JsonException)
        {
            return new JsonObject();
        }
    }
}
