using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Answers;

/// <summary>An answer as an event stream. Events collect in a buffer and go out once per batch read from upstream.</summary>
/// <param name="sink">Makes the writer of the client's protocol over the buffer.</param>
internal sealed class StreamedAnswer(HttpContext http, Func<PooledBuffer, ITurnSink> sink) : IAnswer
{
    private readonly PooledBuffer _events = new();
    private ITurnSink? _sink;

    public bool IsCommitted { get; private set; }

    public bool HasUnsent => _events.Length > 0;

    private ITurnSink Sink => _sink ??= sink(_events);

    public IEventConverter Convert(TurnContext context, TimeProvider time)
    {
        AnswerHeaders.WriteDroppedTools(http.Response, context);
        return new TurnConverter(context, Sink, time, begun: IsCommitted);
    }

    public void NoteHeaders(HttpResponseMessage response)
    {
        // They speak the backend's language.
    }

    public void Reset()
    {
        if (IsCommitted) return;
        _events.Clear();
        Forget();
    }

    public async ValueTask SendAsync(RateLimits? limits, CancellationToken cancellation)
    {
        if (_events.Length == 0) return;
        if (!IsCommitted)
        {
            IsCommitted = true;
            AnswerHeaders.WriteStream(http.Response);
            AnswerHeaders.WriteLimits(http, limits, rejected: false);
        }

        await http.Response.BodyWriter.WriteAsync(_events.WrittenMemory, cancellation);
        _events.Clear();
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation)
    {
        Sink.Fail(error);
        return SendAsync(null, cancellation);
    }

    public void Dispose()
    {
        _events.Dispose();
        Forget();
    }

    private void Forget()
    {
        (_sink as IDisposable)?.Dispose();
        _sink = null;
    }
}
