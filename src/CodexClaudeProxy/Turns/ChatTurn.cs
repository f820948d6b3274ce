using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Turns;

/// <summary>One Chat Completions request and its answer.</summary>
internal sealed class ChatTurn(TurnRecorder recorder, Corridor corridor)
{
    public Task AnswerAsync(HttpContext http) => recorder.RecordAsync(http, "/v1/chat/completions", record => AnswerAsync(http, record));

    private async Task AnswerAsync(HttpContext http, TurnRecord record)
    {
        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!ChatRequest.TryParse(body.WrittenMemory, out ChatRequest? parsed, out ApiError? invalid))
        {
            await Corridor.RefuseAsync(http, record, invalid!);
            return;
        }

        using ChatRequest request = parsed!;
        await corridor.AnswerAsync(http, record, new TurnRequest(request.Model, request.Stream, body.WrittenMemory, ConversionOf(request), Answer)
        {
            Session = Caller.SessionOf(http.Request),
            Forget = Forget,
        });

        IAnswer Answer() => request.Stream
            ? new StreamedAnswer(http, buffer => new ChatChunkWriter(buffer, request.Form))
            : new WholeAnswer(http, () => new ChatCompletionBuilder(request.Form));

        void Forget()
        {
            request.Dispose();
            body.Dispose();
        }
    }

    private static TurnConversion ConversionOf(ChatRequest request) => (profile, options, body, out context, out error) =>
        ChatConversion.TryConvert(request, profile, options, body, out context, out error);
}
