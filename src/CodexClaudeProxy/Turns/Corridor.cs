using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Attempt;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;

namespace CodexClaudeProxy.Turns;

/// <summary>The way of every turn, whichever protocol its client speaks: from a request that was read and checked to the one end of its answer.</summary>
internal sealed class Corridor(TurnRecorder recorder, Preparations preparations, Admission admission, TurnFactory turns, Capacity capacity, Drift drift, TimeProvider time, ILogger log)
{
    /// <summary>Longer ones fill the window before anything is said.</summary>
    private const int MostSchemaBytes = 1024 * 1024;

    /// <summary>A cut takes along what the client has not read yet.</summary>
    public static readonly TimeSpan CutAfter = TimeSpan.FromMilliseconds(30);

    private static ReadOnlySpan<byte> NoTokens => """{"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"}}}"""u8;

    /// <summary>Answers a request that goes no further.</summary>
    public static Task RefuseAsync(HttpContext http, TurnRecord record, ApiError error)
    {
        record.Error = error;
        return ErrorReply.WriteAsync(http, error);
    }

    /// <summary>The count of a request that only asks for that. Null when it cannot be carried: then the client has been told.</summary>
    public async Task<TurnContext?> CountAsync(HttpContext http, string model, ReadOnlyMemory<byte> received, TurnConversion convert, bool codexOnly = false)
    {
        using Preparation preparation = await preparations.OfTurnAsync(model, received, convert, side: null, http.RequestAborted);
        if (codexOnly) preparation.Kilo = null;
        // A count uses nothing up, so limits do not stop it.
        if ((Admission.RefuseModel(http, model, MeantBy(preparation)) ?? await preparation.MakeAsync(preparations.LikelyAccountId(preparation.Route), http.RequestAborted)) is { } refusal)
        {
            await ErrorReply.WriteAsync(http, refusal);
            return null;
        }

        await preparation.CountAsync();
        return preparation.Context;
    }

    public async Task AnswerAsync(HttpContext http, TurnRecord record, TurnRequest request)
    {
        CancellationToken clientGone = http.RequestAborted;
        record.RequestedModel = request.Model;
        record.Streamed = request.Streamed;
        record.Session = request.Session;
        record.Agent = request.Agent;
        record.Side = request.Side;
        record.Capture?.NoteRequest(request.Received.Span);
        recorder.Start(record);
        if (!capacity.TryEnter())
        {
            await RefuseAsync(http, record, LocalErrors.NoRoom);
            return;
        }

        try
        {
            await ServeAsync(http, record, request, clientGone);
        }
        finally
        {
            capacity.Leave();
        }
    }

    private async Task ServeAsync(HttpContext http, TurnRecord record, TurnRequest request, CancellationToken clientGone)
    {
        // 1. Which model is meant.
        using Preparation preparation = await preparations.OfTurnAsync(request.Model, request.Received, request.Convert, request.Side, clientGone);
        preparation.Headers = request.Headers;
        preparation.Search = request.Search;
        preparation.CheckInput = request.CheckInput;
        preparation.Forget = request.Forget;
        if (request.CodexOnly) preparation.Kilo = null;
        record.Lane = preparation.Route.Lane;
        record.RouteReason = preparation.Route.Why;
        if (await admission.RefuseAsync(http, request.Model, MeantBy(preparation)) is { } notAdmitted)
        {
            await RefuseAsync(http, record, notAdmitted);
            return;
        }

        // 2. Convert: what cannot be carried is refused, and the conversation gets its name. For the account that will most likely
        // serve, so that once is enough; the gateway gets nobody's reasoning.
        if (await preparation.MakeAsync(preparation.Kilo is null ? preparations.LikelyAccountId(preparation.Route) : "", clientGone) is { } refusal)
        {
            await RefuseAsync(http, record, refusal);
            return;
        }

        record.NoteConverted(preparation.Context);
        record.Project = preparation.Project;
        foreach (string unknown in preparation.Context.Unknown) drift.Note(DriftKind.Request, unknown, record.UserAgent);
        if (preparation.Context.SchemaBytes > MostSchemaBytes) Log.LargeSchemas(log, record.RequestId, request.Model, preparation.Context.SchemaBytes / 1024);
        foreach (string beta in request.NewBetas) drift.Note(DriftKind.Beta, beta, record.UserAgent);

        // 3. Answer: attempts until one succeeds or the client has seen a part of it.
        using IAnswer answer = request.Answer();
        var turn = new Turn(preparation, answer, record);
        Attempts attempts = turns.AttemptsOf(turn);
        record.Error = preparation.Context.AnsweredLocally ? await AnswerLocallyAsync(preparation, answer, record, clientGone)
            : preparation.Kilo is not null ? await turns.KiloAttemptsOf(turn).RunAsync(clientGone)
            : await preparation.IsTooLongAsync() ? await OverflowAsync(preparation)
            : await attempts.RunAsync(clientGone);

        // 4. Exactly one end: the answer's own, or a failure in the form that is still possible.
        if (record.Error is { } error) await TellAsync(http, answer, error, attempts.Limits, clientGone);
    }

    private static string MeantBy(Preparation preparation) => preparation.Kilo ?? preparation.Route.Profile.Slug;

    /// <summary>No token was asked for, so none is fetched: the answer is the one the backend would cut off at once.</summary>
    private async Task<ApiError?> AnswerLocallyAsync(Preparation preparation, IAnswer answer, TurnRecord record, CancellationToken clientGone)
    {
        await preparation.CountAsync();
        using IEventConverter converter = answer.Convert(preparation.Context, time);
        converter.Handle(NoTokens);
        await answer.SendAsync(null, clientGone);
        record.End = converter.Outcome;
        return null;
    }

    /// <summary>What the backend would say, without the upload: the client compacts and goes on.</summary>
    private static async Task<ApiError?> OverflowAsync(Preparation preparation)
    {
        await preparation.CountAsync();
        return FailureReply.Overflow(preparation.Context);
    }

    private async Task TellAsync(HttpContext http, IAnswer answer, ApiError error, RateLimits? limits, CancellationToken clientGone)
    {
        if (answer.IsCommitted)
        {
            await answer.FailAsync(error, clientGone);
            if (Caller.EnvelopeOf(http.Request) == Envelope.OpenAi) await CutAsync(http);
            return;
        }

        AnswerHeaders.WriteLimits(http, limits, rejected: error.Type == ApiErrorType.RateLimit && error.Code == "usage_limit_reached");
        await ErrorReply.WriteAsync(http, error);
    }

    /// <summary>
    /// Ends the connection, but not the answer. Many clients of OpenAI's API know no error inside a stream, and would take what they
    /// have for the whole; those that do know it read it first.
    /// </summary>
    private async Task CutAsync(HttpContext http)
    {
        await Task.Delay(CutAfter, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }
}
