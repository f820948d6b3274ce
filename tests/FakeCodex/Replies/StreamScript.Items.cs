using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>The output items a model can produce.</summary>
public sealed partial class StreamScript
{
    /// <param name="phase"><c>commentary</c> or <c>final_answer</c>.</param>
    public StreamScript Text(string text, string? phase = null)
    {
        OpenItem message = OpenMessage(phase);
        OpenText(message);
        foreach (string piece in Pieces(text)) TextDelta(message, piece);
        return CloseText(message, text);
    }

    /// <summary>A message that begins and never ends; the script goes on with whatever breaks it off.</summary>
    public StreamScript UnfinishedText(string text)
    {
        OpenItem message = OpenMessage(phase: null);
        OpenText(message);
        foreach (string piece in Pieces(text)) TextDelta(message, piece);
        return this;
    }

    /// <summary>Text whose deltas are separated by a step of the caller's choice, such as a hold or a keep-alive.</summary>
    public StreamScript Text(IReadOnlyList<string> deltas, Action<StreamScript, int> between)
    {
        OpenItem message = OpenMessage(phase: null);
        OpenText(message);
        for (int i = 0; i < deltas.Count; i++)
        {
            if (i > 0) between(this, i);
            TextDelta(message, deltas[i]);
        }
        return CloseText(message, string.Concat(deltas));
    }

    /// <summary>A reasoning item with these summary parts and encrypted content of its own.</summary>
    public StreamScript Reasoning(params ReadOnlySpan<string> summaryParts) => ReasoningEncrypted(FakeIds.EncryptedContent(), summaryParts);

    public StreamScript ReasoningEncrypted(string encryptedContent, params ReadOnlySpan<string> summaryParts)
    {
        // The value in "added" is preliminary on the real backend: only the one in "done" can be sent back.
        string preliminary = FakeIds.EncryptedContent(90);
        OpenItem item = Open("rs", new() { ["type"] = "reasoning", ["encrypted_content"] = preliminary, ["summary"] = new JsonArray() });
        JsonArray summary = [];
        for (int i = 0; i < summaryParts.Length; i++)
        {
            string text = summaryParts[i];
            ItemEvent("response.reasoning_summary_part.added", item, new() { ["summary_index"] = i, ["part"] = SummaryPart("") });
            foreach (string piece in Pieces(text))
            {
                ItemEvent("response.reasoning_summary_text.delta", item, new() { ["summary_index"] = i, ["delta"] = piece });
            }
            ItemEvent("response.reasoning_summary_text.done", item, new() { ["summary_index"] = i, ["text"] = text });
            ItemEvent("response.reasoning_summary_part.done", item, new() { ["summary_index"] = i, ["part"] = SummaryPart(text) });
            summary.Add(SummaryPart(text));
        }
        return Close(item, new() { ["encrypted_content"] = encryptedContent, ["summary"] = summary });
    }

    /// <summary>Calls one after the other.</summary>
    public StreamScript Calls(params ReadOnlySpan<FunctionCall> calls)
    {
        foreach (FunctionCall call in calls)
        {
            OpenItem item = OpenCall(call);
            foreach (string piece in Pieces(call.Arguments)) ArgumentsDelta(item, piece);
            CloseCall(item, call);
        }
        return this;
    }

    /// <summary>Calls that all open first, whose arguments then come in turns, and that close in reverse order.</summary>
    public StreamScript InterleavedCalls(params FunctionCall[] calls)
    {
        (OpenItem Item, FunctionCall Call)[] open = [.. calls.Select(call => (OpenCall(call), call))];
        string[][] pieces = [.. calls.Select(call => Pieces(call.Arguments).ToArray())];
        for (int round = 0; round < pieces.Max(list => list.Length); round++)
        {
            for (int i = 0; i < open.Length; i++)
            {
                if (round < pieces[i].Length) ArgumentsDelta(open[i].Item, pieces[i][round]);
            }
        }
        foreach ((OpenItem item, FunctionCall call) in open.Reverse()) CloseCall(item, call);
        return this;
    }

    public StreamScript CustomCall(string name, string input, string? callId = null)
    {
        OpenItem item = Open("ctc", new()
        {
            ["type"] = "custom_tool_call",
            ["status"] = "in_progress",
            ["call_id"] = callId ?? FakeIds.Call(),
            ["name"] = name,
            ["input"] = "",
        });
        foreach (string piece in Pieces(input)) ItemEvent("response.custom_tool_call_input.delta", item, new() { ["delta"] = piece });
        ItemEvent("response.custom_tool_call_input.done", item, new() { ["input"] = input });
        return Close(item, new() { ["status"] = "completed", ["input"] = input });
    }

