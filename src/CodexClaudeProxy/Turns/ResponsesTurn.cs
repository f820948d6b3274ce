using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>One request of the Responses API and its answer: both in the backend's own words.</summary>
internal sealed class ResponsesTurn(TurnRecorder recorder, Corridor corridor, ResponseMemory memory)
{
    public Task AnswerAsync(HttpContext http) => recorder.RecordAsync(http, "/v1/responses", record => AnswerAsync(http, record));

    /// <summary>The model's input count for a request that only asks for that.</summary>
    public async Task CountAsync(HttpContext http)
    {
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!PassThroughRequest.TryParse(body.WrittenMemory, Caller.IsCodex(http.Request), Caller.SessionOf(http.Request), out PassThroughRequest? parsed, out ApiError? invalid))
        {
            await ErrorReply.WriteAsync(http, invalid!);
            return;
        }

        using PassThroughRequest request = parsed!;
        if (await corridor.CountAsync(http, request.Model, body.WrittenMemory, ConversionOf(request), codexOnly: true) is not { } context) return;

        await JsonReply.WriteAsync(http, new ResponseTokenCount("response.input_tokens", context.InputEstimate), TurnsContext.Default.ResponseTokenCount);
    }

    private async Task AnswerAsync(HttpContext http, TurnRecord record)
    {
        bool isCodex = Caller.IsCodex(http.Request);
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!PassThroughRequest.TryParse(body.WrittenMemory, isCodex, Caller.SessionOf(http.Request), out PassThroughRequest? parsed, out ApiError? invalid))
        {
            await Corridor.RefuseAsync(http, record, invalid!);
            return;
        }

        using PassThroughRequest request = parsed!;
        await corridor.AnswerAsync(http, record, new TurnRequest(request.Model, request.Stream, body.WrittenMemory, ConversionOf(request), Answer)
        {
            Session = Caller.SessionOf(http.Request),
            CodexOnly = true,
            Forget = Forget,
            Headers = isCodex ? RelayedHeaders.OfClient(http.Request.Headers) : [],
        });

        IAnswer Answer() => new RelayedAnswer(http, new RelayForm(request.Stream, isCodex));

        void Forget()
        {
            request.Dispose();
            body.Dispose();
        }
    }

    /// <summary>The Codex CLI sends everything itself and wants nothing stored.</summary>
    private TurnConversion ConversionOf(PassThroughRequest request) => (profile, options, body, out context, out error) =>
    {
        if (request.IsCodex) return PassThrough.TryConvert(request, profile, options, body, out context, out error);
        options = options with { RecallItem = memory.Recall, RecallConversation = memory.RecallConversation };
        if (!PassThrough.TryConvert(request, profile, options, body, out TurnContext? made, out error))
        {
            context = null;
            return false;
        }

        made!.KeepResponse = response => memory.Keep(request.Root, response, made.AccountMark);
        context = made;
        return true;
    };
}
