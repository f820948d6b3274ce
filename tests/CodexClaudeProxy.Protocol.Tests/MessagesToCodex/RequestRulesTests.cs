using System.Text;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

public sealed class RequestRulesTests
{
    [Theory]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"a"}]}""", "model: Field required")]
    [InlineData("""{"model":7,"max_tokens":1,"messages":[{"role":"user","content":"a"}]}""", "model: Input should be a valid string")]
    [InlineData("""{"model":"","max_tokens":1,"messages":[{"role":"user","content":"a"}]}""", "model: String should have at least 1 character")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"a"}]}""", "max_tokens: Input should be greater than or equal to 0")]
    [InlineData("""{"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"a"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"m","max_tokens":"5","messages":[{"role":"user","content":"a"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"m","max_tokens":1}""", "messages: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":"a"}""", "messages: Input should be a valid list")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""[]""", "The request body must be a JSON object")]
    public void A_request_without_its_basics_is_refused(string request, string message) => Converted.From(request).IsRefused(message);

    [Fact]
    public void A_conversation_ends_at_a_hundred_thousand_messages()
    {
        static string Request(int count) => Converted.Request($$"""{"messages":[{{string.Join(',', Enumerable.Repeat("""{"role":"user","content":"a"}""", count))}}]}""");
        Assert.True(MessagesRequest.TryParse(Encoding.UTF8.GetBytes(Request(100_000)), ClientHints.None, out var request, out _));
        request!.Dispose();
        Converted.From(Request(100_001)).IsRefused("messages: at most 100000 messages are allowed");
    }

    [Theory]
    [InlineData("""{"messages":[5]}""", "messages.0: Input should be a valid dictionary")]
    [InlineData("""{"messages":[{"content":"a"}]}""", "messages.0.role: Input should be 'user', 'assistant' or 'system'")]
    [InlineData("""{"messages":[{"role":"user","content":5}]}""", "messages.0.content: Input should be a valid string or list")]
    [InlineData("""{"messages":[{"role":"user","content":["a"]}]}""", "messages.0.content.0: Input should be a valid dictionary")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{}}]}]}""", "messages.0.content.0.id: Field required")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"A","input":{}}]}]}""", "messages.0.content.0.name: Field required")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""", "messages.0.content.0.tool_use_id: Field required")]
    [InlineData("""{"messages":[{"role":"user","content":""}]}""", "messages: at least one message with content is required")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"container_upload","file_id":"f"}]}]}""", "messages.0.content.0: container_upload is not supported by this server")]
    [InlineData("""{"compaction":{"type":"summarize"}}""", "compaction: not supported by this server")]
    [InlineData("""{"container":{"skills":[]}}""", "container.skills: not supported by this server")]
    [InlineData("""{"stop_sequences":"x"}""", "stop_sequences: Input should be a valid list")]
    [InlineData("""{"stop_sequences":["x","\n\t"]}""", "stop_sequences: each stop sequence must contain non-whitespace")]
    [InlineData("""{"stop_sequences":["\u00a0"]}""", "stop_sequences: each stop sequence must contain non-whitespace")]
    [InlineData("""{"output_config":{"format":{"type":"text"}}}""", "output_config.format.type: Input should be 'json_schema'")]
    [InlineData("""{"output_config":{"format":{"type":"json_schema"}}}""", "output_config.format.schema: Field required")]
    [InlineData("""{"output_config":{"format":{"type":"json_schema","schema":{"type":"array"}}}}""", "output_config.format.schema: root must be of type object")]
    [InlineData("""{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},"output_format":{"type":"json_schema","schema":{"type":"object","title":"x"}}}""",
        "output_format: cannot be combined with output_config.format")]
    [InlineData("""{"system":[{"type":"image"}]}""", "system.0: only text blocks are supported")]
    [InlineData("""{"system":5}""", "system: Input should be a valid string or list")]
    [InlineData("""{"messages":[{"role":"system","content":"x","output_config":{"effort":"most"}},{"role":"user","content":"a"}]}""",
        "messages.0.output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")]
    public void A_request_that_cannot_be_carried_is_refused(string members, string message) => Converted.Of(members).IsRefused(message);

    [Theory]
    [InlineData("""{"container":"c"}""")]
    [InlineData("""{"container":{}}""")]
    [InlineData("""{"mcp_servers":[]}""")]
    [InlineData("""{"stop_sequences":null,"tools":null,"tool_choice":null,"system":null,"thinking":null,"thread":null,"compaction":null}""")]
    [InlineData("""{"temperature":9,"top_p":-1,"top_k":"x","diagnostics":{},"fallbacks":[1],"fallback_credit_token":"t","billing_policy":"p","betas":["new-1"],"cache_control":{"type":"ephemeral"}}""")]
    [InlineData("""{"output_config":{"task_budget":{"type":"tokens","total":5}},"service_tier":"standard_only","inference_geo":"eu"}""")]
    public void What_means_nothing_to_the_backend_leaves_no_trace(string members)
    {
        var plain = Converted.Of("{}");
        var converted = Converted.Of(members);
        Assert.Null(converted.Error);
        Assert.Equal(plain.Bytes, converted.Bytes);
        Assert.Empty(converted.Context!.Unknown);
    }

    [Fact]
    public void Unknown_members_and_blocks_are_reported_once()
    {
        var converted = Converted.Of("""{"novelty":1,"messages":[{"role":"user","content":[{"type":"hologram","x":1},{"type":"hologram","x":2}]},{"role":"assistant","content":[{"type":"echo"}]},{"role":"user","content":"a"}]}""");
        Assert.Equal(["novelty", "hologram", "echo"], converted.Context!.Unknown);
    }

    [Theory]
    [InlineData("{\"model\":", "The request body is not valid JSON: ")]
    [InlineData("", "The request body is not valid JSON: ")]
    [InlineData("{\"model\":\"m\"} x", "The request body is not valid JSON: ")]
    public void Invalid_JSON_is_told_with_its_reason(string body, string start)
    {
        var error = Converted.From(body).Error!;
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length > start.Length);
        Assert.Equal(400, error.Status);
    }

    [Fact]
    public void A_body_that_is_not_UTF_8_is_refused()
    {
        byte[] body = [.. "{\"model\":\""u8, 0xC3, .. "\"}"u8];
        Assert.False(MessagesRequest.TryParse(body, ClientHints.None, out _, out var error));
        Assert.Equal("The request body is not valid JSON: it is not UTF-8", error!.Message);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Converted.Request("{}"))];
        Assert.True(MessagesRequest.TryParse(body, ClientHints.None, out var request, out _));
        Assert.Equal("gpt-5.6", request!.Model);
        request.Dispose();
    }

    [Theory]
    [InlineData("""a\ud83d""", "a\uFFFD")]
    [InlineData("""\ude00b""", "\uFFFDb")]
    [InlineData("""\uD83D\uD83D\uDE00""", "\uFFFD😀")]
    [InlineData("""\ud83d\ude00""", "😀")]
    [InlineData("""\\ud83d""", "\\ud83d")]
    [InlineData("""\ud83d\u0041""", "\uFFFDA")]
    public void Half_a_surrogate_pair_becomes_a_replacement_character(string text, string expected) =>
        Assert.Equal(expected, Converted.OfUser($$"""{"type":"text","text":"{{text}}"}""").Text("/input/0/content/0/text"));

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("\"true\"", false)]
    [InlineData("1", false)]
    public void Only_true_means_events(string value, bool streams)
    {
        var body = Encoding.UTF8.GetBytes(Converted.Request($$"""{"stream":{{value}}}"""));
        Assert.True(MessagesRequest.TryParse(body, ClientHints.None, out var request, out _));
        Assert.Equal(streams, request!.Stream);
        request.Dispose();
    }

    [Fact]
    public void Counting_needs_no_limit()
    {
        var converted = Converted.From("""{"model":"m","messages":[{"role":"user","content":"a"}]}""", counting: true);
        Assert.Null(converted.Error);
        Assert.Null(converted.Context!.MaxTokens);
        Assert.False(converted.Context.AnsweredLocally);
    }

    [Fact]
    public void A_limit_beyond_all_measure_is_the_largest_one() =>
        Assert.Equal(int.MaxValue, Converted.Of("""{"max_tokens":99999999999}""").Context!.MaxTokens);

    [Fact]
    public void The_context_echoes_what_the_client_asked_for()
    {
        var context = Converted.Of("""{"model":"gpt-5.6[1M]","stop_sequences":["a","b"],"context_management":{},"safeguards":[],"max_tokens":7}""").Context!;
        Assert.Equal("gpt-5.6[1M]", context.RequestedModel);
        Assert.Equal(["a", "b"], context.StopSequences);
        Assert.True(context.ContextManagement);
        Assert.True(context.Safeguards);
        Assert.Equal(7, context.MaxTokens);
        Assert.True(context.EndsWithUserMessage);
        Assert.Equal("ba36a4ed", context.AccountMark);
    }

    [Theory]
    [InlineData(null, "{}", false)]
    [InlineData("a,thinking-token-count-2026-05-13,b", "{}", true)]
    [InlineData(null, """{"betas":["thinking-token-count-2027-01-01"]}""", true)]
    [InlineData("context-1m-2025-08-07", """{"betas":["x"]}""", false)]
    public void A_beta_asks_for_estimates_of_thinking(string? betas, string members, bool wanted) =>
        Assert.Equal(wanted, Converted.Of(members, hints: new ClientHints { Betas = betas }).Context!.EstimatedThinkingTokens);

    [Theory]
    [InlineData("fast", true, false, true)]
    [InlineData("fast", false, false, false)]
    [InlineData("standard", true, false, false)]
    [InlineData("standard", true, true, true)]
    public void Speed_becomes_the_priority_tier_where_there_is_one(string speed, bool tier, bool aliased, bool sent)
    {
        var converted = Converted.Of($$"""{"speed":"{{speed}}"}""", Converted.Profile with { PriorityTier = tier }, Converted.Options with { FixedFast = aliased });
        Assert.Equal(sent, converted.Body.TryGetProperty("service_tier", out _));
        Assert.Equal(sent, converted.Context!.Fast);
    }

    [Fact]
    public void Verbosity_is_sent_where_the_model_has_it()
    {
        var profile = Converted.Profile with { Verbosity = true, DefaultVerbosity = "low" };
        Converted.Of("{}", profile).Is("/text", """{"verbosity":"low"}""");
        Assert.False(Converted.Of("{}", profile, Converted.Options with { Refused = new HashSet<string> { "text" } }).Body.TryGetProperty("text", out _));
        Assert.False(Converted.Of("{}", Converted.Profile with { DefaultVerbosity = "low" }).Body.TryGetProperty("text", out _));
    }

    [Fact]
    public void A_deprecated_output_format_counts_like_the_new_one()
    {
        const string format = """{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}""";
        var old = Converted.Of($$"""{"output_format":{{format}}}""");
        Assert.Equal(Converted.Of($$$"""{"output_config":{"format":{{{format}}}}}""").Bytes, old.Bytes);
        old.Is("/text/format/strict", "true");
        Assert.Null(Converted.Of($$$"""{"output_format":{{{format}}},"output_config":{"format":{{{format}}}}}""").Error);
    }

    [Theory]
    [InlineData("service_tier", """{"speed":"fast"}""")]
    [InlineData("prompt_cache_key", "{}")]
    [InlineData("parallel_tool_calls", "{}")]
    [InlineData("reasoning", "{}")]
    public void A_member_the_backend_refused_is_not_sent_again(string member, string members)
    {
        Assert.True(Converted.Of(members).Body.TryGetProperty(member, out _));
        Assert.False(Converted.Of(members, options: Converted.Options with { Refused = new HashSet<string> { member } }).Body.TryGetProperty(member, out _));
    }

    [Fact]
    public void Refused_instructions_become_the_first_developer_message()
    {
        var converted = Converted.Of("""{"system":"S"}""", options: Converted.Options with { Refused = new HashSet<string> { "instructions" } });
        converted.Is("/instructions", "\"\"");
        converted.Is("/input/0", """{"type":"message","role":"developer","content":[{"type":"input_text","text":"S"}]}""");
    }
}
