using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Turns;

/// <summary>The answer to a turn of our own: nobody is sent anything, and what counts is the text of a complete answer.</summary>
internal sealed class SideAnswer : IAnswer
{
    private MessageBuilder _builder = new();

    public bool IsCommitted { get; private set; }

    public bool HasUnsent => !IsCommitted && !_builder.Document.IsEmpty;

    /// <summary>Null unless the answer ended by itself and is one text.</summary>
    public string? Text
    {
        get
        {
            if (!IsCommitted) return null;
            using JsonDocument message = JsonDocument.Parse(_builder.Document, JsonDepth.Document);
            JsonElement[] texts = [.. message.RootElement.GetProperty("content"u8).EnumerateArray().Where(static block => block.GetProperty("type"u8).ValueEquals("text"u8))];
            return message.RootElement.GetProperty("stop_reason"u8).ValueEquals("end_turn"u8) && texts.Length == 1 ? texts[0].GetProperty("text"u8).GetString() : null;
        }
    }

    public IEventConverter Convert(TurnContext context, TimeProvider time) => new TurnConverter(context, _builder, time);

    public void NoteHeaders(HttpResponseMessage response)
    {
        // There is nobody to tell.
    }

    public void Reset()
    {
        _builder.Dispose();
        _builder = new MessageBuilder();
    }

    public ValueTask SendAsync(RateLimits? limits, CancellationToken cancellation)
    {
        IsCommitted = !_builder.Document.IsEmpty;
        return ValueTask.CompletedTask;
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation) => throw new InvalidOperationException("A whole answer fails before it is there.");

    public void Dispose() => _builder.Dispose();
}
