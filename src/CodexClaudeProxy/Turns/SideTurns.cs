using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Turns.Checks;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Turns of our own beside a client's: a model is asked on one of the accounts, with all remedies of any turn, and it is counted
/// like one. What is asked and answered is kept nowhere.
/// </summary>
internal sealed class SideTurns(TurnRecorder recorder, Preparations preparations, TurnFactory turns)
{
    private const string AdvisorPath = "advisor";

    /// <inheritdoc cref="SideQuestion"/>
    public async Task<SideReply> AskAsync(SideCall side, ReadOnlyMemory<byte> request, SideOrigin origin, CancellationToken cancellation)
    {
        TurnRecord record = recorder.Begin(RequestId.New(), side == SideCall.Advisor ? AdvisorPath : CallJudge.Path, origin.UserAgent);
        (record.Side, record.Session, record.Agent, record.Project, record.Key) = (side, origin.Session, origin.Agent, origin.Project, origin.Key);
        try
        {
            return await AskAsync(side, request, origin, record, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            record.ClientLeft = true;
            throw;
        }
        catch (Exception e)
        {
            record.Error = LocalErrors.Of(e);
            return new SideReply(record.Error);
        }
        finally
        {
            recorder.Finish(record, record.ClientLeft ? null : record.Error?.Status ?? StatusCodes.Status200OK);
        }
    }

    private async Task<SideReply> AskAsync(SideCall side, ReadOnlyMemory<byte> body, SideOrigin origin, TurnRecord record, CancellationToken cancellation)
    {
        ClientHints hints = new() { SessionId = origin.ConversationId, AgentId = record.Path };
        if (!MessagesRequest.TryParse(body, hints, out MessagesRequest? parsed, out ApiError? invalid)) throw new InvalidRequestException(invalid!);

        using MessagesRequest request = parsed!;
        using Preparation preparation = await preparations.OfSideTurnAsync(side, request.Model, body, MessagesTurn.ConversionOf(request), cancellation);
        Route route = preparation.Route;
        (record.Lane, record.RouteReason, record.RequestedModel) = (route.Lane, route.Why, route.Profile.Slug);
        if (await preparation.MakeAsync(preparations.LikelyAccountId(route), cancellation) is { } refusal) throw new InvalidRequestException(refusal);

        record.NoteConverted(preparation.Context);
        using var answer = new SideAnswer();
        record.Error = await turns.AttemptsOf(new Turn(preparation, answer, record)).RunAsync(cancellation);
        return new SideReply(record.Error) { Texts = answer.Texts, StopReason = answer.StopReason, Usage = record.End?.Usage ?? default };
    }
}