    /// <summary>A hosted search; the query is known only when the item is done.</summary>
    public StreamScript WebSearch(string query, params string[] sources)
    {
        OpenItem item = Open("ws", new() { ["type"] = "web_search_call", ["status"] = "in_progress" });
        ItemEvent("response.web_search_call.in_progress", item, []);
        ItemEvent("response.web_search_call.searching", item, []);
        ItemEvent("response.web_search_call.completed", item, []);
        JsonObject action = new() { ["type"] = "search", ["query"] = query, ["queries"] = new JsonArray(query) };
        if (sources.Length > 0)
        {
            action["sources"] = new JsonArray([.. sources.Select(url => new JsonObject { ["type"] = "url", ["url"] = url })]);
        }
        return Close(item, new() { ["status"] = "completed", ["action"] = action });
    }

    public StreamScript Refusal(string text)
    {
        OpenItem message = OpenMessage(phase: null);
        ItemEvent("response.content_part.added", message, new() { ["content_index"] = 0, ["part"] = RefusalPart("") });
        foreach (string piece in Pieces(text))
        {
            ItemEvent("response.refusal.delta", message, new() { ["content_index"] = 0, ["delta"] = piece });
        }
        ItemEvent("response.refusal.done", message, new() { ["content_index"] = 0, ["refusal"] = text });
        ItemEvent("response.content_part.done", message, new() { ["content_index"] = 0, ["part"] = RefusalPart(text) });
        return Close(message, new() { ["status"] = "completed", ["content"] = new JsonArray(RefusalPart(text)) });
    }

    private OpenItem OpenMessage(string? phase)
    {
        JsonObject item = new() { ["type"] = "message", ["status"] = "in_progress", ["content"] = new JsonArray(), ["role"] = "assistant" };
        if (phase is not null) item["phase"] = phase;
        return Open("msg", item);
    }

    private void OpenText(OpenItem message) =>
        ItemEvent("response.content_part.added", message, new() { ["content_index"] = 0, ["part"] = TextPart("") });

    private void TextDelta(OpenItem message, string delta) => ItemEvent("response.output_text.delta", message, new()
    {
        ["content_index"] = 0,
        ["delta"] = delta,
        ["logprobs"] = new JsonArray(),
    });

    private StreamScript CloseText(OpenItem message, string text)
    {
        ItemEvent("response.output_text.done", message, new() { ["content_index"] = 0, ["text"] = text, ["logprobs"] = new JsonArray() });
        ItemEvent("response.content_part.done", message, new() { ["content_index"] = 0, ["part"] = TextPart(text) });
        return Close(message, new() { ["status"] = "completed", ["content"] = new JsonArray(TextPart(text)) });
    }

    private OpenItem OpenCall(FunctionCall call)
    {
        JsonObject item = new()
        {
            ["type"] = "function_call",
            ["status"] = "in_progress",
            ["arguments"] = "",
            ["call_id"] = call.CallId ?? FakeIds.Call(),
            ["name"] = call.Name,
        };
        if (call.Namespace is not null) item["namespace"] = call.Namespace;
        return Open("fc", item);
    }

    private void ArgumentsDelta(OpenItem item, string delta) =>
        ItemEvent("response.function_call_arguments.delta", item, new() { ["delta"] = delta });

    private void CloseCall(OpenItem item, FunctionCall call)
    {
        ItemEvent("response.function_call_arguments.done", item, new() { ["arguments"] = call.Arguments });
        Close(item, new() { ["status"] = "completed", ["arguments"] = call.Arguments });
    }

    private OpenItem Open(string prefix, JsonObject members)
    {
        JsonObject item = new() { ["id"] = FakeIds.Item(prefix) };
        foreach ((string name, JsonNode? value) in members) item[name] = value?.DeepClone();
        OpenItem open = new(_outputIndex++, item);
        Event("response.output_item.added", new() { ["output_index"] = open.Index, ["item"] = item.DeepClone() });
        return open;
    }

    private StreamScript Close(OpenItem open, JsonObject final)
    {
        foreach ((string name, JsonNode? value) in final) open.Item[name] = value?.DeepClone();
        return Event("response.output_item.done", new() { ["output_index"] = open.Index, ["item"] = open.Item.DeepClone() });
    }

    private void ItemEvent(string type, OpenItem open, JsonObject members)
    {
        JsonObject data = new() { ["item_id"] = open.Item["id"]!.DeepClone(), ["output_index"] = open.Index };
        foreach ((string name, JsonNode? value) in members) data[name] = value?.DeepClone();
        Event(type, data);
    }

    private static JsonObject TextPart(string text) =>
        new() { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text };

    private static JsonObject SummaryPart(string text) => new() { ["type"] = "summary_text", ["text"] = text };

    private static JsonObject RefusalPart(string text) => new() { ["type"] = "refusal", ["refusal"] = text };

    private sealed record OpenItem(int Index, JsonObject Item);
}
