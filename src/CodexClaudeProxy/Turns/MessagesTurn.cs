using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>One Anthropic request and its answer, from the first byte to the last.</summary>
/// <param name="mappings">The user's own model mapping.</param>
internal sealed class MessagesTurn(AttemptParts parts, Func<IReadOnlyList<KeyValuePair<string, string>>> mappings)
{
    public async Task AnswerAsync(HttpContext http)
    {
        CancellationToken clientGone = http.RequestAborted;
        var record = new TurnRecord
        {
            RequestId = http.TraceIdentifier,
            Received = parts.Time.GetUtcNow(),
            Path = "/v1/messages",
            UserAgent = http.Request.Headers.UserAgent,
        };

        // 1. Read the whole body: the backend needs it in one piece, and another attempt needs it again.
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, clientGone);

        // 2. Look at it before anybody is asked.
        if (!MessagesRequest.TryParse(body.WrittenMemory, HintsOf(http.Request), out MessagesRequest? parsed, out ApiError? invalid))
        {
            await ErrorReply.WriteAsync(http, invalid!);
            return;
        }

        using MessagesRequest request = parsed!;
        record.RequestedModel = request.Model;
        record.Streamed = request.Stream;

        // 3. Which model is meant.
        Route route = ModelRouter.Resolve(request.Model, await parts.Catalogue.GetAsync(clientGone), mappings());
        record.UpstreamModel = route.Profile.Slug;
        record.Lane = route.Lane;

        // 4. Convert once: what cannot be carried is refused, and the conversation gets its name.
        using var preparation = new Preparation(request, body.WrittenMemory, route, parts.Lessons);
        if (await preparation.MakeAsync("") is { } refusal)
        {
            await ErrorReply.WriteAsync(http, refusal);
            return;
        }

        record.ConversationId = preparation.Context.ConversationId;
        foreach (string unknown in preparation.Context.Unknown) Log.Unknown(parts.Log, record.RequestId, unknown);
        AnswerHeaders.WriteDroppedTools(http.Response, preparation.Context);

        // 5. Answer: attempts until one succeeds or the client has seen a part of it.
        using IAnswer answer = request.Stream
            ? new StreamedAnswer(http, buffer => new MessageEventWriter(buffer, http.TraceIdentifier))
            : new WholeAnswer(http);
        var attempts = new Attempts(parts, preparation, answer, record);
        try
        {
            record.Error = preparation.Context.AnsweredLocally
                ? await AnswerLocallyAsync(preparation, answer, clientGone)
                : await attempts.RunAsync(clientGone);

            // 6. Exactly one end: the answer's own, or a failure in the form that is still possible.
            if (record.Error is { } error) await TellAsync(http, answer, error, attempts.Limits, clientGone);
        }
        catch (OperationCanceledException) when (clientGone.IsCancellationRequested)
        {
            record.ClientLeft = true;
        }
        finally
        {
            // 7. What happened goes to whoever keeps it, off the corridor.
            record.Total = parts.Time.GetUtcNow() - record.Received;
            record.Status = http.Response.StatusCode;
            Report(record);
        }
    }

    /// <summary>The model's input count for a request that only asks for that.</summary>
    public async Task CountAsync(HttpContext http)
    {
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!MessagesRequest.TryParseForCounting(body.WrittenMemory, HintsOf(http.Request), out MessagesRequest? parsed, out ApiError? invalid))
        {
            await ErrorReply.WriteAsync(http, invalid!);
            return;
        }

        using MessagesRequest request = parsed!;
        Route route = ModelRouter.Resolve(request.Model, await parts.Catalogue.GetAsync(http.RequestAborted), mappings());
        using var preparation = new Preparation(request, body.WrittenMemory, route, parts.Lessons);
        if (await preparation.MakeAsync("") is { } refusal)
        {
            await ErrorReply.WriteAsync(http, refusal);
            return;
        }

        await preparation.CountAsync();
        TurnContext context = preparation.Context;
        bool beta = http.Request.Query["beta"] == "true";
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("input_tokens"u8, context.InputEstimate);
            if (beta && context.ContextManagement)
            {
                json.WriteStartObject("context_management"u8);
                json.WriteNumber("original_input_tokens"u8, context.InputEstimate);
                json.WriteEndObject();
            }
            else if (beta)
            {
                json.WriteNull("context_management"u8);
            }

            json.WriteEndObject();
        });
    }

    /// <summary>No token was asked for, so none is fetched.</summary>
    private static async Task<ApiError?> AnswerLocallyAsync(Preparation preparation, IAnswer answer, CancellationToken clientGone)
    {
        await preparation.CountAsync();
        TurnContext context = preparation.Context;
        answer.Sink.Begin(new TurnStart("", context.RequestedModel, context.InputEstimate, context.Fast));
        answer.Sink.End(new TurnEnd(StopReason.MaxTokens, new TurnUsage { FreshInput = context.InputEstimate, IsEstimate = true }));
        await answer.SendAsync(null, clientGone);
        return null;
    }

    private static async Task TellAsync(HttpContext http, IAnswer answer, ApiError error, RateLimits? limits, CancellationToken clientGone)
    {
        if (answer.IsCommitted)
        {
            await answer.FailAsync(error, clientGone);
            return;
        }

        AnswerHeaders.WriteLimits(http.Response, limits, rejected: error.Type == ApiErrorType.RateLimit && error.Code == "usage_limit_reached");
        await ErrorReply.WriteAsync(http, error);
    }

    private void Report(TurnRecord record)
    {
        if (record.ClientLeft)
        {
            Log.ClientLeft(parts.Log, record.RequestId, record.RequestedModel);
        }
        else if (record.Error is { } error)
        {
            Log.Failed(parts.Log, record.RequestId, record.RequestedModel, error.Status, AnthropicError.Word(error.Type));
        }
        else if (record.End is { } end)
        {
            Log.Answered(parts.Log, record.RequestId, record.RequestedModel, record.UpstreamModel, record.Account ?? "nobody", end.Reason.ToString(),
                end.Usage.FreshInput, end.Usage.CacheRead, end.Usage.Output, (long)record.Total.TotalMilliseconds);
        }
    }

    private static ClientHints HintsOf(HttpRequest request) => new()
    {
        SessionId = Header(request, "X-Claude-Code-Session-Id"),
        AgentId = Header(request, "X-Claude-Code-Agent-Id"),
        Betas = Header(request, "anthropic-beta"),
    };

    private static string? Header(HttpRequest request, string name) => request.Headers[name].ToString() is { Length: > 0 } value ? value : null;
}
