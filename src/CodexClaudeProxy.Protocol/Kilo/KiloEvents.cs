using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Kilo;

/// <summary>
/// Writes the backend's events. Text and thought are items that end when the other begins; calls stay open until the answer ends,
/// because their fragments may interleave, told apart only by their index.
/// </summary>
internal sealed class KiloEvents(IEventConverter inner) : IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PooledBuffer _event = new();
    private readonly List<OpenCall> _calls = [];
    private string _id = "";
    private string? _openType;
    private int _openIndex;
    private int _next;
    private bool _started;

    private sealed class OpenCall(int key, int outputIndex)
    {
        public int Key { get; } = key;

        public int OutputIndex { get; } = outputIndex;

        public string? Id { get; set; }

        public string? Name { get; set; }

        public bool IsAnnounced { get; set; }

        /// <summary>Arguments that came before the name.</summary>
        public string Held { get; set; } = "";
    }

    public void Start(string? id, JsonElement created)
    {
        if (_started) return;
        _started = true;
        _id = id ?? "";
        Send("response.created", json =>
        {
            json.WriteStartObject("response"u8);
            json.WriteString("id"u8, _id);
            if (created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out long seconds)) json.WriteNumber("created_at"u8, seconds);
            json.WriteEndObject();
        });
    }

    public void Reason(string text)
    {
        Open("reasoning");
        SendDelta("response.reasoning_summary_text.delta", _openIndex, "summary_index", text);
    }

    public void Say(string text)
    {
        Open("message");
        SendDelta("response.output_text.delta", _openIndex, "content_index", text);
    }

    public void Call(JsonElement fragment)
    {
        CloseItem();
        JsonElement function = fragment.Member("function"u8);
        OpenCall call = Find(fragment);
        call.Id ??= fragment.Text("id"u8) is { Length: > 0 } id ? id : null;
        call.Name ??= function.Text("name"u8) is { Length: > 0 } name ? name : null;
        JsonElement arguments = function.Member("arguments"u8);
        string piece = arguments.IsString() ? arguments.GetString()! : arguments.IsObject() ? arguments.GetRawText() : "";
        if (call.Name is null)
        {
            call.Held += piece;
            return;
        }

        Announce(call);
        if (piece.Length > 0) SendDelta("response.function_call_arguments.delta", call.OutputIndex, null, piece);
    }

    /// <summary>The model writes no more.</summary>
    /// <param name="cut">It was cut off, perhaps inside a call.</param>
    public void Close(bool cut)
    {
        CloseItem();
        if (cut) return;
        foreach (OpenCall call in _calls.Where(call => call.IsAnnounced))
            Send("response.output_item.done", json => WriteItem(json, call.OutputIndex, "function_call", call));
    }

    public void Complete(string finish, ReadOnlyMemory<byte> usage)
    {
        string? reason = finish switch { "length" => "max_output_tokens", "content_filter" => "content_filter", _ => null };
        Send(reason is null ? "response.completed" : "response.incomplete", json =>
        {
            json.WriteStartObject("response"u8);
            json.WriteString("id"u8, _id);
            if (reason is not null)
            {
                json.WriteStartObject("incomplete_details"u8);
                json.WriteString("reason"u8, reason);
                json.WriteEndObject();
            }

            if (!usage.IsEmpty)
            {
                json.WritePropertyName("usage"u8);
                json.WriteRawValue(usage.Span);
            }

            json.WriteEndObject();
        });
    }

    public void Dispose() => _event.Dispose();

    /// <summary>By its index. Without one, a new id begins a new call; so it does where a provider numbers all calls the same.</summary>
    private OpenCall Find(JsonElement fragment)
    {
        string? id = fragment.Text("id"u8) is { Length: > 0 } given ? given : null;
        int? index = fragment.Member("index"u8) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int at) ? at : null;
        OpenCall? call = index is null ? _calls.LastOrDefault() : _calls.LastOrDefault(open => open.Key == index);
        if (call is not null && (id is null || call.Id is null || call.Id == id)) return call;

        call = new OpenCall(index ?? _calls.Count, _next++);
        _calls.Add(call);
        return call;
    }

    private void Announce(OpenCall call)
    {
        if (call.IsAnnounced) return;
        call.IsAnnounced = true;
        Send("response.output_item.added", json => WriteItem(json, call.OutputIndex, "function_call", call));
        if (call.Held.Length > 0) SendDelta("response.function_call_arguments.delta", call.OutputIndex, null, call.Held);
    }

    private void Open(string type)
    {
        if (_openType == type) return;
        CloseItem();
        (_openType, _openIndex) = (type, _next++);
        Send("response.output_item.added", json => WriteItem(json, _openIndex, type, null));
    }

    private void CloseItem()
    {
        if (_openType is not { } type) return;
        _openType = null;
        Send("response.output_item.done", json => WriteItem(json, _openIndex, type, null));
    }

    private void WriteItem(Utf8JsonWriter json, int outputIndex, string type, OpenCall? call)
    {
        json.WriteNumber("output_index"u8, outputIndex);
        json.WriteStartObject("item"u8);
        json.WriteString("type"u8, type);
        json.WriteString("id"u8, $"{_id}_{outputIndex}");
        if (type == "message") json.WriteString("role"u8, "assistant"u8);
        if (call is not null)
        {
            json.WriteString("name"u8, call.Name);
            if (call.Id is { } id) json.WriteString("call_id"u8, id);
        }

        json.WriteEndObject();
    }

    private void SendDelta(string type, int outputIndex, string? part, string delta) => Send(type, json =>
    {
        json.WriteNumber("output_index"u8, outputIndex);
        if (part is not null) json.WriteNumber(part, 0);
        json.WriteString("delta"u8, delta);
    });

    private void Send(string type, Action<Utf8JsonWriter> write)
    {
        _event.Clear();
        using (var json = new Utf8JsonWriter(_event, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            write(json);
            json.WriteEndObject();
        }

        inner.Handle(_event.Written);
    }
}
