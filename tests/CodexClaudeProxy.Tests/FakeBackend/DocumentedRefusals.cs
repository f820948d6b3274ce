using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

/// <summary>Each refusal that is documented from the real backend comes with exactly its status and body.</summary>
public sealed class DocumentedRefusals : IAsyncLifetime
{
    private const string LongKey = "012345678901234567890123456789012345678901234567890123456789abcdefghi";

    private static readonly Dictionary<string, Action<JsonObject>> Breaks = new()
    {
        ["400-call-id-too-long"] = body => Append(body, Filler, Filler, Filler, Filler, Call(LongKey), Output(LongKey)),
        ["400-input-must-be-a-list"] = body => body["input"] = "Hello",
        ["400-instructions-required"] = body => body.Remove("instructions"),
        ["400-invalid-encrypted-content"] = body => Append(body, Reasoning("rs_1", "gAAAAABnot-mineRg==")),
        ["400-invalid-function-parameters"] = body => body["tools"] = new JsonArray(FunctionWithRootCombinator("f")),
        ["400-invalid-image"] = body => Append(body, Image("data:image/png;base64,aGVsbG8gd29ybGQ=")),
        ["400-model-not-supported"] = body => body["model"] = "gpt-9",
        ["400-no-tool-call"] = body => Append(body, Output("call_AAAA")),
        ["400-no-tool-output"] = body => Append(body, Call("call_AAAA")),
        ["400-prompt-cache-key-too-long"] = body => body["prompt_cache_key"] = LongKey,
        ["400-store-must-be-false"] = body => body.Remove("store"),
        ["400-stream-must-be-true"] = body => body["stream"] = false,
        ["400-system-messages-not-allowed"] = body => Append(body, UpstreamCaller.Message("system", "input_text", "Be brief")),
        ["400-unsupported-parameter"] = body => body["max_output_tokens"] = 100,
        ["400-unsupported-service-tier"] = body => body["service_tier"] = "flex",
        ["404-item-not-found-store-false"] = body => Append(body, Reasoning("rs_0123", null)),
    };

    private FakeBackend _backend = null!;
    private UpstreamCaller _caller = null!;

    public static TheoryData<string> BrokenBodies => [.. Breaks.Keys];

    public async ValueTask InitializeAsync()
    {
        _backend = await FakeBackend.StartAsync();
        _caller = new UpstreamCaller(_backend);
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return _backend.DisposeAsync();
    }

    [Fact]
    public async Task A_good_request_is_not_refused()
    {
        using HttpResponseMessage response = await _caller.PostAsync(UpstreamCaller.GoodBody());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(_backend.Rejections);
    }

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task A_broken_body_is_refused_in_the_documented_words(string fixture)
    {
        JsonObject body = UpstreamCaller.GoodBody();
        Breaks[fixture](body);
        await AssertRefusedAsync(fixture, _caller.Request(body));
    }

    [Fact]
    public async Task Parallel_calls_are_refused_in_the_lite_lane()
    {
        JsonObject body = UpstreamCaller.GoodBody();
        body["parallel_tool_calls"] = true;
        HttpRequestMessage request = _caller.Request(body);
        request.Headers.Add("x-openai-internal-codex-responses-lite", "true");
        await AssertRefusedAsync("400-lite-parallel-tool-calls", request);
    }

    [Fact]
    public async Task An_old_client_is_told_to_upgrade()
    {
        JsonObject body = UpstreamCaller.GoodBody();
        body["model"] = "gpt-6-astra";
        HttpRequestMessage request = _caller.Request(body);
        request.Headers.Remove("version");
        request.Headers.Add("version", "0.99.0");
        await AssertRefusedAsync("400-newer-version-required", request);
    }

    [Fact]
    public async Task A_model_of_the_lite_lane_only_is_not_found_elsewhere()
    {
        _backend.Catalogue.Add(new("gpt-9", ["low"], new(0, 100), true, true));
        _backend.Catalogue.MakeLiteOnly("gpt-9");
        JsonObject body = UpstreamCaller.GoodBody();
        body["model"] = "gpt-9";
        await AssertRefusedAsync("404-model-not-found", _caller.Request(body));
    }

    [Fact]
    public async Task The_public_address_has_its_own_words_for_an_unknown_model()
    {
        JsonObject body = UpstreamCaller.GoodBody();
        body["model"] = "gpt-9";
        HttpRequestMessage request = _caller.Request(body, "/v1/responses");
        request.Headers.Authorization = new("Bearer", _backend.Auth.IssueApiKey());
        await AssertRefusedAsync("404-model-not-found-api", request);
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        HttpRequestMessage request = _caller.Request(UpstreamCaller.GoodBody());
        request.Headers.Authorization = new("Bearer", _backend.Auth.SignIn(lifetime: TimeSpan.FromMinutes(-1)).AccessToken);
        await AssertRefusedAsync("401-token-expired", request);
    }

    [Fact]
    public async Task An_invalidated_token_is_refused()
    {
        FakeTokens tokens = _backend.Auth.SignIn();
        _backend.Auth.InvalidateAccessToken(tokens.AccessToken);
        HttpRequestMessage request = _caller.Request(UpstreamCaller.GoodBody());
        request.Headers.Authorization = new("Bearer", tokens.AccessToken);
        await AssertRefusedAsync("401-token-invalidated", request);
    }

    [Fact]
    public async Task Another_accounts_id_is_refused()
    {
        HttpRequestMessage request = _caller.Request(UpstreamCaller.GoodBody());
        request.Headers.Remove("chatgpt-account-id");
        request.Headers.Add("chatgpt-account-id", "11111111-1111-1111-1111-111111111111");
        await AssertRefusedAsync("401-token-invalidated", request);
    }

    private async Task AssertRefusedAsync(string fixture, HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _caller.SendAsync(request);
        JsonElement expected = Fixtures.Answer(fixture);
        JsonElement actual = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(expected.GetProperty("status").GetInt32(), (int)response.StatusCode);
        Assert.True(JsonElement.DeepEquals(expected.GetProperty("body"), actual), actual.ToString());
        Assert.Single(_backend.Rejections);
    }

    private static JsonObject Filler => UpstreamCaller.Message("user", "input_text", "More");

    private static void Append(JsonObject body, params ReadOnlySpan<JsonObject> items)
    {
        foreach (JsonObject item in items) body["input"]!.AsArray().Add((JsonNode)item);
    }

    private static JsonObject Call(string callId) =>
        new() { ["type"] = "function_call", ["name"] = "Read", ["arguments"] = "{}", ["call_id"] = callId };

    private static JsonObject Output(string callId) =>
        new() { ["type"] = "function_call_output", ["call_id"] = callId, ["output"] = "done" };

    private static JsonObject Reasoning(string id, string? encrypted) =>
        new() { ["type"] = "reasoning", ["id"] = id, ["summary"] = new JsonArray(), ["encrypted_content"] = encrypted };

    private static JsonObject FunctionWithRootCombinator(string name) => new()
    {
        ["type"] = "function",
        ["name"] = name,
        ["strict"] = false,
        ["parameters"] = JsonNode.Parse("""{"type":"object","properties":{},"anyOf":[]}"""),
    };

    private static JsonObject Image(string url) => new()
    {
        ["type"] = "message",
        ["role"] = "user",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "input_image", ["image_url"] = url }),
    };
}
