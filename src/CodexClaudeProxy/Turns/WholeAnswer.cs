using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Turns;

/// <summary>An answer as one JSON document. Nothing is sent before the turn is over, so every failure is an HTTP status.</summary>
internal sealed class WholeAnswer(HttpContext http) : IAnswer
{
    private MessageBuilder _builder = new();

    public ITurnSink Sink => _builder;

    public bool IsCommitted { get; private set; }

    public void Reset()
    {
        _builder.Dispose();
        _builder = new MessageBuilder();
    }

    public async ValueTask SendAsync(RateLimits? limits, CancellationToken cancellation)
    {
        if (_builder.Message.IsEmpty || IsCommitted) return;
        IsCommitted = true;
        AnswerHeaders.WriteLimits(http.Response, limits, rejected: false);
        await JsonReply.WriteAsync(http, StatusCodes.Status200OK, _builder.Message);
    }

    public ValueTask FailAsync(ApiError error, CancellationToken cancellation) =>
        throw new InvalidOperationException("A whole answer fails with an HTTP status.");

    public void Dispose() => _builder.Dispose();
}
