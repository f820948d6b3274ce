using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.MessagesToCodex;
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

/// <summary>
/// A turn of our own beside a client's: a small model is asked on one of the accounts, with all remedies of any turn, and it is counted
/// like one. What is asked and answered is kept nowhere.
/// </summary>
internal sealed class SideTurn(AttemptParts parts)
{
    /// <summary>What stands in the request log where other requests have their path.</summary>
    public const string Path = "auto-mode-check";

    /// <summary>A cache of its own for what always begins with the same rules.</summary>
    private const string Agent = "auto-mode-check";

    /// <param name="request">A Messages request; the model it names does not count.</param>
    /// <returns>The model's text, or why there is none.</returns>
    public async Task<(string? Text, ApiError? Error)> AskAsync(ReadOnlyMemory<byte> request, SideOrigin origin, CancellationToken cancellation)
    {
        var record = new TurnRecord(parts.Time)
        {
            RequestId = RequestId.New(),
            Path = Path,
            UserAgent = origin.UserAgent,
            Side = SideCall.Check,
            Session = origin.Session,
            Agent = origin.Agent,
            Project = origin.Project,
        };
        parts.Requests.Enter();
        try
        {
            string? text = await AskAsync(request, origin, record, cancellation);
            return (text, record.Error);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            record.ClientLeft = true;
            throw;
        }
        catch (Exception e)
        {
            record.Error = LocalErrors.Of(e);
            return (null, record.Error);
        }
        finally
        {
            record.Total = record.Elapsed;
            record.Status = record.ClientLeft ? null : record.Error?.Status ?? StatusCodes.Status200OK;
            parts.Requests.Finish(TurnSummary.Of(record, parts.Time.GetUtcNow()));
            Corridor.Report(parts.Log, record);
        }
    }

    private async Task<string?> AskAsync(ReadOnlyMemory<byte> body, SideOrigin origin, TurnRecord record, CancellationToken cancellation)
    {
        ClientHints hints = new() { SessionId = origin.ConversationId, AgentId = Agent };
        if (!MessagesRequest.TryParse(body, hints, out MessagesRequest? parsed, out ApiError? invalid)) throw new InvalidRequestException(invalid!);

        using MessagesRequest request = parsed!;
        Route route = ModelRouter.Small(await parts.Catalogue.GetAsync(cancellation), SideCall.Check);
        // Whoever waits for the answer to this cannot wait for a quota.
        ProxySettings settings = parts.Settings.Read() with { HoldUntilReset = 0 };
        using var preparation = new Preparation(MessagesTurn.ConversionOf(request), body, route, parts, settings);
        (record.Lane, record.RouteReason, record.RequestedModel) = (route.Lane, route.Why, route.Profile.Slug);
        if (await preparation.MakeAsync(parts.Pool.Preview(route.Profile.Slug).Account?.AccountId ?? "", cancellation) is { } refusal)
            throw new InvalidRequestException(refusal);

        record.Converted = record.Elapsed;
        record.Effort = preparation.Context.Effort;
        record.UpstreamModel = preparation.Context.Profile.Slug;
        record.ConversationId = preparation.Context.ConversationId;
        using var answer = new SideAnswer();
        record.Error = await new Attempts(parts, preparation, answer, record).RunAsync(cancellation);
        return record.Error is null ? answer.Text : null;
    }
}
