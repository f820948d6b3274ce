using System.Text;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.Codex;

/// <summary>Every way the backend fails, and what the client is told of it.</summary>
public sealed class CodexFailureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, int, string, int, string, string, bool, FailureBlame> Rows => new()
    {
        // row of the table, upstream status, upstream body, status, type, message, retry, blame
        { "1 code", 400, """{"error":{"code":"context_length_exceeded","message":"x"}}""", 400, "invalid_request_error", "prompt is too long: 272001 tokens > 272000 maximum", false, FailureBlame.Request },
        { "1 text", 400, """{"detail":"Your input exceeds the context window of this model."}""", 400, "invalid_request_error", "prompt is too long: 272001 tokens > 272000 maximum", false, FailureBlame.Request },
        { "1 text 413", 413, """{"detail":"input is too long"}""", 400, "invalid_request_error", "prompt is too long: 272001 tokens > 272000 maximum", false, FailureBlame.Request },
        { "2", 413, """{"detail":"Payload too large"}""", 413, "request_too_large", "Request exceeds the maximum size", false, FailureBlame.Request },
        { "3", 429, """{"error":{"type":"usage_limit_reached","message":"x","plan_type":"plus","resets_in_seconds":3600}}""", 429, "rate_limit_error", "Codex usage limit reached (plus plan).", false, FailureBlame.Quota },
        { "3 without plan or reset", 429, """{"error":{"type":"usage_limit_reached"}}""", 429, "rate_limit_error", "Codex usage limit reached.", false, FailureBlame.Quota },
        { "4", 429, """{"error":{"code":"rate_limit_exceeded","message":"Slower"}}""", 429, "rate_limit_error", "Slower", true, FailureBlame.Passing },
        { "5", 429, "", 429, "rate_limit_error", "Rate limited by upstream", true, FailureBlame.Passing },
        { "6", 429, """{"error":{"code":"insufficient_quota","message":"No quota"}}""", 402, "billing_error", "No quota", false, FailureBlame.Quota },
        { "6 workspace", 402, """{"detail":{"code":"deactivated_workspace"}}""", 402, "billing_error", "This ChatGPT workspace is deactivated", false, FailureBlame.Quota },
        { "7", 429, """{"error":{"type":"usage_not_included","message":"Upgrade."}}""", 403, "permission_error", "This ChatGPT plan does not include Codex usage. Upgrade.", false, FailureBlame.Quota },
        { "8 code", 503, """{"error":{"code":"server_is_overloaded","message":"Busy"}}""", 529, "overloaded_error", "Busy", true, FailureBlame.Passing },
        { "8 status", 503, "", 529, "overloaded_error", "Overloaded", true, FailureBlame.Passing },
        { "8 text", 400, """{"detail":"Selected model is at capacity. Please try a different model."}""", 529, "overloaded_error", "Selected model is at capacity. Please try a different model.", true, FailureBlame.Passing },
        { "9", 500, """{"error":{"code":"server_error","message":"boom"}}""", 500, "api_error", "boom", true, FailureBlame.Passing },
        { "9 html", 502, "<html><body>cloudflare</body></html>", 500, "api_error", "Upstream returned an HTML page (status 502)", true, FailureBlame.Passing },
        { "9 empty", 520, "", 500, "api_error", "Internal server error", true, FailureBlame.Passing },
        { "10", 504, "", 504, "timeout_error", "Upstream request timed out", true, FailureBlame.Passing },
        { "10 408", 408, "", 504, "timeout_error", "Upstream request timed out", true, FailureBlame.Passing },
        { "13", 401, """{"error":{"code":"token_expired","message":"x"}}""", 401, "authentication_error", "ChatGPT login expired or was revoked. Sign in again with the proxy's login command.", false, FailureBlame.Login },
        { "17", 403, "error code: 1020", 503, "api_error", "Upstream edge protection blocked the request", true, FailureBlame.Passing },
        { "17", 403, "", 503, "api_error", "Upstream edge protection blocked the request", true, FailureBlame.Passing },
        { "19", 404, "<html><h1>404 Not Found</h1></html>", 500, "api_error", "An edge server in front of upstream responded with 404", true, FailureBlame.Passing },
        { "19", 404, "page not found", 500, "api_error", "An edge server in front of upstream responded with 404", true, FailureBlame.Passing },
        { "17", 403, "<!DOCTYPE html><html>Just a moment...</html>", 503, "api_error", "Upstream edge protection blocked the request", true, FailureBlame.Passing },
        { "18", 403, """{"error":{"code":"unsupported_country_region_territory","message":"Country not supported"}}""", 403, "permission_error", "Country not supported", false, FailureBlame.Login },
        { "19 detail", 404, """{"detail":"Model not found gpt-9"}""", 404, "not_found_error", "model: claude-sonnet-4-5: Model not found gpt-9", false, FailureBlame.Request },
        { "19 plan", 400, """{"detail":"The 'gpt-9' model is not supported when using Codex with a ChatGPT account."}""", 404, "not_found_error", "model: claude-sonnet-4-5: The 'gpt-9' model is not supported when using Codex with a ChatGPT account.", false, FailureBlame.Request },
        { "19 code", 400, """{"error":{"code":"model_not_found","message":"gone"}}""", 404, "not_found_error", "model: claude-sonnet-4-5: gone", false, FailureBlame.Request },
        { "21", 400, """{"error":{"code":"invalid_encrypted_content","message":"x"}}""", 400, "invalid_request_error", "Encrypted reasoning could not be verified", false, FailureBlame.Request },
        { "21 text", 400, """{"error":{"message":"The encrypted content gAAA could not be verified."}}""", 400, "invalid_request_error", "Encrypted reasoning could not be verified", false, FailureBlame.Request },
        { "21 decrypted", 400, """{"error":{"message":"Encrypted content could not be decrypted or parsed."}}""", 400, "invalid_request_error", "Encrypted reasoning could not be verified", false, FailureBlame.Request },
        { "21 follower", 400, """{"error":{"message":"Item 'rs_1' of type 'reasoning' was provided without its required following item."}}""", 400, "invalid_request_error", "Encrypted reasoning could not be verified", false, FailureBlame.Request },
        { "23", 400, """{"error":{"code":"invalid_prompt","message":"No."}}""", 400, "invalid_request_error", "No.", false, FailureBlame.Request },
        { "24 text", 400, """{"error":{"message":"The image data you provided does not represent a valid image."}}""", 400, "invalid_request_error", "Could not process image: The image data you provided does not represent a valid image.", false, FailureBlame.Request },
        { "24 code", 400, """{"error":{"code":"image_too_large","message":"big"}}""", 400, "invalid_request_error", "Could not process image: big", false, FailureBlame.Request },
        { "25", 400, """{"error":{"code":"invalid_function_parameters","message":"Invalid schema for function 'my_tool_name_24b0025b': x"}}""", 400, "invalid_request_error", "tools: Invalid schema for function 'my.tool/name': x", false, FailureBlame.Request },
        { "26", 400, """{"detail":"Unsupported parameter: max_output_tokens"}""", 400, "invalid_request_error", "Unsupported parameter: max_output_tokens", false, FailureBlame.Request },
        { "27", 400, """{"error":{"code":"unsupported_value","message":"Unsupported value: 'x'"}}""", 400, "invalid_request_error", "Unsupported value: 'x'", false, FailureBlame.Request },
        { "28", 400, """{"error":{"message":"odd"}}""", 400, "invalid_request_error", "odd", false, FailureBlame.Request },
        { "28 list", 422, """{"detail":[{"loc":["body","input"],"msg":"field required"}]}""", 400, "invalid_request_error", "body.input: field required", false, FailureBlame.Request },
        { "28 behind a mark", 400, "\uFEFF {\"error\":{\"message\":\"odd\"}}", 400, "invalid_request_error", "odd", false, FailureBlame.Request },
        { "28 longer list", 422, """{"detail":[{"loc":["body","input"],"msg":"field required"},{"loc":["body","model"],"msg":"too long"}]}""", 400, "invalid_request_error", "body.input: field required; body.model: too long", false, FailureBlame.Request },
        { "29 other", 409, """{"message":"conflict"}""", 400, "invalid_request_error", "conflict", false, FailureBlame.Request },
        { "29", 409, """{"error":{"code":"previous_response_not_found","message":"gone"}}""", 400, "invalid_request_error", "gone", false, FailureBlame.Request },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_refusal_is_told_in_the_client_s_words(
        string row, int upstreamStatus, string body, int status, string type, string message, bool retry, FailureBlame blame)
    {
        var failure = CodexFailure.FromResponse(upstreamStatus, static _ => null, Encoding.UTF8.GetBytes(body), Now);
        var error = failure.ToApiError(ContextWithNames());
        Assert.Equal((status, type, message), (error.Status, AnthropicError.Word(error.Type), error.Message));
        Assert.Equal(retry, error.ShouldRetry);
        Assert.True(failure.Blame == blame, $"row {row}: {failure.Blame}");
    }

    public static TheoryData<CodexFailureKind, string?, int, string, string> LocalKinds => new()
    {
        { CodexFailureKind.Unreachable, "its name could not be resolved", 502, "api_error", "Could not reach the upstream service: its name could not be resolved" },
        { CodexFailureKind.StreamEnded, "Upstream stream ended before the response was complete", 502, "api_error", "Upstream stream ended before the response was complete" },
        { CodexFailureKind.TimedOut, null, 504, "timeout_error", "Upstream request timed out" },
        { CodexFailureKind.SignInNeeded, null, 401, "authentication_error", "ChatGPT login expired or was revoked. Sign in again with the proxy's login command." },
        { CodexFailureKind.Cancelled, null, 500, "api_error", "Upstream cancelled the response" },
        { CodexFailureKind.InvalidToolArguments, null, 502, "api_error", "The model produced invalid tool arguments" },
    };

    [Theory]
    [MemberData(nameof(LocalKinds))]
    public void A_failure_without_a_response_is_told_too(CodexFailureKind kind, string? text, int status, string type, string message)
    {
        var error = new CodexFailure(kind, text).ToApiError(SampleTurn.Context());
        Assert.Equal((status, type, message), (error.Status, AnthropicError.Word(error.Type), error.Message));
    }

    [Fact]
    public void A_failure_event_without_an_error_says_so()
    {
        var failure = CodexFailure.FromEvent("""{"type":"response.failed","response":{"id":"resp_1","status":"failed","error":null}}"""u8.ToArray(), Now);
        var error = failure.ToApiError(SampleTurn.Context());
        Assert.Equal((500, "Upstream reported a failure without details", true), (error.Status, error.Message, error.ShouldRetry));
    }

    [Theory]
    [InlineData(300_123, "prompt is too long: 300123 tokens > 272000 maximum")]
    [InlineData(250_000, "prompt is too long: 272001 tokens > 272000 maximum")]
    public void Overflow_names_two_numbers_of_which_the_first_is_larger(int estimate, string message)
    {
        var context = SampleTurn.Context();
        context.InputEstimate = estimate;
        var failure = CodexFailure.FromEvent("""{"type":"response.failed","response":{"error":{"code":"context_length_exceeded"}}}"""u8.ToArray(), Now);
        Assert.Equal(message, failure.ToApiError(context).Message);
    }

    [Theory]
    [InlineData("Rate limit reached. Please try again in 1.5s.", 1500)]
    [InlineData("Please try again in 20ms.", 20)]
    [InlineData("try again in 6m0s", 360_000)]
    [InlineData("try again in 3 seconds", 3000)]
    [InlineData("Try again in 1h2m", 3_720_000)]
    public void The_wait_is_read_from_the_text(string text, int milliseconds)
    {
        var failure = CodexFailure.FromEvent(
            Encoding.UTF8.GetBytes("""{"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"TEXT"}}}""".Replace("TEXT", text, StringComparison.Ordinal)), Now);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), failure.RetryAfter);
    }

    [Theory]
    [InlineData(429, """{"error":{"type":"usage_limit_reached","resets_in_seconds":90}}""", 90)]
    [InlineData(429, """{"error":{"type":"usage_limit_reached","resets_at":1795366860}}""", 60)]
    [InlineData(429, """{"error":{"code":"insufficient_quota","resets_in_seconds":90}}""", 90)]
    [InlineData(504, """{"error":{"message":"try again in 7s"}}""", 7)]
    [InlineData(500, """{"error":{"message":"try again in 7s"}}""", 7)]
    [InlineData(400, """{"error":{"message":"try again in 7s"}}""", null)]
    public void The_client_is_told_how_long_to_wait(int status, string body, int? seconds) =>
        Assert.Equal(seconds, CodexFailure.FromResponse(status, static _ => null, Encoding.UTF8.GetBytes(body), Now).ToApiError(SampleTurn.Context()).RetryAfter?.TotalSeconds);

    [Theory]
    [InlineData("retry-after", "12", 12)]
    [InlineData("retry-after-ms", "2500", 2.5)]
    [InlineData("retry-after", "Sun, 22 Nov 2026 17:01:00 GMT", 60)]
    public void The_wait_is_read_from_the_headers(string name, string value, double seconds)
    {
        var failure = CodexFailure.FromResponse(429, header => header == name ? value : null, default, Now);
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure.RetryAfter);
    }

    [Theory]
    [InlineData("2500", "12", """{"error":{"message":"try again in 7s","resets_in_seconds":90,"resets_at":1795366860}}""", 2.5)]
    [InlineData(null, "12", """{"error":{"message":"try again in 7s","resets_in_seconds":90,"resets_at":1795366860}}""", 12)]
    [InlineData(null, null, """{"error":{"message":"try again in 7s","resets_in_seconds":90,"resets_at":1795366860}}""", 90)]
    [InlineData(null, null, """{"error":{"message":"try again in 7s","resets_at":1795366860}}""", 60)]
    [InlineData(null, null, """{"error":{"message":"try again in 7s"}}""", 7)]
    public void The_nearest_word_about_the_wait_counts(string? milliseconds, string? header, string body, double seconds)
    {
        var failure = CodexFailure.FromResponse(429, name => name == "retry-after-ms" ? milliseconds : name == "retry-after" ? header : null, Encoding.UTF8.GetBytes(body), Now);
        Assert.Equal(seconds, failure.RetryAfter!.Value.TotalSeconds);
    }

    [Fact]
    public void Overload_without_a_time_asks_for_five_seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(5), CodexFailure.FromResponse(503, static _ => null, default, Now).ToApiError(SampleTurn.Context()).RetryAfter);

    [Fact]
    public void A_limit_keeps_its_reset_as_a_time()
    {
        var failure = CodexFailure.FromResponse(429, static _ => null, """{"error":{"type":"usage_limit_reached","resets_at":1795390000}}"""u8.ToArray(), Now);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795390000), failure.ResetsAt);
    }

    [Fact]
    public void The_error_hidden_in_a_header_is_found()
    {
        var hidden = Convert.ToBase64String("""{"error":{"code":"usage_not_included","message":"m"}}"""u8);
        var failure = CodexFailure.FromResponse(403, name => name == "x-error-json" ? hidden : null, default, Now);
        Assert.Equal(CodexFailureKind.PlanExcludesCodex, failure.Kind);
    }

    private static TurnContext ContextWithNames() =>
        SampleTurn.Context(names: new Dictionary<string, ClientToolName> { ["my_tool_name_24b0025b"] = new("my.tool/name") });

    [Theory]
    [InlineData(400, """{"detail":"Unsupported content type"}""", true)]
    [InlineData(400, """{"error":{"message":"Could not decrypt the provided content.","code":"invalid_request_error"}}""", true)]
    [InlineData(400, """{"error":{"message":"Invalid signature in thinking block"}}""", true)]
    [InlineData(404, """{"error":{"message":"Item with id 'rs_0123' not found. Items are not persisted when `store` is set to false."}}""", true)]
    [InlineData(400, """{"error":{"message":"Unsupported parameter: 'input[2].encrypted_content'.","code":"unsupported_parameter"}}""", true)]
    [InlineData(400, """{"error":{"message":"Unsupported parameter: 'reasoning.effort'."}}""", false)]
    [InlineData(400, """{"error":{"message":"Unsupported value: 'xhigh' is not supported with this model.","param":"reasoning.effort"}}""", false)]
    [InlineData(400, """{"error":{"message":"Invalid value: 'reasoning.encrypted_content'.","param":"include[0]"}}""", false)]
    [InlineData(400, """{"error":{"message":"Something else"}}""", false)]
    [InlineData(500, """{"error":{"message":"Could not decrypt"}}""", false)]
    public void Refused_reasoning_is_recognised_in_any_wording(int status, string body, bool may) =>
        Assert.Equal(may, CodexFailure.FromResponse(status, static _ => null, Encoding.UTF8.GetBytes(body), Now).MayMeanReasoning);

    [Theory]
    [InlineData(415, "", true)]
    [InlineData(415, """{"detail":"Unsupported Media Type"}""", true)]
    [InlineData(400, """{"error":{"message":"We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)","type":"invalid_request_error","param":null,"code":null}}""", true)]
    [InlineData(400, """{"detail":"There was an error parsing the body"}""", true)]
    [InlineData(422, """{"detail":[{"type":"json_invalid","loc":["body",0],"msg":"JSON decode error"}]}""", true)]
    [InlineData(400, """{"error":"invalid character '(' looking for beginning of value"}""", true)]
    [InlineData(400, "Failed to parse the request body as JSON: expected value at line 1 column 1", true)]
    [InlineData(400, "'utf-8' codec can't decode byte 0xb5 in position 1: invalid start byte", true)]
    [InlineData(400, """{"detail":"Invalid JSON body"}""", true)]
    [InlineData(400, """{"detail":"Unsupported Content-Encoding"}""", true)]
    [InlineData(400, """{"error":{"message":"Invalid schema for function 'f': not valid JSON schema.","code":"invalid_function_parameters"}}""", false)]
    [InlineData(400, """{"error":{"message":"Unknown parameter: 'text.json'.","code":"unknown_parameter"}}""", false)]
    [InlineData(400, """{"detail":"Stream must be set to true"}""", false)]
    [InlineData(400, "", false)]
    [InlineData(401, """{"detail":"could not parse the JSON body"}""", false)]
    [InlineData(500, """{"detail":"could not parse the JSON body"}""", false)]
    public void A_body_that_could_not_be_read_is_recognised_in_any_wording(int status, string body, bool may) =>
        Assert.Equal(may, CodexFailure.FromResponse(status, static _ => null, Encoding.UTF8.GetBytes(body), Now).MayMeanCompression);

    [Theory]
    [InlineData(400, """{"error":{"message":"x","code":"thinking_signature_invalid"}}""")]
    [InlineData(400, """{"error":{"message":"too long","code":"string_above_max_length","param":"input[2].encrypted_content"}}""")]
    public void Refused_reasoning_is_known_by_its_code_or_place(int status, string body) =>
        Assert.Equal(CodexFailureKind.ReasoningUnreadable, CodexFailure.FromResponse(status, static _ => null, Encoding.UTF8.GetBytes(body), Now).Kind);

    [Theory]
    [InlineData(400, """{"error":{"message":"canary","code":"invalid_value","param":"input[1].content"}}""", "Upstream refused the request (invalid_value, input[1].content)")]
    [InlineData(400, """{"error":{"message":"canary","code":"canary in a code","param":"a canary's param"}}""", "Upstream refused the request")]
    [InlineData(500, """{"error":{"message":"canary"}}""", "Upstream failed")]
    [InlineData(503, "canary", "Upstream is overloaded")]
    [InlineData(403, """{"detail":"canary"}""", "Upstream refused this account")]
    [InlineData(429, """{"detail":"canary"}""", "Upstream limits the rate of requests")]
    [InlineData(404, """{"detail":"canary"}""", "Upstream does not have the model")]
    [InlineData(400, """{"error":{"message":"canary","code":"image_parse_error"}}""", "Upstream could not process an image (image_parse_error)")]
    [InlineData(400, """{"error":{"message":"Invalid schema for function 'f': canary","code":"invalid_function_parameters"}}""", "Upstream refused the schema of a tool (invalid_function_parameters)")]
    public void What_the_backend_says_is_kept_in_our_words_only(int status, string body, string kept)
    {
        var error = CodexFailure.FromResponse(status, static _ => null, Encoding.UTF8.GetBytes(body), Now).ToApiError(SampleTurn.Context());
        Assert.Equal(kept, error.ForRecord);
        Assert.Contains("canary", error.Message, StringComparison.Ordinal);
    }
}
