using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Demo;

/// <summary>Turns an answer into the event stream of the Responses API, at the pace at which a model writes.</summary>
internal sealed class ResponseEvents(SimulatedRequest request, SimulatedAnswer answer, int cachedTokens, DateTimeOffset now)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Thinking = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Writing = TimeSpan.FromMilliseconds(25);

    private readonly string _response = Id("resp");
    private int _sequence;
    private int _index;
    private int _reasoningTokens;
    private int _outputTokens;

    public IEnumerable<PacedBytes> All()
    {
        yield return Event("response.created", new() { ["response"] = Response("in_progress") }, FirstPause);
        yield return Event("response.in_progress", new() { ["response"] = Response("in_progress") });
        if (request.Effort is not (null or "none"))
        {
            foreach (PacedBytes bytes in Reasoning()) yield return bytes;
        }

        if (answer.Search is { } query)
        {
            foreach (PacedBytes bytes in Search(query)) yield return bytes;
        }

        foreach (PacedBytes bytes in answer.Tool is { } tool ? Call(tool) : Message()) yield return bytes;
        JsonObject response = Response("completed");
        response["usage"] = Usage();
        yield return Event("response.completed", new() { ["response"] = response });
    }

    private IEnumerable<PacedBytes> Reasoning()
    {
        string id = Id("rs");
        string summary = $"**Simulated thought**\n\n{answer.Thought}";
        _reasoningTokens = O200k.Count(summary);
        JsonObject item = new() { ["id"] = id, ["type"] = "reasoning", ["encrypted_content"] = Encrypted(), ["summary"] = new JsonArray() };
        yield return Added(item);
        if (request.WantsSummary)
        {
            JsonObject Part(string text) => new() { ["type"] = "summary_text", ["text"] = text };
            yield return OfItem("reasoning_summary_part.added", id, new() { ["summary_index"] = 0, ["part"] = Part("") });
            foreach (string piece in Pieces(summary))
            {
                yield return OfItem("reasoning_summary_text.delta", id, new() { ["summary_index"] = 0, ["delta"] = piece }, Thinking);
            }

            yield return OfItem("reasoning_summary_text.done", id, new() { ["summary_index"] = 0, ["text"] = summary });
            yield return OfItem("reasoning_summary_part.done", id, new() { ["summary_index"] = 0, ["part"] = Part(summary) });
            item["summary"] = new JsonArray(Part(summary));
        }

        // As on the real backend, only the second value can be sent back.
        item["encrypted_content"] = Encrypted();
        yield return Done(item);
    }

    private IEnumerable<PacedBytes> Search(string query)
    {
        string id = Id("ws");
        JsonObject item = new() { ["id"] = id, ["type"] = "web_search_call", ["status"] = "in_progress" };
        yield return Added(item);
        yield return OfItem("web_search_call.in_progress", id, []);
        yield return OfItem("web_search_call.searching", id, [], FirstPause);
        yield return OfItem("web_search_call.completed", id, []);
        item["status"] = "completed";
        item["action"] = new JsonObject
        {
            ["type"] = "search",
            ["query"] = query,
            ["queries"] = new JsonArray(query),
            ["sources"] = new JsonArray(new JsonObject { ["type"] = "url", ["url"] = "https://simulated.example/" }),
        };
        yield return Done(item);
    }

    private IEnumerable<PacedBytes> Call(string tool)
    {
        string id = Id("fc");
        string arguments = Encoding.UTF8.GetString((answer.Arguments ?? new JsonObject()).ToBytes());
        _outputTokens = O200k.Count(arguments) + O200k.Count(tool);
        JsonObject item = new() { ["id"] = id, ["type"] = "function_call", ["status"] = "in_progress", ["call_id"] = Id("call"), ["name"] = tool, ["arguments"] = "" };
        yield return Added(item);
        foreach (string piece in Pieces(arguments)) yield return OfItem("function_call_arguments.delta", id, new() { ["delta"] = piece }, Writing);
        yield return OfItem("function_call_arguments.done", id, new() { ["arguments"] = arguments });
        item["status"] = "completed";
        item["arguments"] = arguments;
        yield return Done(item);
    }

    private IEnumerable<PacedBytes> Message()
    {
        string id = Id("msg");
        string text = answer.Text;
        _outputTokens = O200k.Count(text);
        JsonObject Part(string written) => new() { ["type"] = "output_text", ["text"] = written, ["annotations"] = new JsonArray() };
        JsonObject item = new() { ["id"] = id, ["type"] = "message", ["status"] = "in_progress", ["role"] = "assistant", ["content"] = new JsonArray() };
        yield return Added(item);
        yield return OfItem("content_part.added", id, new() { ["content_index"] = 0, ["part"] = Part("") });
        foreach (string piece in Pieces(text)) yield return OfItem("output_text.delta", id, new() { ["content_index"] = 0, ["delta"] = piece }, Writing);
        yield return OfItem("output_text.done", id, new() { ["content_index"] = 0, ["text"] = text });
        yield return OfItem("content_part.done", id, new() { ["content_index"] = 0, ["part"] = Part(text) });
        item["status"] = "completed";
        item["content"] = new JsonArray(Part(text));
        yield return Done(item);
    }

    private PacedBytes Added(JsonObject item) => Event("response.output_item.added", new() { ["output_index"] = _index, ["item"] = item.DeepClone() });

    private PacedBytes Done(JsonObject item) => Event("response.output_item.done", new() { ["output_index"] = _index++, ["item"] = item.DeepClone() });

    private PacedBytes OfItem(string type, string item, JsonObject members, TimeSpan pause = default)
    {
        members["item_id"] = item;
        members["output_index"] = _index;
        return Event("response." + type, members, pause);
    }

    private PacedBytes Event(string type, JsonObject members, TimeSpan pause = default)
    {
        members.Insert(0, "type", type);
        members.Insert(1, "sequence_number", _sequence++);
        return new PacedBytes(pause, [.. Encoding.UTF8.GetBytes($"event: {type}\ndata: "), .. members.ToBytes(), .. "\n\n"u8]);
    }

    /// <summary>The backend leaves <c>output</c> empty: the items have been told before.</summary>
    private JsonObject Response(string status) => new()
    {
        ["id"] = _response,
        ["object"] = "response",
        ["created_at"] = now.ToUnixTimeSeconds(),
        ["status"] = status,
        ["error"] = null,
        ["incomplete_details"] = null,
        ["model"] = request.Model,
        ["output"] = new JsonArray(),
        ["reasoning"] = new JsonObject { ["effort"] = request.Effort, ["summary"] = null },
        ["store"] = false,
        ["usage"] = null,
        ["metadata"] = new JsonObject { ["simulated"] = "true" },
    };

    private JsonObject Usage() => new()
    {
        ["input_tokens"] = request.InputTokens,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = cachedTokens },
        ["output_tokens"] = _outputTokens + _reasoningTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = _reasoningTokens },
        ["total_tokens"] = request.InputTokens + _outputTokens + _reasoningTokens,
    };

    /// <summary>Cuts text into what a token may be: a word with the space before it, or a part of a long one.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        const int Longest = 8;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = start + 1;
            while (end < text.Length && end - start < Longest && text[end] is not (' ' or '\n')) end++;
            if (end < text.Length && char.IsLowSurrogate(text[end])) end++;
            yield return text[start..end];
        }
    }

    private static string Id(string prefix) => $"{prefix}_simulated{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

    private static string Encrypted() => $"gAAAAA-simulated-{RandomNumberGenerator.GetHexString(64, lowercase: true)}";
}
