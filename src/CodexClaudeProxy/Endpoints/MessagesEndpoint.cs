using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Anthropic's Messages API.</summary>
internal sealed class MessagesEndpoint(MessagesTurn turn)
{
    public void MapTo(Routes routes) => routes
        .Post("/v1/messages", turn.AnswerAsync)
        .Post("/v1/messages/count_tokens", turn.CountAsync);
}
