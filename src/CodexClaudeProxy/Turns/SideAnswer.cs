using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Answers;

namespace CodexClaudeProxy.Turns;

/// <summary>What is read of the message that the builder wrote.</summary>
internal sealed record SideMessage(IReadOnlyList<SideBlock> Content, [property: JsonPropertyName("stop_reason")] string StopReason);

/// <param name="Text">Of a block of the type <c>text</c>.</param>
internal sealed record SideBlock(string Type, string? Text);

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
        SideMessage message = JsonSerializer.Deserialize(LoneSurrogates.Replace(_builder.Document).Span, TurnsContext.Default.SideMessage)!;
        Texts = [.. message.Content.Where(static block => block.Type == "text").Select(static block => block.Text!)];
        StopReason = message.StopReason;
        return ValueTask.CompletedTask;
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation) => throw new InvalidOperationException("A whole answer fails before it is there.");

    public void Dispose() => _builder.Dispose();
}
