using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>OpenAI's Responses API, and the routes beside it that the Codex CLI knows.</summary>
internal sealed class ResponsesEndpoint(ResponsesTurn turn, Forwarding forwarding)
{
    public void MapTo(Routes routes) => routes
        .Post("/v1/responses", turn.AnswerAsync)
        .Post("/v1/responses/compact", http => forwarding.ForwardAsync(http, "codex/responses/compact"))
        .Post("/v1/alpha/search", http => forwarding.ForwardAsync(http, "codex/alpha/search"));
}
