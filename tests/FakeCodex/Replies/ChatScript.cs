using System.Text;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>Builds a Chat Completions stream chunk by chunk, as an OpenRouter gateway sends it.</summary>
public sealed class ChatScript(string model = "minimax/minimax-m2.5:free")
{
    private readonly List<Step> _steps = [];
    private readonly string _id = FakeIds.Item("gen");

    internal IReadOnlyList<Step> Steps => _steps;

    public ChatScript Text(string delta) => Delta(new() { ["content"] = delta });

    /// <param name="delta">A piece of the model's thoughts.</param>
    /// <param name="member">Gateways use <c>reasoning</c> or <c>reasoning_content</c>.</param>
    public ChatScript Reasoning(string delta, string member = "reasoning") => Delta(new() { ["content"] = "", [member] = delta });

    /// <summary>Opens a tool call; its arguments follow with <see cref="Arguments"/>.</summary>
    public ChatScript ToolCall(int index, string id, string name, string arguments = "") => Delta(new()
    {
        ["tool_calls"] = new JsonArray(new JsonObject
        {
            ["index"] = index,
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
        }),
    });

    /// <summary>A continuation fragment: it has an index, and no id.</summary>
    public ChatScript Arguments(int index, string piece) => Delta(new()
    {
        ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } }),
    });

    /// <summary>The last choice, the usage chunk when there is one, and the end marker.</summary>
    public ChatScript Finish(string reason = "stop", TokenUsage? usage = null)
    {
        Chunk(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = reason }), usage: null);
        if (usage is not null) Chunk([], usage);
        return Raw("data: [DONE]\n\n");
    }

    /// <summary>An error in the middle of the stream.</summary>
    public ChatScript Error(int code, string message) =>
        Raw("data: " + new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }.ToCompactJson() + "\n\n");

    public ChatScript Comment(string text) => Raw($": {text}\n\n");

    public ChatScript Hold(Gate gate) => Add(new Step.Hold(gate));

    public ChatScript AbortConnection() => Add(new Step.Abort());

    public ChatScript Raw(string wire) => Add(new Step.Send(Encoding.UTF8.GetBytes(wire)));

    private ChatScript Delta(JsonObject delta)
    {
        delta["role"] = "assistant";
        return Chunk(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = null }), usage: null);
    }

    private ChatScript Chunk(JsonArray choices, TokenUsage? usage)
    {
        JsonObject chunk = new()
        {
            ["id"] = _id,
            ["object"] = "chat.completion.chunk",
            ["created"] = 1795380000,
            ["model"] = model,
            ["choices"] = choices,
        };
        if (usage is not null) chunk["usage"] = usage.ToChatJson();
        return Raw($"data: {chunk.ToCompactJson()}\n\n");
    }

    private ChatScript Add(Step step)
    {
        _steps.Add(step);
        return this;
    }
}
