using System.Text.Json;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Every captured request of a real client becomes a body the backend accepts.</summary>
public sealed partial class CapturedRequestsTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "claude-code");

    private static readonly string[] Allowed =
    [
        "model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "store", "stream", "include",
        "service_tier", "text", "prompt_cache_key",
    ];

    private static readonly Dictionary<string, string[]> ItemMembers = new()
    {
        ["message"] = ["type", "role", "content"],
        ["function_call"] = ["type", "call_id", "name", "arguments"],
        ["function_call_output"] = ["type", "call_id", "output"],
        ["reasoning"] = ["type", "summary", "encrypted_content"],
        ["web_search_call"] = ["type", "status", "action"],
        ["additional_tools"] = ["type", "role", "tools"],
    };

    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(Folder, "*.json").Select(static file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_captured_request_becomes_a_body_the_backend_accepts(string name)
    {
        var converted = Convert(name);
        if (name.StartsWith("sdk-tool-runner-thread-", StringComparison.Ordinal))
        {
            converted.IsRefused("thread: not supported by this server");
            Assert.Equal("thread_unsupported_request", converted.Error!.DetailsCode);
            Assert.Equal(["thread"], converted.Error.Unsupported);
            return;
        }

        Assert.Null(converted.Error);
        CheckEnvelope(converted.Body);
        CheckItems(converted.Input);
        foreach (var tool in converted.Body.GetProperty("tools").EnumerateArray()) CheckTool(tool);
        Assert.DoesNotContain("cache_control", converted.Bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("x-anthropic-billing-header", converted.Bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("safeguard", converted.Bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("defer_loading", converted.Bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("DeferredToolPlaceholder", converted.Bytes, StringComparison.Ordinal);
        // CLAUDE_CODE_EXTRA_BODY added a member of that name.
        Assert.Equal(name == "cache-ttl-1h-custom-headers-extra-body" ? ["foo"] : [], converted.Context!.Unknown);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_captured_request_also_fits_the_lite_lane(string name)
    {
        var converted = Convert(name, Converted.Options with { Lite = true });
        if (converted.Error is not null) return; // threads, see above

        Assert.True(converted.Context!.Lite);
        Assert.False(converted.Body.TryGetProperty("tools", out _));
        Assert.False(converted.Body.TryGetProperty("instructions", out _));
        converted.Is("/tool_choice", "\"auto\"");
        converted.Is("/parallel_tool_calls", "false");
        converted.Is("/reasoning/context", "\"all_turns\"");
        CheckItems(converted.Input);
    }

    [Fact]
    public void The_session_header_names_the_conversation()
    {
        var context = Convert("first-turn-custom-model").Context!;
        Assert.Equal("11111111-1111-4111-8111-111111111111", context.ConversationId);
    }

    [Fact]
    public void A_subagent_has_a_cache_of_its_own()
    {
        var main = Convert("first-turn-custom-model").Context!;
        var agent = Convert("subagent-first-turn").Context!;
        Assert.Equal(main.ConversationId, agent.ConversationId);
        Assert.NotEqual(main.PromptCacheKey, agent.PromptCacheKey);
    }

    [Fact]
    public void Tools_listed_after_a_reference_are_callable_and_come_last_in_the_order_they_were_loaded()
    {
        var names = Convert("tool-search-tool-reference").Body.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetProperty("name").GetString());
        Assert.Equal(
            ["Agent", "Bash", "Edit", "ListAgents", "Read", "ReportFindings", "ScheduleWakeup", "Skill", "ToolSearch", "Workflow", "Write", "WebFetch", "WebSearch", "TaskStop"],
            names);
    }

    [Fact]
    public void Auto_mode_asks_for_verdicts() => Assert.True(Convert("interactive-first-turn-auto-mode").Context!.Safeguards);

    [Theory]
    [InlineData("web-search-side-call", "mock query", "")]
    [InlineData("web-search-side-call-allowed-domains", "q2", "\"filters\":{\"allowed_domains\":[\"example.com\"]},")]
    [InlineData("web-search-side-call-blocked-domains", "q4", "\"filters\":{\"blocked_domains\":[\"x.com\"]},")]
    public void The_search_of_Claude_Code_can_go_to_the_search_endpoint(string name, string query, string filters)
    {
        var converted = Convert(name);
        Assert.True(converted.Context!.WebSearch!.Forced);
        using var body = JsonDocument.Parse(converted.Standalone);
        Assert.Equal(query, body.RootElement.GetProperty("commands").GetProperty("search_query")[0].GetProperty("q").GetString());
        Assert.Equal("{" + filters + "\"allowed_callers\":[\"direct\"],\"external_web_access\":true}", body.RootElement.GetProperty("settings").GetRawText());
        converted.Is("/tool_choice", "\"required\"");
    }

    [Fact]
    public void The_classifier_gets_the_lowest_effort_and_its_stop_sequence()
    {
        var converted = Convert("auto-mode-classifier-stage1");
        converted.Is("/reasoning", """{"effort":"low"}""");
        Assert.Equal(["</block>"], converted.Context!.StopSequences);
        Assert.Equal(64, converted.Context.MaxTokens);
    }

    [Fact]
    public void The_title_is_made_with_a_strict_format() => Convert("interactive-title-generation").Is("/text/format/strict", "true");

    [Fact]
    public void A_long_tool_name_finds_its_way_back()
    {
        var converted = Convert("mcp-tools-inline");
        var (upstream, client) = Assert.Single(converted.Context!.ToolNames);
        Assert.Equal("mcp__demo__a_tool_with_a_very_long_name_0123456789_0123456789_0123", client.Name);
        Assert.Contains(converted.Body.GetProperty("tools").EnumerateArray(), tool => tool.GetProperty("name").GetString() == upstream);
    }

    private static Converted Convert(string name, ConversionOptions? options = null)
    {
        using var fixture = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        var root = fixture.RootElement;
        string? Header(string header) => root.GetProperty("headers").EnumerateArray()
            .Where(pair => string.Equals(pair[0].GetString(), header, StringComparison.OrdinalIgnoreCase))
            .Select(static pair => pair[1].GetString())
            .FirstOrDefault();

        var hints = new ClientHints
        {
            SessionId = Header("x-claude-code-session-id"),
            AgentId = Header("x-claude-code-agent-id"),
            Betas = Header("anthropic-beta"),
        };
        var counting = root.GetProperty("path").GetString()!.Contains("count_tokens", StringComparison.Ordinal);
        return Converted.From(root.GetProperty("body").GetRawText(), options: options, hints: hints, counting: counting);
    }

    private static void CheckEnvelope(JsonElement body)
    {
        Assert.Empty(body.EnumerateObject().Select(static member => member.Name).Except(Allowed));
        Assert.Equal(JsonValueKind.String, body.GetProperty("instructions").ValueKind);
        Assert.Equal(JsonValueKind.False, body.GetProperty("store").ValueKind);
        Assert.Equal(JsonValueKind.True, body.GetProperty("stream").ValueKind);
        Assert.InRange(body.GetProperty("prompt_cache_key").GetString()!.Length, 1, 64);
        Assert.NotEmpty(body.GetProperty("input").EnumerateArray());
    }

    private static void CheckItems(JsonElement input)
    {
        var open = new List<string>();
        foreach (var item in input.EnumerateArray())
        {
            var type = item.GetProperty("type").GetString()!;
            Assert.Equal(ItemMembers[type], item.EnumerateObject().Select(static member => member.Name));
            if (type == "message") CheckMessage(item);
            if (type == "function_call")
            {
                Assert.Matches(Plain(), item.GetProperty("call_id").GetString());
                Assert.Matches(Plain(), item.GetProperty("name").GetString());
                using var arguments = JsonDocument.Parse(item.GetProperty("arguments").GetString()!);
                Assert.Equal(JsonValueKind.Object, arguments.RootElement.ValueKind);
                open.Add(item.GetProperty("call_id").GetString()!);
            }
            else if (type == "function_call_output")
            {
                Assert.Equal(open[0], item.GetProperty("call_id").GetString());
                open.RemoveAt(0);
                Assert.NotEqual("", item.GetProperty("output").ToString());
            }
            else if (type != "reasoning") Assert.Empty(open);
        }

        Assert.Empty(open);
    }

    private static void CheckMessage(JsonElement item)
    {
        var role = item.GetProperty("role").GetString();
        Assert.Contains(role, (string[])["user", "assistant", "developer"]);
        Assert.NotEmpty(item.GetProperty("content").EnumerateArray());
        foreach (var part in item.GetProperty("content").EnumerateArray())
        {
            var type = part.GetProperty("type").GetString();
            Assert.Contains(type, role == "assistant" ? (string[])["output_text"] : ["input_text", "input_image", "input_file"]);
            if (part.TryGetProperty("text", out var text)) Assert.NotEqual("", text.GetString());
        }
    }

    private static void CheckTool(JsonElement tool)
    {
        if (tool.GetProperty("type").GetString() == "web_search") return;
        Assert.Equal("function", tool.GetProperty("type").GetString());
        Assert.Matches(Plain(), tool.GetProperty("name").GetString());
        Assert.Equal("object", tool.GetProperty("parameters").GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Object, tool.GetProperty("parameters").GetProperty("properties").ValueKind);
        Assert.Contains(tool.GetProperty("strict").ValueKind, (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex Plain();
}
