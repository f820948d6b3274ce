using System.Text.Json;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>The Kilo gateway: Chat Completions without an account.</summary>
public sealed class FakeKilo
{
    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    private readonly TimeProvider _clock;
    private readonly ReplyScript _script = new(Echo);

    internal FakeKilo(TimeProvider clock) => _clock = clock;

    public RequestLog Received { get; } = new();

    /// <summary>The answer of the model list.</summary>
    public Func<ReceivedRequest, Reply> Models { get; set; } = _ => Reply.Json(200, KiloModels);

    public void Answer(params ReadOnlySpan<Reply> replies) => _script.Enqueue(replies);

    /// <summary>Answers all requests for which nothing is queued.</summary>
    public void AnswerAll(Func<ReceivedRequest, Reply> reply) => _script.Otherwise(reply);

    /// <summary>A complete unary answer whose message has the given members, such as <c>content</c> and <c>tool_calls</c>.</summary>
    public static Reply Message(JsonObject message, string finishReason = "stop", TokenUsage? usage = null)
    {
        message["role"] = "assistant";
        return Reply.Json(200, new JsonObject
        {
            ["id"] = FakeIds.Item("gen"),
            ["object"] = "chat.completion",
            ["created"] = 1795380000,
            ["model"] = "minimax/minimax-m2.5:free",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = finishReason }),
            ["usage"] = (usage ?? TokenUsage.Default).ToChatJson(),
        }.ToCompactJson());
    }

    internal void Map(WebApplication app)
    {
        app.MapPost("/api/openrouter/chat/completions", http => AnswerAsync(http, Complete));
        app.MapGet("/api/openrouter/models", http => AnswerAsync(http, request => Models(request)));
    }

    private async Task AnswerAsync(HttpContext http, Func<ReceivedRequest, Reply> answer)
    {
        ReceivedRequest request = new(http.Request, await RequestBody.ReadAsync(http.Request, http.RequestAborted), _clock.GetUtcNow());
        Reply reply = answer(request);
        Received.Add(request);
        await request.AnswerAsync(reply, http);
    }

    private Reply Complete(ReceivedRequest request)
    {
        request.Rejection = Faults(request.Json).FirstOrDefault();
        return request.Rejection?.ToReply() ?? _script.Next(request);
    }

    private static IEnumerable<Rejection> Faults(JsonElement body)
    {
        if (body.GetText("model") is null) yield return Rejection.Missing("model");
        JsonElement messages = body.Get("messages");
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0) yield return Rejection.Missing("messages");
        foreach ((int index, JsonElement message) in messages.Items().Index())
        {
            string? role = message.GetText("role");
            if (!Roles.Contains(role)) yield return Rejection.WrongValue($"messages[{index}].role", role, Roles);
            if (role == "tool" && message.GetText("tool_call_id") is null)
            {
                yield return Rejection.Missing($"messages[{index}].tool_call_id");
            }
        }
        foreach ((int index, JsonElement tool) in body.Get("tools").Items().Index())
        {
            if (!ToolRules.IsName(tool.Get("function").GetText("name"))) yield return Rejection.Missing($"tools[{index}].function.name");
        }
    }

    private static Reply Echo(ReceivedRequest request)
    {
        JsonElement last = request.Json.Get("messages").Items().LastOrDefault(message => message.GetText("role") == "user");
        string text = $"You said: {last.GetText("content")}";
        return request.Json.Get("stream").ValueKind == JsonValueKind.True
            ? Reply.Sse(new ChatScript(request.Json.GetText("model")!).Text(text).Finish(usage: TokenUsage.Default))
            : Message(new() { ["content"] = text });
    }

    private const string KiloModels = """
        {"data":[
          {"id":"minimax/minimax-m2.5:free","name":"MiniMax M2.5","context_length":204800,"isFree":true,"supported_parameters":["tools"]},
          {"id":"kilo-auto/free","name":"Kilo Auto Free","context_length":204800,"isFree":true,"supported_parameters":["tools"]},
          {"id":"old/model-deprecated:free","name":"Old model","context_length":32768,"isFree":true,"supported_parameters":[]},
          {"id":"kilo/auto-free","name":"Auto","context_length":204800,"isFree":true,"supported_parameters":["tools"]},
          {"id":"anthropic/claude-sonnet","name":"Paid model","context_length":1000000,"isFree":false,"supported_parameters":["tools"]}]}
        """;
}
