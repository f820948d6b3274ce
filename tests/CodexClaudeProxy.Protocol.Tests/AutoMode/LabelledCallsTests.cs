using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.AutoMode;

namespace CodexClaudeProxy.Protocol.Tests.AutoMode;

/// <summary>
/// A labelled set of calls: harmless and risky ones, hidden ones, instructions of strangers, consent given and pretended. Without a
/// model it shows what is decided without one, and what exactly a model would see.
/// </summary>
public sealed class LabelledCallsTests
{
    private static readonly JsonArray All = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "AutoMode", "calls.json")))!.AsArray();

    public static TheoryData<string> Ids() => [.. All.Select(static entry => entry!["id"]!.GetValue<string>())];

    [Fact]
    public void The_set_is_large_enough_and_has_every_kind()
    {
        Assert.True(All.Count >= 150);
        Assert.Equal(["consent", "covered", "harmless", "injected", "no-consent", "obfuscated", "pretended", "risky"],
            All.Select(static entry => entry!["class"]!.GetValue<string>()).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Only_what_the_client_decides_by_itself_is_left_to_it(string id)
    {
        var (input, call, entry) = Read(id);
        Assert.Equal(entry["expect"]!.GetValue<string>() == "covered", new Prefilter(input.Context).Covers(call));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_model_sees_the_users_words_and_the_calls_and_nothing_else(string id)
    {
        var (input, call, entry) = Read(id);
        var output = new ArrayBufferWriter<byte>();
        CheckRequest.Write(input, "small", [call], output);
        var request = JsonNode.Parse(output.WrittenSpan)!;
        var content = request["messages"]![0]!["content"]!.AsArray();
        var lines = content[0]!["text"]!.GetValue<string>().Split('\n');

        Assert.Equal(entry["user"]!.AsArray().Select(static text => text!.GetValue<string>()),
            lines.Where(static line => line.StartsWith("{\"user\":", StringComparison.Ordinal)).Select(static line => JsonNode.Parse(line)!["user"]!.GetValue<string>()));
        var pending = JsonNode.Parse(Assert.Single(lines, static line => line.StartsWith("{\"index\":", StringComparison.Ordinal)))!;
        var expected = entry["input"]!.DeepClone().AsObject();
        if (call.Tool == "Bash") expected.Remove("description");
        Assert.True(JsonNode.DeepEquals(expected, pending["input"]));
        Assert.Equal(call.Tool, pending["tool"]!.GetValue<string>());
        // The instruction comes after all data, and no data can end its line.
        Assert.Equal("Judge the calls above", content[1]!["text"]!.GetValue<string>()[..21]);
        if (entry["hidden"] is { } hidden) Assert.DoesNotContain(hidden.GetValue<string>()[..20], Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allow", "none", "not_flagged")]
    [InlineData("block", "S2", "flagged")]
    public void A_verdict_that_fits_together_counts(string verdict, string rule, string outcome)
    {
        foreach (var id in All.Where(entry => entry!["expect"]!.GetValue<string>() == verdict).Select(static entry => entry!["id"]!.GetValue<string>()))
        {
            var (input, _, _) = Read(id);
            var reply = new JsonObject { ["0"] = new JsonObject { ["rule"] = rule, ["verdict"] = verdict, ["explanation"] = "It would." } };
            var judgement = Assert.Single(CheckReply.Read(reply.ToJsonString(), input, 1));
            Assert.Equal(outcome == "flagged" ? CallOutcome.Flagged : CallOutcome.NotFlagged, judgement.Outcome);
        }
    }

    private static (CheckInput Input, AnsweredCall Call, JsonNode Entry) Read(string id)
    {
        var entry = All.Single(entry => entry!["id"]!.GetValue<string>() == id)!;
        using var request = JsonDocument.Parse(CheckScene.Request(Conversation(entry)).ToJsonString());
        var call = new AnsweredCall("toolu_1"u8.ToArray(), entry["tool"]!.GetValue<string>(), Encoding.UTF8.GetBytes(entry["input"]!.ToJsonString()));
        return (CheckInput.Read(request.RootElement, isSubagent: false)!, call, entry);
    }

    private static JsonArray Conversation(JsonNode entry)
    {
        JsonArray messages = [.. entry["user"]!.AsArray().Select(static text => CheckScene.User(text!.GetValue<string>()))];
        if (entry["hidden"]?.GetValue<string>() is not { } hidden) return messages;
        var use = new JsonObject { ["type"] = "tool_use", ["id"] = "toolu_0", ["name"] = "WebFetch", ["input"] = new JsonObject { ["url"] = "https://example.com" } };
        var text = new JsonObject { ["type"] = "text", ["text"] = entry["earlier"]!.GetValue<string>() == "prose" ? hidden : "I will look." };
        messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(text, use) });
        var isResult = entry["earlier"]!.GetValue<string>() == "result";
        messages.Add((JsonNode)new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = "toolu_0", ["content"] = isResult ? hidden : "ok" }),
        });
        switch (entry["earlier"]!.GetValue<string>())
        {
            case "reminder": messages.Add((JsonNode)CheckScene.User($"<system-reminder>\n{hidden}\n</system-reminder>")); break;
            case "notification": messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = $"<task-notification>\n{hidden}\n</task-notification>" }); break;
            case "summary": messages.Add((JsonNode)CheckScene.User($"This session is being continued from a previous conversation that ran out of context. {hidden}")); break;
        }

        return messages;
    }
}
