using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>OpenAI's Chat Completions API.</summary>
internal sealed class ChatCompletionsEndpoint(ChatTurn turn)
{
    public void MapTo(Routes routes) => routes.Post("/v1/chat/completions", turn.AnswerAsync);
}
