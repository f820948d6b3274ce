using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Turns.Memory;

namespace CodexClaudeProxy.Endpoints;

/// <summary>OpenAI's Responses API, and the routes beside it that the Codex CLI knows.</summary>
internal sealed class ResponsesEndpoint(ResponsesTurn turn, ResponseMemory memory, Forwarding forwarding)
{
    public void MapTo(Routes routes) => routes
        .Post("/v1/responses", turn.AnswerAsync)
        .Get("/v1/responses", RefuseSocketAsync)
        .Post("/v1/responses/input_tokens", turn.CountAsync)
        .Get("/v1/responses/{id*}", ShowAsync)
        .Delete("/v1/responses/{id*}", ForgetAsync)
        .Post("/v1/responses/{id*}", CancelAsync)
        .Post("/v1/responses/compact", http => forwarding.ForwardAsync(http, "codex/responses/compact"))
        .Post("/v1/alpha/search", http => forwarding.ForwardAsync(http, "codex/alpha/search"));

    private Task ShowAsync(HttpContext http) => memory.ObjectOf(PathOf(http)) is { } response
        ? JsonReply.WriteAsync(http, StatusCodes.Status200OK, response)
        : RefuseUnknownAsync(http);

    private Task ForgetAsync(HttpContext http)
    {
        string id = PathOf(http);
        return memory.Forget(id)
            ? JsonReply.WriteAsync(http, new DeletedResponse(id, "response", true), SnakeCaseContext.Default.DeletedResponse)
            : RefuseUnknownAsync(http);
    }

    /// <summary>Only background responses can be cancelled, and there are none here.</summary>
    private Task CancelAsync(HttpContext http) =>
        PathOf(http) is var path && path.EndsWith("/cancel", StringComparison.Ordinal) && memory.ObjectOf(path[..^"/cancel".Length]) is not null
            ? ErrorReply.WriteAsync(http, ApiError.Invalid("Cannot cancel a synchronous response.") with { Code = "" })
            : RefuseUnknownAsync(http);

    /// <summary>A response's id, and maybe what is wanted of it.</summary>
    private static string PathOf(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static Task RefuseUnknownAsync(HttpContext http)
    {
        string[] path = PathOf(http).Split('/');
        string what = path is [_, var part, ..] && part != "cancel" ? $"'{part}' of a response is not kept here" : "responses are kept in memory for an hour after their last use";
        return ErrorReply.WriteAsync(http, new ApiError(ApiErrorType.NotFound, 404, $"Response with id '{path[0]}' not found: {what}") { ShouldRetry = false, Code = "" });
    }

    /// <summary>The Codex CLI tries a WebSocket first where it may; this status sends it to plain HTTP at once, any other only after five more tries.</summary>
    private static Task RefuseSocketAsync(HttpContext http)
    {
        bool isUpgrade = http.Request.Headers.Upgrade.Count > 0;
        if (!isUpgrade) http.Response.Headers.Allow = "POST";
        return ErrorReply.WriteAsync(http, isUpgrade ? LocalErrors.NoWebSockets : LocalErrors.MethodNotAllowed);
    }
}

/// <summary>An answer was forgotten.</summary>
/// <param name="Id">The answer's id.</param>
/// <param name="Object">Always <c>response</c>.</param>
/// <param name="Deleted">Always true.</param>
internal sealed record DeletedResponse(string Id, string Object, bool Deleted);
