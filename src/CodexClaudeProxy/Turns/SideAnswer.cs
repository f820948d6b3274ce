using System.Text.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns;

/// <summary>The answer to a turn of our own: nobody is sent anything, and what counts is the text of the whole.</summary>
internal sealed class SideAnswer : IAnswer
{
    private MessageBuilder _builder = new();

    public bool IsCommitted { get; private set; }

    public bool HasUnsent => !IsCommitted && !_builder.Document.IsEmpty;

    public IReadOnlyList<string> Texts { get; private set; } = [];

    /// <summary>In Anthropic's words; empty before the end.</summary>
    public string StopReason { get; private set; } = "";

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
        if (!HasUnsent) return ValueTask.CompletedTask;
        IsCommitted = true;
        using JsonDocument message = JsonDocument.Parse(LoneSurrogates.Replace(_builder.Document), JsonDepth.Document);
        Texts = [.. message.RootElement.GetProperty("content"u8).EnumerateArray()
            .Where(static block => block.GetProperty("type"u8).ValueEquals("text"u8)).Select(static block => block.GetProperty("text"u8).GetString()!)];
        StopReason = message.RootElement.GetProperty("stop_reason"u8).GetString()!;
        return ValueTask.CompletedTask;
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation) => throw new InvalidOperationException("A whole answer fails before it is there.");

    public void Dispose() => _builder.Dispose();
}
