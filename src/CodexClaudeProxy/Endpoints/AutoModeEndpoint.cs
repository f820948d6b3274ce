using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Turns;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// Judges tool calls on demand, for trying the check out: a Messages request as Claude Code sends it in auto mode, whose last message is
/// the assistant's with the calls. Whatever the setting says, since it was asked for.
/// </summary>
internal sealed class AutoModeEndpoint(CallJudge judge)
{
    public void MapTo(Routes routes) => routes.Post("/api/auto-mode/check", CheckAsync);

    private async Task CheckAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        CheckInput? input = CheckInput.ReadPending(body.RootElement, out IReadOnlyList<AnsweredCall> calls);
        if (input is null) throw new InvalidRequestException(ApiError.Invalid("safeguards: a dangerous_tool_use with a classifier_context of version 1 is required", "safeguards"));
        if (calls.Count == 0) throw new InvalidRequestException(ApiError.Invalid("messages: the last message must be the assistant's, with the tool_use blocks to judge", "messages"));

        IReadOnlyList<JudgedCall> judged = await judge.JudgeAsync(input, calls, new SideOrigin("auto-mode-check"), http.RequestAborted);
        await JsonReply.WriteAsync(http, json => Write(json, judged));
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<JudgedCall> judged)
    {
        json.WriteStartObject();
        json.WriteStartArray("calls"u8);
        foreach (JudgedCall one in judged)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, JsonText.ToString(one.Call.Id));
            json.WriteString("tool"u8, one.Call.Tool);
            json.WriteString("outcome"u8, CheckWords.Outcome(one.Judgement.Outcome));
            json.WriteString("step"u8, CheckWords.Step(one.Step));
            json.WriteString("rule"u8, one.Judgement.Rule);
            json.WriteString("explanation"u8, one.Judgement.Explanation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
