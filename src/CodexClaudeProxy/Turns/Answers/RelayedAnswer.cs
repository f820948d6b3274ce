using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Answers;

/// <summary>An answer in the backend's own words: its events as they come, or its response object at the end, and what its headers say.</summary>
internal sealed class RelayedAnswer(HttpContext http, RelayForm form) : IAnswer
{
    private readonly PooledBuffer _bytes = new();
    private ResponseRelay? _relay;

    public bool IsCommitted { get; private set; }

    public bool HasUnsent => _bytes.Length > 0;

    public IEventConverter Convert(TurnContext context, TimeProvider time)
    {
        AnswerHeaders.WriteDroppedTools(http.Response, context);
        return _relay = new ResponseRelay(context, _bytes, form, time, begun: IsCommitted);
    }

    public void NoteHeaders(HttpResponseMessage response)
    {
        if (!IsCommitted) RelayedHeaders.Copy(response, http.Response.Headers);
    }

    public void Reset()
    {
        if (!IsCommitted) _bytes.Clear();
    }

    public async ValueTask SendAsync(RateLimits? limits, CancellationToken cancellation)
    {
        if (_bytes.Length == 0) return;
        if (!form.Stream)
        {
            IsCommitted = true;
            await JsonReply.WriteAsync(http, StatusCodes.Status200OK, _bytes.WrittenMemory);
        }
        else
        {
            if (!IsCommitted) AnswerHeaders.WriteStream(http.Response);
            IsCommitted = true;
            await http.Response.BodyWriter.WriteAsync(_bytes.WrittenMemory, cancellation);
        }

        _bytes.Clear();
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation)
    {
        if (_relay is not { HasToldFailure: true }) ResponsesError.Write(_bytes, error, _relay?.NextSequenceNumber ?? 0);
        return SendAsync(null, cancellation);
    }

    public void Dispose() => _bytes.Dispose();
}
