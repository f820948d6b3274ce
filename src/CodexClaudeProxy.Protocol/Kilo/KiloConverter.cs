using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Kilo;

/// <summary>
/// Takes the gateway's chat completion chunks and tells them to a turn converter as the backend's own events. So tool arguments are
/// repaired, limits and stop sequences hold, and every client protocol is served as if Codex had answered.
/// </summary>
/// <param name="inner">Makes the client's answer; disposed with this.</param>
public sealed class KiloConverter(IEventConverter inner, TimeProvider time) : IEventConverter
{
    private readonly KiloEvents _events = new(inner);
    private byte[] _usage = [];
    private string? _finish;
    private bool _hasContent;

    public bool HasBegun => inner.HasBegun;

    public int BlockCount => inner.BlockCount;

    public bool IsEnded => inner.IsEnded;

    /// <summary>The model has said that it is done; only the usage may follow, and that is not worth a long wait.</summary>
    public bool HasErrorEvent => _finish is not null;

    public int Progress => inner.Progress;

    public CodexFailure? Failure => inner.Failure;

    public TurnEnd? Outcome => inner.Outcome;

    public RateLimits? RateLimits => null;

    public bool SawPhase => false;

    public IReadOnlyList<string> Repairs => inner.Repairs;

    public AnsweredCalls? Calls => inner.Calls;

    public IReadOnlyList<string> Unknown => [];

    public void Handle(ReadOnlySpan<byte> json)
    {
        if (IsEnded) return;
        if (json.Trim(" \r\n"u8).SequenceEqual("[DONE]"u8))
        {
            // Some providers forget the reason; the mark alone tells a finished answer from a broken one.
            if (_finish is null && _hasContent) Finish("stop");
            EndOfStream();
            return;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(LoneSurrogates.Replace(json.ToArray()), JsonDepth.Document);
            JsonElement root = document.RootElement;
            // A gateway that does not stream answers with one document, which arrives here in an event.
            Take(root.Member("response"u8) is { ValueKind: JsonValueKind.Object } whole ? whole : root);
        }
        catch (JsonException)
        {
            // Not a chunk: a broken stream shows by its end.
        }
    }

    public void EndOfStream(CodexFailure? cause = null)
    {
        if (IsEnded) return;
        if (_finish is not null) _events.Complete(_finish, _usage);
        else inner.EndOfStream(cause ?? CodexFailure.EndedEarly);
    }

    public void Begin() => inner.Begin();

    public void KeepAlive() => inner.KeepAlive();

    public void Conclude() => inner.Conclude();

    public void Refuse(CodexFailure failure) => inner.Refuse(failure);

    public void Dispose()
    {
        inner.Dispose();
        _events.Dispose();
    }

    private void Take(JsonElement chunk)
    {
        if (chunk.Member("error"u8).Exists())
        {
            inner.EndOfStream(FailureOf(chunk));
            return;
        }

        _events.Start(chunk.Text("id"u8), chunk.Member("created"u8));
        if (chunk.Member("usage"u8) is { ValueKind: JsonValueKind.Object } usage) _usage = Encoding.UTF8.GetBytes(usage.GetRawText());
        if (chunk.Member("choices"u8) is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0) TakeChoice(choices[0]);
        if (_finish is not null && _usage.Length > 0) EndOfStream();
    }

    private void TakeChoice(JsonElement choice)
    {
        if (choice.Member("error"u8).Exists())
        {
            inner.EndOfStream(FailureOf(choice));
            return;
        }

        JsonElement delta = choice.Member("delta"u8) is { ValueKind: JsonValueKind.Object } piece ? piece : choice.Member("message"u8);
        if (_finish is null) TakeDelta(delta);
        if (choice.Text("finish_reason"u8) is { Length: > 0 } reason && _finish is null && !IsEnded) Finish(reason);
    }

    private void TakeDelta(JsonElement delta)
    {
        if ((Nonempty(delta, "reasoning"u8) ?? Nonempty(delta, "reasoning_content"u8)) is { } thought) _events.Reason(thought);
        if (Nonempty(delta, "content"u8) is { } text)
        {
            _hasContent = true;
            _events.Say(text);
        }

        if (delta.Member("tool_calls"u8) is not { ValueKind: JsonValueKind.Array } calls) return;
        foreach (JsonElement call in calls.EnumerateArray())
        {
            _hasContent = true;
            _events.Call(call);
        }
    }

    private void Finish(string reason)
    {
        _finish = reason;
        _events.Close(cut: reason == "length");
    }

    private CodexFailure FailureOf(JsonElement holder)
    {
        JsonElement error = holder.Member("error"u8);
        int status = error.Member("code"u8) is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out int number) && number is >= 400 and < 600 ? number : 200;
        byte[] body = Encoding.UTF8.GetBytes($"{{\"error\":{error.GetRawText()}}}");
        return CodexFailure.FromResponse(status, static _ => null, body, time.GetUtcNow()) with { Status = status };
    }

    private static string? Nonempty(JsonElement delta, ReadOnlySpan<byte> member) => delta.Text(member) is { Length: > 0 } text ? text : null;
}
