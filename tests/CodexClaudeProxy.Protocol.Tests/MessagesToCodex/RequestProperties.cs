using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>What must hold for every conversation, not only for the ones somebody thought of.</summary>
public sealed class RequestProperties
{
    private const string Signature = "cx1.eyJpIjoicnNfMSIsImEiOiJiYTM2YTRlZCIsIm0iOiJncHQtNS42IiwicyI6WzUsM119.gAAAAABexample000";

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 12],
        Gen.OneOf("größe", "a\nb\t\"c\" \\n", "😀 x", "<b>&'+", "\u2028\u0001z", "[tool error]", "error: x", "汉字"));

    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 80],
        Gen.OneOf("toolu_01", "call_abc|fc_123", "é", "a b", new string('x', 64), new string('x', 65)));

    /// <summary>One turn: what the assistant said and did, and what the user answered.</summary>
    private sealed record Turn(string[] Said, bool Thinks, (string Id, string Result, bool Failed, int Kind)[] Calls, string Answer, string? Note, bool Echoes);

    private static readonly Gen<Turn> Turns = Gen.Select(
        Texts.Array[0, 2], Gen.Bool,
        Gen.Select(Ids, Texts, Gen.Bool, Gen.Int[0, 3]).Array[0, 3],
        Texts, Texts.Null(), Gen.Bool,
        static (said, thinks, calls, answer, note, echoes) => new Turn(said, thinks, calls, answer, note, echoes));

    [Fact]
    public void The_same_request_gives_the_same_bytes() =>
        Turns.Array[0, 6].Sample(static turns =>
        {
            var messages = Messages(turns);
            return Convert(messages, strings: true).Bytes == Convert(messages, strings: true).Bytes;
        });

    [Fact]
    public void Strings_blocks_and_marks_make_no_difference() =>
        Turns.Array[0, 6].Sample(static turns =>
        {
            var messages = Messages(turns);
            Assert.Equal(Convert(messages, strings: true).Bytes, Convert(messages, strings: false).Bytes);
        });

    [Fact]
    public void A_longer_conversation_begins_with_the_bytes_of_the_shorter_one() =>
        Turns.Array[1, 7].Sample(static turns =>
        {
            var earlier = "";
            for (var count = 1; count <= turns.Length; count++)
            {
                var converted = Convert(Messages(turns[..count]), strings: count % 2 == 0);
                Assert.StartsWith(earlier, converted.InputBytes, StringComparison.Ordinal);
                earlier = converted.InputBytes;
            }
        });

    [Fact]
    public void It_does_so_with_reasoning_that_is_remembered_too() =>
        Turns.Array[1, 7].Sample(static turns =>
        {
            var earlier = "";
            for (var count = 1; count <= turns.Length; count++)
            {
                var converted = Convert(Messages(turns[..count]), strings: count % 2 == 0, Remembering);
                Assert.StartsWith(earlier, converted.InputBytes, StringComparison.Ordinal);
                earlier = converted.InputBytes;
            }
        });

    /// <summary>Something in front of two calls of three, some of it before words.</summary>
    private static readonly ConversionOptions Remembering = Converted.Options with
    {
        RecallReasoning = static (_, call) => (call.Length % 3) switch
        {
            0 => [],
            1 => [RecalledReasoningTests.Kept(1)],
            _ => [RecalledReasoningTests.Kept(2) with { BeforeWords = true }, RecalledReasoningTests.Kept(3)],
        },
    };

    [Fact]
    public void Every_call_is_directly_followed_by_its_output() =>
        Turns.Array[0, 6].Sample(static turns =>
        {
            var open = new Queue<string>();
            foreach (var item in Convert(Messages(turns), strings: false).Input.EnumerateArray())
            {
                switch (item.GetProperty("type").GetString())
                {
                    case "function_call": open.Enqueue(item.GetProperty("call_id").GetString()!); break;
                    case "function_call_output": Assert.Equal(open.Dequeue(), item.GetProperty("call_id").GetString()); break;
                    case "message": Assert.Empty(open); break;
                }
            }

            Assert.Empty(open);
        });

    [Fact]
    public void An_id_is_always_one_the_backend_takes() =>
        Gen.OneOf(Ids, Gen.String).Sample(static id =>
        {
            var sent = CallId.Of(id);
            return CallId.IsPlain(sent) && CallId.Of(sent) == sent && (!CallId.IsPlain(id) || sent == id);
        });

    [Fact]
    public void A_tool_name_is_always_one_the_backend_takes() =>
        Gen.OneOf(Gen.String, Ids, Ids.Select(static name => "mcp__" + name), Ids.Select(static name => "mcp__server__" + name)).Sample(static name =>
            CallId.IsPlain(ToolNames.Short(name)) && CallId.IsPlain(ToolNames.Short(name, digits: 16)) && (!CallId.IsPlain(name) || ToolNames.Short(name) == name));

    [Fact]
    public void Sanitising_a_schema_twice_changes_nothing_more() =>
        Schemas(3).Sample(static schema =>
        {
            var once = Sanitise(schema);
            Assert.Equal(once, Sanitise(once));
            using var document = JsonDocument.Parse(once);
            var root = document.RootElement;
            Assert.Equal("object", root.GetProperty("type").GetString());
            Assert.Equal(JsonValueKind.Object, root.GetProperty("properties").ValueKind);
            Assert.Empty(root.EnumerateObject().Select(static member => member.Name).Intersect(["anyOf", "oneOf", "allOf", "not", "enum"]));
        });

    [Fact]
    public void Compact_JSON_means_the_same() =>
        Gen.Select(Schemas(3), Gen.Bool).Sample(static (json, indented) =>
        {
            using var document = JsonDocument.Parse(json);
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented })) document.RootElement.WriteTo(writer);
            using var pretty = JsonDocument.Parse(buffer.WrittenMemory);
            using var compact = new PooledBuffer();
            CompactJson.Write(pretty.RootElement, compact);
            using var reread = JsonDocument.Parse(compact.WrittenMemory);
            Assert.True(JsonElement.DeepEquals(document.RootElement, reread.RootElement));
            Assert.Equal(json.Length, Encoding.UTF8.GetString(compact.Written).Length);
        });

    private static Gen<string> Schemas(int depth)
    {
        var leaf = Gen.OneOf(
            """{"type":"string"}""", """{"type":"array"}""", "true", "false", """{"type":["array","null"],"nullable":true}""", """{"$ref":"#/$defs/a"}""",
            """{"$ref":"http://x/y"}""", """{"enum":["a",1]}""", """{"type":"object"}""", """{"nullable":true,"type":"string"}""", "{}");
        if (depth == 0) return leaf;
        var inner = Schemas(depth - 1);
        var member = Gen.OneOf(
            inner.Select(static one => $"\"items\":{one}"),
            inner.Array[0, 2].Select(static all => $"\"items\":[{string.Join(',', all)}]"),
            inner.Array[0, 2].Select(static all => $"\"prefixItems\":[{string.Join(',', all)}]"),
            Gen.Select(Gen.OneOf("anyOf", "oneOf", "allOf"), inner.Array[1, 3]).Select(static (name, all) => $"\"{name}\":[{string.Join(',', all)}]"),
            inner.Array[0, 3].Select(static all => $"\"properties\":{{{string.Join(',', all.Select(static (one, i) => $"\"p{i}\":{one}"))}}}"),
            Gen.Select(Gen.OneOf("not", "if", "additionalProperties", "contains"), inner).Select(static (name, one) => $"\"{name}\":{one}"),
            inner.Select(static one => $"\"$defs\":{{\"a\":{one}}}"),
            Gen.OneOf(
                "\"type\":\"object\"", "\"type\":\"array\"", "\"type\":[\"object\",\"string\"]", "\"required\":[\"p0\",1]", "\"required\":null", "\"nullable\":true",
                "\"title\":\"t\"", "\"default\":[]", "\"cache_control\":{}", "\"$schema\":\"s\""));
        return Gen.OneOf(leaf.Where(static one => one[0] == '{'), member.Array[0, 5].Select(static members => $"{{{string.Join(',', members.DistinctBy(static one => one.Split(':')[0]))}}}"));
    }

    private static string Sanitise(string schema) => Converted.Of($$"""{"tools":[{"name":"f","input_schema":{{schema}}}]}""").At("/tools/0/parameters").GetRawText();

    private static Converted Convert(List<(string Role, string[] Blocks)> messages, bool strings, ConversionOptions? options = null)
    {
        var last = messages.Count - 1;
        return Converted.Of($$"""{"messages":[{{string.Join(',', messages.Select((message, at) => Message(message.Role, message.Blocks, strings, marked: at == last && !strings)))}}]}""", options: options);
    }

    private static string Message(string role, string[] blocks, bool strings, bool marked)
    {
        const string text = """{"type":"text","text":""";
        if (strings && blocks.Length == 1 && blocks[0].StartsWith(text, StringComparison.Ordinal)) return $$"""{"role":"{{role}}","content":{{blocks[0][text.Length..^1]}}}""";
        if (marked && blocks.Length > 0) blocks = [.. blocks[..^1], blocks[^1][..^1] + ",\"cache_control\":{\"type\":\"ephemeral\"}}"];
        return $$"""{"role":"{{role}}","content":[{{string.Join(',', blocks)}}]}""";
    }

    private static List<(string Role, string[] Blocks)> Messages(Turn[] turns)
    {
        var messages = new List<(string, string[])> { ("user", [Text("start")]) };
        foreach (var turn in turns)
        {
            List<string> said = [.. turn.Said.Select(Text)];
            if (turn.Thinks) said.Insert(0, $$"""{"type":"thinking","thinking":"Hello\n\nBye","signature":"{{Signature}}1"}""");
            said.AddRange(turn.Calls.Select(static call => $$"""{"type":"tool_use","id":{{Quote(call.Id)}},"name":"f","input":{ "a": {{Quote(call.Result)}} } }"""));
            if (said.Count > 0) messages.Add(("assistant", [.. said]));
            List<string> answers = [.. turn.Calls.Select(Result), Text(turn.Answer)];
            messages.Add(("user", [.. answers]));
            if (turn.Echoes) messages.Add(("user", [Text(turn.Answer)]));
            if (turn.Note is not null) messages.Add(("system", [Text(turn.Note)]));
        }

        return messages;
    }

    private static string Result((string Id, string Result, bool Failed, int Kind) call)
    {
        var content = call.Kind switch
        {
            0 => Quote(call.Result),
            1 => $"[{Text(call.Result)}]",
            2 => $$"""[{{Text(call.Result)}},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="} }]""",
            _ => """[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}]""",
        };
        return $$"""{"type":"tool_result","tool_use_id":{{Quote(call.Id)}},"content":{{content}}{{(call.Failed ? ",\"is_error\":true" : "")}}}""";
    }

    private static string Text(string text) => $$"""{"type":"text","text":{{Quote(text)}}}""";

    private static string Quote(string text)
    {
        using var buffer = new PooledBuffer();
        JsonText.Escape(text, buffer);
        return $"\"{Encoding.UTF8.GetString(buffer.Written)}\"";
    }
}
