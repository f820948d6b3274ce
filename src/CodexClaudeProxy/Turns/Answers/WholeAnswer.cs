using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Answers;

/// <summary>An answer as one JSON document. Nothing is sent before the turn is over, so every failure is an HTTP status.</summary>
/// <param name="make">Makes the builder of the client's protocol.</param>
internal sealed class WholeAnswer(HttpContext http, Func<IDocumentSink> make) : IAnswer
{
    private IDocumentSink _builder = make();

    public bool IsCommitted { get; private set; }

    public bool HasUnsent => !IsCommitted && !_builder.Document.IsEmpty;

    public IEventConverter Convert(TurnContext context, TimeProvider time)
    {
        AnswerHeaders.WriteDroppedTools(http.Response, context);
        return new TurnConverter(context, _builder, time);
    }

    public void NoteHeaders(HttpResponseMessage response)
    {
        // They speak the backend's language.
    }

    public void Reset()
    {
        _builder.Dispose();
        _builder = make();
    }

    public async ValueTask SendAsync(RateLimits? limits, CancellationToken cancellation)
    {
        if (_builder.Document.IsEmpty || IsCommitted) return;
        IsCommitted = true;
        AnswerHeaders.WriteLimits(http, limits, rejected: false);
        await JsonReply.WriteAsync(http, StatusCodes.Status200OK, _builder.Document);
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation) =>
        throw new InvalidOperationException("A whole answer fails with an HTTP status.");

    public void Dispose() => _builder.Dispose();
}
