using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>For whom we ask something ourselves.</summary>
/// <param name="ConversationId">Keeps the question on the conversation's account.</param>
internal sealed record SideOrigin(string ConversationId)
{
    public string? Session { get; init; }

    public string? Agent { get; init; }

    public string? Project { get; init; }

    public string? UserAgent { get; init; }
}

/// <summary>What a model answered, or why there is no answer.</summary>
internal sealed record SideReply(ApiError? Error)
{
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>In Anthropic's words; empty without an answer.</summary>
    public string StopReason { get; init; } = "";

    public TurnUsage Usage { get; init; }

    /// <summary>Null unless the answer ended by itself and is one text.</summary>
    public string? Whole => StopReason == "end_turn" && Texts.Count == 1 ? Texts[0] : null;
}

/// <summary>
/// A turn of our own beside a client's: a model is asked on one of the accounts, with all remedies of any turn, and it is counted
/// like one. What is asked and answered is kept nowhere.
/// </summary>
internal sealed class SideTurn(AttemptParts parts, SideCall side)
{
    /// <summary>What stands in the request log where other requests have their path; also the name of a cache of its own.</summary>
    public const string CheckPath = "auto-mode-check";

    private const string AdvisorPath = "advisor";

    private string Path => side == SideCall.Advisor ? AdvisorPath : CheckPath;

    /// <param name="request">A Messages request; the model it names counts for an advisor only.</param>
    public async Task<SideReply> AskAsync(ReadOnlyMemory<byte> request, SideOrigin origin, CancellationToken cancellation)
    {
        var record = new TurnRecord(parts.Time)
        {
            RequestId = RequestId.New(),
            Path = Path,
            UserAgent = origin.UserAgent,
            Side = side,
            Session = origin.Session,
            Agent = origin.Agent,
            Project = origin.Project,
        };
        parts.Requests.Enter();
        try
        {
            return await AskAsync(request, origin, record, cancellation);
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
            record.Total = record.Elapsed;
            record.Status = record.ClientLeft ? null : record.Error?.Status ?? StatusCodes.Status200OK;
            parts.Requests.Finish(TurnSummary.Of(record, parts.Time.GetUtcNow()));
            Corridor.Report(parts.Log, record);
        }
    }

    private async Task<SideReply> AskAsync(ReadOnlyMemory<byte> body, SideOrigin origin, TurnRecord record, CancellationToken cancellation)
    {
        ClientHints hints = new() { SessionId = origin.ConversationId, AgentId = Path };
        if (!MessagesRequest.TryParse(body, hints, out MessagesRequest? parsed, out ApiError? invalid)) throw new InvalidRequestException(invalid!);

        using MessagesRequest request = parsed!;
        // Whoever waits for the answer to this cannot wait for a quota; and an advisor has no advisor.
        ProxySettings settings = parts.Settings.Read() with { HoldUntilReset = 0, AdvisorModel = null };
        ModelCatalogue catalogue = await parts.Catalogue.GetAsync(cancellation);
        Route route = side == SideCall.Advisor ? ModelRouter.Resolve(request.Model, catalogue, settings.ModelMappings) : ModelRouter.Small(catalogue, side);
        // The reasoning in a conversation is another model's.
        using var preparation = new Preparation(MessagesTurn.ConversionOf(request), body, route, parts, settings) { WithoutReasoning = true };
        (record.Lane, record.RouteReason, record.RequestedModel) = (route.Lane, route.Why, route.Profile.Slug);
        if (await preparation.MakeAsync(parts.Pool.Preview(route.Profile.Slug).Account?.AccountId ?? "", cancellation) is { } refusal)
            throw new InvalidRequestException(refusal);

        record.Converted = record.Elapsed;
        record.Effort = preparation.Context.Effort;
        record.UpstreamModel = preparation.Context.Profile.Slug;
        record.ConversationId = preparation.Context.ConversationId;
        using var answer = new SideAnswer();
        record.Error = await new Attempts(parts, preparation, answer, record).RunAsync(cancellation);
        return new SideReply(record.Error) { Texts = answer.Texts, StopReason = answer.StopReason, Usage = record.End?.Usage ?? default };
    }
}
