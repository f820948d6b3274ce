using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Turns.Checks;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;

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
        await JsonReply.WriteAsync(http, new CheckedCalls(judged.Select(CheckedCall.Of)), EndpointsContext.Default.CheckedCalls);
    }
}

/// <summary>What was found out about the calls of a message.</summary>
/// <param name="Calls">One for each call, in their order.</param>
internal sealed record CheckedCalls(IEnumerable<CheckedCall> Calls);

/// <summary>What was found out about one call.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Outcome"><c>flagged</c> or <c>not_flagged</c>; null when a client would be told nothing.</param>
/// <param name="Step">How it came about, such as <c>judged</c> or <c>remembered</c>.</param>
/// <param name="Rule">The rule that decided; null for none.</param>
/// <param name="Explanation">The judge's own words; null for none.</param>
internal sealed record CheckedCall(string Id, string Tool, string? Outcome, string Step, string? Rule, string? Explanation)
{
    public static CheckedCall Of(JudgedCall judged) => new(
        JsonText.ToString(judged.Call.Id), judged.Call.Tool, CheckWords.Outcome(judged.Judgement.Outcome), CheckWords.Step(judged.Step),
        judged.Judgement.Rule, judged.Judgement.Explanation);
}
