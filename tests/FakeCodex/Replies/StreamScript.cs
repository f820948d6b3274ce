using System.Text;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>
/// Builds an upstream stream event by event, in the order and with the members of the real backend. What is not called is not
/// sent: a script without a terminal event is a stream that ends too early.
/// </summary>
public sealed partial class StreamScript
{
    private readonly List<Step> _steps = [];
    private readonly string _model;
    private readonly string _id = FakeIds.Item("resp");
    private int _sequence;
    private int _outputIndex;

    /// <param name="model">What the response object names as the serving model.</param>
    /// <param name="opening">Whether the stream opens with response.created and response.in_progress.</param>
    public StreamScript(string model = "gpt-5.5", bool opening = true)
    {
        _model = model;
        if (!opening) return;
        Lifecycle("response.created", "in_progress");
        Lifecycle("response.in_progress", "in_progress");
    }

    /// <summary>Characters in one delta.</summary>
    public int PieceLength { get; init; } = 6;

    internal IReadOnlyList<Step> Steps => _steps;

    /// <summary>Ends the stream well. The real backend leaves output empty here.</summary>
    public StreamScript Completed(TokenUsage? usage = null, bool? endTurn = null)
    {
        JsonObject response = Response("completed");
        response["usage"] = (usage ?? TokenUsage.Default).ToJson();
        if (endTurn is { } end) response["end_turn"] = end;
        return Event("response.completed", new() { ["response"] = response });
    }

    /// <param name="reason"><c>max_output_tokens</c> or <c>content_filter</c>.</param>
    public StreamScript Incomplete(string reason, TokenUsage? usage = null)
    {
        JsonObject response = Response("incomplete");
        response["incomplete_details"] = new JsonObject { ["reason"] = reason };
        response["usage"] = (usage ?? TokenUsage.Default).ToJson();
        return Event("response.incomplete", new() { ["response"] = response });
    }

    public StreamScript Failed(string code, string message)
    {
        JsonObject response = Response("failed");
        response["error"] = new JsonObject { ["code"] = code, ["message"] = message };
        return Event("response.failed", new() { ["response"] = response });
    }

    /// <summary>A bare error event, which the real backend sends before response.failed.</summary>
    public StreamScript Error(string type, string code, string message) => Event("error", new()
    {
        ["error"] = new JsonObject { ["type"] = type, ["code"] = code, ["message"] = message, ["param"] = null },
    });

    public StreamScript KeepAlive() => Event("keepalive", []);

    /// <summary>A comment line, which no client may take for an event.</summary>
    public StreamScript Comment(string text) => Raw($": {text}\n\n");

    /// <summary>Waits until the test opens the gate.</summary>
    public StreamScript Hold(Gate gate) => Add(new Step.Hold(gate));

    /// <summary>Waits for real time; for people who watch, not for tests.</summary>
    public StreamScript Pause(TimeSpan time) => Add(new Step.Pause(time));

    /// <summary>Cuts the connection here.</summary>
    public StreamScript AbortConnection() => Add(new Step.Abort());

    /// <summary>Any event: its type and sequence number are filled in.</summary>
    public StreamScript Event(string type, JsonObject members)
    {
        JsonObject data = new() { ["type"] = type, ["sequence_number"] = _sequence++ };
        foreach ((string name, JsonNode? value) in members) data[name] = value?.DeepClone();
        return Raw($"event: {type}\ndata: {data.ToCompactJson()}\n\n");
    }

    /// <summary>Text exactly as it shall go over the wire.</summary>
    public StreamScript Raw(string wire) => Add(new Step.Send(Encoding.UTF8.GetBytes(wire)));

    private StreamScript Add(Step step)
    {
        _steps.Add(step);
        return this;
    }

    private void Lifecycle(string type, string status) => Event(type, new() { ["response"] = Response(status) });

    private JsonObject Response(string status) => new()
    {
        ["id"] = _id,
        ["object"] = "response",
        ["created_at"] = 1795380000,
        ["status"] = status,
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = null,
        ["instructions"] = "",
        ["max_output_tokens"] = null,
        ["model"] = _model,
        ["output"] = new JsonArray(),
        ["parallel_tool_calls"] = true,
        ["previous_response_id"] = null,
        ["reasoning"] = new JsonObject { ["effort"] = "medium", ["summary"] = null },
        ["service_tier"] = "auto",
        ["store"] = false,
        ["temperature"] = 1.0,
        ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" }, ["verbosity"] = "low" },
        ["tool_choice"] = "auto",
        ["tools"] = new JsonArray(),
        ["top_p"] = 1.0,
        ["truncation"] = "disabled",
        ["usage"] = null,
        ["user"] = null,
        ["metadata"] = new JsonObject(),
    };

    /// <summary>Cuts text into deltas, never between the two halves of a surrogate pair: each delta is valid text by itself.</summary>
    private IEnumerable<string> Pieces(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = Math.Min(text.Length, start + PieceLength);
            if (end < text.Length && char.IsHighSurrogate(text[end - 1])) end++;
            yield return text[start..end];
            start = end;
        }
    }
}
