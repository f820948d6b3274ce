using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Search;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Turns;

/// <summary>One Anthropic request and its answer.</summary>
internal sealed class MessagesTurn(TurnRecorder recorder, Corridor corridor, AnthropicTurn anthropic)
{
    public Task AnswerAsync(HttpContext http) => recorder.RecordAsync(http, "/v1/messages", record => AnswerAsync(http, record));

    /// <summary>The model's input count for a request that only asks for that.</summary>
    public async Task CountAsync(HttpContext http)
    {
        using PooledBuffer received = await RequestBody.ReadAsReceivedAsync(http.Request, http.RequestAborted);
        using PooledBuffer body = await RequestBody.UnpackAsync(http.Request, received, http.RequestAborted);
        if (anthropic.Serves(body.WrittenMemory) is { } counted)
        {
            await anthropic.CountAsync(http, counted, received.WrittenMemory);
            return;
        }

        if (!MessagesRequest.TryParseForCounting(body.WrittenMemory, HintsOf(http.Request), out MessagesRequest? parsed, out ApiError? invalid))
        {
            await ErrorReply.WriteAsync(http, invalid!);
            return;
        }

        using MessagesRequest request = parsed!;
        if (await corridor.CountAsync(http, request.Model, body.WrittenMemory, ConversionOf(request)) is not { } context) return;

        // Claude Code says it in the address, the SDK only in the header.
        bool beta = http.Request.Query["beta"] == "true" || request.Betas.Any(static beta => beta.StartsWith("context-management", StringComparison.Ordinal));
        if (!beta)
        {
            await JsonReply.WriteAsync(http, new TokenCount(context.InputEstimate), TurnsContext.Default.TokenCount);
            return;
        }

        OriginalTokenCount? original = context.ContextManagement ? new OriginalTokenCount(context.InputEstimate + (context.Cleared?.InputTokens ?? 0)) : null;
        await JsonReply.WriteAsync(http, new ManagedTokenCount(context.InputEstimate, original), TurnsContext.Default.ManagedTokenCount);
    }

    private async Task AnswerAsync(HttpContext http, TurnRecord record)
    {
        // 1. Read the whole body: the backend needs it in one piece, and another attempt needs it again.
        using PooledBuffer received = await RequestBody.ReadAsReceivedAsync(http.Request, http.RequestAborted);
        using PooledBuffer body = await RequestBody.UnpackAsync(http.Request, received, http.RequestAborted);
        if (anthropic.Serves(body.WrittenMemory) is { } passed)
        {
            record.Capture?.NoteRequest(body.WrittenMemory.Span);
            await anthropic.AnswerAsync(http, record, passed, received.WrittenMemory);
            return;
        }

        // 2. Look at it before anybody is asked.
        if (!MessagesRequest.TryParse(body.WrittenMemory, HintsOf(http.Request), out MessagesRequest? parsed, out ApiError? invalid))
        {
            await Corridor.RefuseAsync(http, record, invalid!);
            return;
        }

        // 3. The rest is every turn's way.
        using MessagesRequest request = parsed!;
        await corridor.AnswerAsync(http, record, new TurnRequest(request.Model, request.Stream, body.WrittenMemory, ConversionOf(request), Answer)
        {
            Session = request.Session,
            Agent = request.Hints.AgentId,
            NewBetas = request.Betas.Where(static beta => !KnownBetas.Has(beta)).ToHashSet(),
            Side = SideCalls.Of(request.Root),
            Forget = Forget,
            CheckInput = () => CheckInput.Read(request.Root, isSubagent: request.Hints.AgentId is not null),
            Search = (context, options, search) => WebSearch.TryStandalone(request, context, options, search, out string query) ? query : null,
        });

        IAnswer Answer() => request.Stream
            ? new StreamedAnswer(http, buffer => new MessageEventWriter(buffer, http.TraceIdentifier))
            : new WholeAnswer(http, static () => new MessageBuilder());

        void Forget()
        {
            request.Dispose();
            body.Dispose();
            received.Dispose();
        }
    }

    public static TurnConversion ConversionOf(MessagesRequest request) => (profile, options, body, out context, out error) =>
        ResponsesRequest.TryConvert(request, profile, options, body, out context, out error);

    private static ClientHints HintsOf(HttpRequest request) => new()
    {
        SessionId = Header(request, "X-Claude-Code-Session-Id"),
        AgentId = Header(request, "X-Claude-Code-Agent-Id"),
        Betas = Header(request, "anthropic-beta"),
    };

    private static string? Header(HttpRequest request, string name) => request.Headers[name].ToString() is { Length: > 0 } value ? value : null;
}
