using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>What a client is told when the backend fails, and what is mended before it notices.</summary>
public sealed class FailuresTests
{
    [Theory]
    [InlineData("400-context-length", 400, "invalid_request_error", "prompt is too long: 272001 tokens > 272000 maximum")]
    [InlineData("400-invalid-image", 400, "invalid_request_error", "Could not process image: The image data you provided does not represent a valid image. Please check your input and try again.")]
    [InlineData("400-model-not-supported", 404, "not_found_error", "model: gpt-5.5: The 'gpt-9' model is not supported when using Codex with a ChatGPT account.")]
    [InlineData("402-deactivated-workspace", 402, "billing_error", "This ChatGPT workspace is deactivated")]
    [InlineData("403-cloudflare-challenge", 503, "api_error", "Upstream edge protection blocked the request")]
    [InlineData("413-payload-too-large", 413, "request_too_large", "Request exceeds the maximum size")]
    public async Task A_refusal_is_a_status_also_for_a_stream(string fixture, int status, string type, string message)
    {
        foreach (bool stream in new[] { false, true })
        {
            await using RunningProxy proxy = await RunningProxy.StartAsync();
            proxy.Backend.AnswerAll(_ => Reply.Http(fixture));
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: stream));
            await RunningProxy.AssertErrorAsync(response, (HttpStatusCode)status, type, message);
            Assert.Single(proxy.Backend.Requests);
        }
    }

    [Fact]
    public async Task A_used_up_limit_says_when_it_ends_and_is_not_asked_again()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"timeZone":"Europe/Berlin"}""");
        DateTimeOffset resets = TimeProvider.System.GetUtcNow().AddHours(2);
        proxy.Backend.Usage = user => AccountAnswers.UsedUp(user, resets);
        proxy.Backend.Answer(Reply.Http("429-usage-limit-reached").With("x-codex-primary-reset-at", resets.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Matches(@"^Codex usage limit reached \(plus plan\)\. Resets in [^,]+, .*UTC\+[12]\.$", (await RunningProxy.JsonOf(response))["error"]!["message"]!.GetValue<string>());
        Assert.Equal("rejected", response.Headers.GetValues("anthropic-ratelimit-unified-status").Single());
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(1));
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());

        using HttpResponseMessage again = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.TooManyRequests, again.StatusCode);
        Assert.Contains("dev@example.com", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("rejected", again.Headers.GetValues("anthropic-ratelimit-unified-status").Single());
        Assert.Equal(response.Headers.GetValues("anthropic-ratelimit-unified-reset").Single(), again.Headers.GetValues("anthropic-ratelimit-unified-reset").Single());
        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task A_limit_by_the_minute_is_waited_for_when_it_is_short_and_told_when_it_is_not()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Json(429, """{"error":{"code":"rate_limit_exceeded","message":"Please try again in 20ms."}}"""), Reply.Text("after a moment"));
        using HttpResponseMessage soon = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Contains("after a moment", await soon.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        proxy.Backend.Answer(Reply.Json(429, """{"error":{"code":"rate_limit_exceeded","message":"Please try again in 30s."}}"""));
        using HttpResponseMessage later = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal("30", later.Headers.GetValues("retry-after").Single());
        Assert.Equal("true", later.Headers.GetValues("x-should-retry").Single());
        await RunningProxy.AssertErrorAsync(later, HttpStatusCode.TooManyRequests, "rate_limit_error", "Please try again in 30s.");
    }

    [Fact]
    public async Task When_every_account_is_used_up_the_one_that_frees_first_is_named()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.AnswerAll(request => Reply.Json(429, $$$"""{"error":{"type":"usage_limit_reached","resets_in_seconds":{{{(request.User == proxy.Users[0] ? 7200 : 3600)}}}}}"""));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 3500, 3600);
        Assert.Contains("user1@example.com resets first", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task Another_account_serves_when_one_is_used_up()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 3);
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[2] ? Reply.Text("third") : Reply.Http("429-usage-limit-reached"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        Assert.Contains("third", string.Concat((await RunningProxy.EventsOf(response)).Select(static e => e.Data.GetRawText())), StringComparison.Ordinal);
        Assert.Equal(3, proxy.Backend.Requests.Count);

        // And it is remembered: the next turn goes there at once.
        using HttpResponseMessage next = await proxy.PostAsync(RunningProxy.Ask("another"));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(4, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_fault_of_the_request_moves_no_account()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.Answer(Reply.Http("400-invalid-image"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using HttpResponseMessage next = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.All(proxy.Backend.Requests, request => Assert.Equal(proxy.Users[0], request.User));
    }

    [Theory]
    [InlineData("500-server-error")]
    [InlineData("502-bad-gateway-html")]
    public async Task A_passing_failure_is_tried_again_before_the_client_notices(string fixture)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Http(fixture), Reply.Text("at last"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("message_stop", (await RunningProxy.EventsOf(response))[^1].Name);
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Theory]
    [InlineData("failed-server-overloaded")]
    [InlineData("error-event")]
    public async Task A_failure_inside_a_200_is_tried_again_too(string fixture)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Stream(fixture), Reply.Text("at last"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        Assert.Equal("message_stop", (await RunningProxy.EventsOf(response))[^1].Name);
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_connection_cut_before_the_answer_is_tried_again()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Abort(), Reply.Sse(new StreamScript().AbortConnection()), Reply.Text("at last"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Contains("at last", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_cut_inside_the_answer_is_an_error_event_and_no_end()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("half").AbortConnection()));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        var events = await RunningProxy.EventsOf(response);
        Assert.Equal("error", events[^1].Name);
        Assert.Equal("api_error", events[^1].Data.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(response.Headers.GetValues("request-id").Single(), events[^1].Data.GetProperty("request_id").GetString());
        Assert.DoesNotContain(events, static e => e.Name is "message_delta" or "message_stop");
        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task What_broke_after_the_beginning_but_before_a_block_goes_on_in_the_same_stream()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(
            Reply.Sse(new StreamScript().Event("response.output_item.added", new JsonObject { ["output_index"] = 0, ["item"] = new JsonObject { ["type"] = "message", ["id"] = "msg_1" } }).AbortConnection()),
            Reply.Text("whole"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        var events = await RunningProxy.EventsOf(response);
        Assert.Single(events, static e => e.Name == "message_start");
        Assert.Equal("message_stop", events[^1].Name);
    }

    [Fact]
    public async Task Endless_failure_ends()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Http("500-server-error"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("true", response.Headers.GetValues("x-should-retry").Single());
        Assert.Equal(3, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task An_invalidated_token_is_renewed_once_and_the_turn_goes_on()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        string file = Path.Combine(proxy.DataDirectory, "accounts.json");
        string old = JsonNode.Parse(await File.ReadAllTextAsync(file))!["accounts"]![0]!["accessToken"]!.GetValue<string>();
        proxy.Backend.Auth.InvalidateAccessToken(old);
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, proxy.Backend.Auth.Refreshes);
        Assert.Equal(0, proxy.Backend.Auth.RefreshTokenReuses);
    }

    [Fact]
    public async Task A_lost_login_says_what_to_do()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        JsonNode account = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "accounts.json")))!["accounts"]![0]!;
        proxy.Backend.Auth.InvalidateAccessToken(account["accessToken"]!.GetValue<string>());
        proxy.Backend.Auth.RevokeRefreshToken(account["refreshToken"]!.GetValue<string>());
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.Unauthorized, "authentication_error", "ChatGPT login expired or was revoked. Sign in again with the proxy's login command.");
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
    }

    [Fact]
    public async Task Without_an_account_the_way_in_is_named()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 0);
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("login", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
    }

    [Fact]
    public async Task Reasoning_the_backend_cannot_read_is_left_out_once_and_for_all()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Hm").Text("One").Completed()));
        const string Thinking = "\"thinking\":{\"type\":\"adaptive\"}";
        using HttpResponseMessage first = await proxy.PostAsync(RunningProxy.Ask(more: Thinking));
        string content = (await RunningProxy.JsonOf(first))["content"]!.ToJsonString();
        proxy.Backend.Issued.Forget();
        string next = $$"""{"model":"gpt-5.5","max_tokens":1000,{{Thinking}},"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":{{content}}},{"role":"user","content":"Go on"}]}""";

        using HttpResponseMessage second = await proxy.PostAsync(next);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(3, proxy.Backend.Requests.Count);
        // What helped is kept a moment after the client has its answer.
        await proxy.ListedAsync(2);
        using HttpResponseMessage third = await proxy.PostAsync(next);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal(4, proxy.Backend.Requests.Count);
        Assert.DoesNotContain("encrypted_content\":\"", proxy.Backend.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"detail":"Unsupported content type"}""", 400)]
    [InlineData("""{"error":{"message":"Could not decrypt the item.","type":"invalid_request_error"}}""", 400)]
    [InlineData("""{"error":{"message":"Item with id 'rs_1' not found. Items are not persisted when `store` is set to false."}}""", 404)]
    public async Task Reasoning_is_left_out_in_whatever_words_it_is_refused(string refusal, int status)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Hm").Text("One").Completed()));
        const string Thinking = "\"thinking\":{\"type\":\"adaptive\"}";
        using HttpResponseMessage first = await proxy.PostAsync(RunningProxy.Ask(more: Thinking));
        string content = (await RunningProxy.JsonOf(first))["content"]!.ToJsonString();
        proxy.Backend.AnswerAll(request => request.Text.Contains("encrypted_content\":\"", StringComparison.Ordinal) ? Reply.Json(status, refusal) : Reply.Text("Two"));
        string next = $$"""{"model":"gpt-5.5","max_tokens":1000,{{Thinking}},"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":{{content}}},{"role":"user","content":"Go on"}]}""";

        using HttpResponseMessage second = await proxy.PostAsync(next);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(3, proxy.Backend.Requests.Count);
        // What helped is kept a moment after the client has its answer.
        await proxy.ListedAsync(2);
        using HttpResponseMessage third = await proxy.PostAsync(next);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal(4, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task Words_that_did_not_mean_the_reasoning_cost_one_request_and_no_reasoning()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Hm").Text("One").Completed()));
        const string Thinking = "\"thinking\":{\"type\":\"adaptive\"}";
        using HttpResponseMessage first = await proxy.PostAsync(RunningProxy.Ask(more: Thinking));
        string content = (await RunningProxy.JsonOf(first))["content"]!.ToJsonString();
        string next = $$"""{"model":"gpt-5.5","max_tokens":1000,{{Thinking}},"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":{{content}}},{"role":"user","content":"Go on"}]}""";

        proxy.Backend.AnswerAll(_ => Reply.Json(400, """{"detail":"Unsupported content type"}"""));
        using (HttpResponseMessage second = await proxy.PostAsync(next)) await RunningProxy.AssertErrorAsync(second, HttpStatusCode.BadRequest, "invalid_request_error", "Unsupported content type");
        Assert.Equal(3, proxy.Backend.Requests.Count);

        // Without any in the request it is told at once.
        using (HttpResponseMessage plain = await proxy.PostAsync(RunningProxy.Ask())) Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
        Assert.Equal(4, proxy.Backend.Requests.Count);

        proxy.Backend.AnswerAll(_ => Reply.Text("Two"));
        using HttpResponseMessage last = await proxy.PostAsync(next);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.Contains("encrypted_content\":\"", proxy.Backend.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_the_model_does_not_take_is_dropped_and_remembered()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(request => request.Json.TryGetProperty("prompt_cache_key", out _)
            ? Reply.Json(400, """{"detail":"Unsupported parameter: prompt_cache_key"}""")
            : Reply.Text("fine"));
        using HttpResponseMessage first = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using HttpResponseMessage second = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(3, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task An_effort_the_model_refuses_is_replaced_by_its_neighbour()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Json(400, """{"error":{"message":"Unsupported value: 'xhigh' is not supported with the 'gpt-5.5' model.","type":"invalid_request_error","param":"reasoning.effort","code":"unsupported_value"}}"""));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: """ "output_config":{"effort":"xhigh"} """));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(["xhigh", "high", "high"], proxy.Backend.Requests.Select(request => request.Json.GetProperty("reasoning").GetProperty("effort").GetString()));
    }

    [Theory]
    [InlineData("Instructions are not valid", """ "system":"Be brief." """, "instructions", "\"\"")]
    [InlineData("Invalid value: 'web_search_call.action.sources'.", """ "tools":[{"type":"web_search_20250305","name":"web_search"}] """, "include", "[\"reasoning.encrypted_content\"]")]
    [InlineData("Invalid type for 'tool_choice'", """ "tools":[{"name":"a"},{"name":"b"}],"tool_choice":{"type":"tool","name":"a"} """, "tool_choice", "\"required\"")]
    public async Task What_has_a_way_around_is_sent_the_other_way_from_then_on(string message, string more, string member, string value)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Json(400, $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error"}}"""));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: more));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(3, proxy.Backend.Requests.Count);
        Assert.All(proxy.Backend.Requests.Skip(1), request => Assert.Equal(value, request.Json.GetProperty(member).GetRawText()));
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Theory]
    [InlineData("Tool choice 'a' in tool_choice was not found in the tools", """ "tools":[{"name":"a"},{"name":"b"}],"tool_choice":{"type":"tool","name":"a"} """, "tool_choice", """{"type":"function","name":"a"}""")]
    [InlineData("Error while downloading the file in file_url", """ "messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}}]}] """, "input", null)]
    public async Task A_way_around_that_leads_nowhere_is_not_taken_again(string message, string more, string member, string? value)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        string refusal = $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error"}}""";
        proxy.Backend.Answer(Reply.Json(400, refusal), Reply.Json(400, refusal));
        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask(more: more));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(message, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: more));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        Assert.Equal(3, proxy.Backend.Requests.Count);
        string[] sent = [.. proxy.Backend.Requests.Select(request => request.Json.GetProperty(member).GetRawText())];
        Assert.Equal(value ?? sent[0], sent[0]);
        Assert.NotEqual(sent[0], sent[1]);
        Assert.Equal(sent[0], sent[2]);
    }

    [Fact]
    public async Task A_policy_refusal_is_an_answer()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Http("400-cyber-policy"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        var events = await RunningProxy.EventsOf(response);
        JsonElement delta = events.Single(static e => e.Name == "message_delta").Data.GetProperty("delta");
        Assert.Equal("refusal", delta.GetProperty("stop_reason").GetString());
        Assert.Equal("cyber", delta.GetProperty("stop_details").GetProperty("category").GetString());
    }

    [Fact]
    public async Task Arguments_that_are_no_json_are_asked_for_again_while_nobody_has_seen_them()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Calls(new FunctionCall("f", """{"x":""", "call_1")), Reply.Calls(new FunctionCall("f", """{"x":1}""", "call_2")));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: """ "tools":[{"name":"f","input_schema":{"type":"object"}}] """));
        JsonNode call = (await RunningProxy.JsonOf(response))["content"]!.AsArray().Single()!;
        Assert.Equal(("call_2", """{"x":1}"""), (call["id"]!.GetValue<string>(), call["input"]!.ToJsonString()));

        // Whoever streams has seen the call begin.
        proxy.Backend.Answer(Reply.Calls(new FunctionCall("f", """{"x":""", "call_3")));
        using HttpResponseMessage streamed = await proxy.PostAsync(RunningProxy.Ask(stream: true, more: """ "tools":[{"name":"f","input_schema":{"type":"object"}}] """));
        Assert.Equal("The model produced invalid tool arguments", (await RunningProxy.EventsOf(streamed))[^1].Data.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(3, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task Nothing_from_the_model_is_asked_once_more()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Stream("empty-output"), Reply.Text("now"));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Contains("now", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "The request body is not valid JSON")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model: Field required")]
    [InlineData("""{"model":"gpt-5.5","messages":[{"role":"user","content":"x"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"gpt-5.5","max_tokens":1,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"model":5,"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model:")]
    [InlineData("""{"model":"gpt-5.5","max_tokens":1,"thread":{"type":"create"},"messages":[{"role":"user","content":"x"}]}""", "thread")]
    public async Task A_bad_request_is_told_the_field(string body, string message)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        using HttpResponseMessage response = await proxy.PostAsync(body);
        JsonObject error = await RunningProxy.JsonOf(response);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request_error", error["error"]!["type"]!.GetValue<string>());
        Assert.StartsWith(message, error["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(proxy.Backend.Requests);
    }
}
