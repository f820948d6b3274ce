using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>OpenAI's Responses API, and the routes beside it that the Codex CLI knows.</summary>
internal sealed class ResponsesEndpoint(ResponsesTurn turn, Forwarding forwarding)
{
    public void MapTo(Routes routes) => routes
        .Post("/v1/responses", turn.AnswerAsync)
        .Get("/v1/responses", RefuseSocketAsync)
        .Post("/v1/responses/input_tokens", turn.CountAsync)
        .Get("/v1/responses/{id*}", RefuseStoredAsync)
        .Delete("/v1/responses/{id*}", RefuseStoredAsync)
        .Post("/v1/responses/{id*}", RefuseStoredAsync)
        .Post("/v1/responses/compact", http => forwarding.ForwardAsync(http, "codex/responses/compact"))
        .Post("/v1/alpha/search", http => forwarding.ForwardAsync(http, "codex/alpha/search"));

    /// <summary>What a client wants of a response it was given before: to see it again, its input, to cancel or to forget it.</summary>
    private static Task RefuseStoredAsync(HttpContext http)
    {
        string id = ((string)http.Request.RouteValues["id"]!).Split('/')[0];
        return ErrorReply.WriteAsync(http, new ApiError(ApiErrorType.NotFound, 404, $"Response with id '{id}' not found: responses are not stored") { ShouldRetry = false, Code = "" });
    }

    /// <summary>The Codex CLI tries a WebSocket first where it may; this status sends it to plain HTTP at once, any other only after five more tries.</summary>
    private static Task RefuseSocketAsync(HttpContext http)
    {
        bool isUpgrade = http.Request.Headers.Upgrade.Count > 0;
        if (!isUpgrade) http.Response.Headers.Allow = "POST";
        return ErrorReply.WriteAsync(http, isUpgrade ? LocalErrors.NoWebSockets : LocalErrors.MethodNotAllowed);
    }
}
