using System.Buffers;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>Makes the backend's request from a client's: a pure function of one front end.</summary>
internal delegate bool TurnConversion(ModelProfile profile, ConversionOptions options, IBufferWriter<byte> body, out TurnContext? context, out ApiError? error);

/// <summary>Writes the body of a search without a model and returns the query; null when the request is more than a search.</summary>
internal delegate string? SearchConversion(TurnContext context, ConversionOptions options, IBufferWriter<byte> body);

/// <summary>One client request as its front end understood it.</summary>
/// <param name="Received">The request's own bytes.</param>
/// <param name="Answer">Makes the client's side of the turn.</param>
internal sealed record TurnRequest(string Model, bool Streamed, ReadOnlyMemory<byte> Received, TurnConversion Convert, Func<IAnswer> Answer)
{
    /// <summary>Headers of the client that the backend shall see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What the client calls its session, and the subagent in it.</summary>
    public string? Session { get; init; }

    public string? Agent { get; init; }

    /// <summary>Betas the client asks for and we have never looked at.</summary>
    public IReadOnlyCollection<string> NewBetas { get; init; } = [];

    public SearchConversion? Search { get; init; }

    /// <summary>The request stands beside the conversation, and a small model does for it; null for any other.</summary>
    public SideCall? Side { get; init; }

    /// <summary>What the answer's tool calls can be judged by; null where a protocol has nothing of the kind.</summary>
    public Func<CheckInput?>? CheckInput { get; init; }

    /// <summary>The client wants the backend's own words, so no other upstream can serve it.</summary>
    public bool CodexOnly { get; init; }
}

/// <summary>The way of every turn, whichever protocol its client speaks: from a request that was read and checked to the one end of its answer.</summary>
internal sealed class Corridor(AttemptParts parts)
{
    /// <summary>Longer ones fill the window before anything is said.</summary>
    private const int MostSchemaBytes = 1024 * 1024;

    /// <summary>A cut takes along what the client has not read yet.</summary>
    public static readonly TimeSpan CutAfter = TimeSpan.FromMilliseconds(30);

    private static ReadOnlySpan<byte> NoTokens => """{"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"}}}"""u8;

    /// <summary>Runs one request and records how it ended, whatever way that was.</summary>
    public async Task RecordAsync(HttpContext http, string path, Func<TurnRecord, Task> run)
    {
        var record = new TurnRecord(parts.Time) { RequestId = http.TraceIdentifier, Path = path, UserAgent = http.Request.Headers.UserAgent };
        parts.Requests.Enter();
        Stream client = http.Response.Body;
        if (parts.Captures.Begin(record.RequestId) is { } capture)
        {
            record.Capture = capture;
            http.Response.Body = new CapturingStream(client, capture);
        }

        try
        {
            await run(record);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            record.ClientLeft = true;
        }
        catch (Exception e)
        {
            record.ClientLeft = http.RequestAborted.IsCancellationRequested;
            record.Error ??= LocalErrors.Of(e);
            throw;
        }
        finally
        {
            record.Total = record.Elapsed;
            record.Status = http.Response.HasStarted ? http.Response.StatusCode : record.ClientLeft ? null : record.Error?.Status ?? http.Response.StatusCode;
            if (record.Capture is { } captured)
            {
                http.Response.Body = client;
                parts.Captures.Keep(captured);
            }

            parts.Requests.Finish(TurnSummary.Of(record, parts.Time.GetUtcNow()));
            Report(parts.Log, record);
        }
    }

    /// <summary>Answers a request that goes no further.</summary>
    public static Task RefuseAsync(HttpContext http, TurnRecord record, ApiError error)
    {
        record.Error = error;
        return ErrorReply.WriteAsync(http, error);
    }

    /// <summary>The count of a request that only asks for that. Null when it cannot be carried: then the client has been told.</summary>
    public async Task<TurnContext?> CountAsync(HttpContext http, string model, ReadOnlyMemory<byte> received, TurnConversion convert, bool codexOnly = false)
    {
        using Preparation preparation = await PrepareAsync(model, received, convert, http.RequestAborted);
        if (codexOnly) preparation.Kilo = null;
        if (await preparation.MakeAsync(LikelyAccountId(preparation), http.RequestAborted) is { } refusal)
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
        parts.Requests.Start(new StartedRequest(record.RequestId, record.Received, record.Path, request.Model, record.UserAgent, request.Streamed));
        if (!parts.Capacity.TryEnter())
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
            parts.Capacity.Leave();
        }
    }

    private async Task ServeAsync(HttpContext http, TurnRecord record, TurnRequest request, CancellationToken clientGone)
    {
        // 1. Which model is meant.
        using Preparation preparation = await PrepareAsync(request.Model, request.Received, request.Convert, clientGone, request.Side);
        preparation.Headers = request.Headers;
        preparation.Search = request.Search;
        preparation.CheckInput = request.CheckInput;
        if (request.CodexOnly) preparation.Kilo = null;
        record.Lane = preparation.Route.Lane;
        record.RouteReason = preparation.Route.Why;

        // 2. Convert: what cannot be carried is refused, and the conversation gets its name. For the account that will most likely
        // serve, so that once is enough; the gateway gets nobody's reasoning.
        if (await preparation.MakeAsync(preparation.Kilo is null ? LikelyAccountId(preparation) : "", clientGone) is { } refusal)
        {
            await RefuseAsync(http, record, refusal);
            return;
        }

        record.Converted = record.Elapsed;
        record.Project = ProjectName.Of(request.Received.Span);
        record.Effort = preparation.Context.Effort;
        record.UpstreamModel = preparation.Context.Profile.Slug;
        record.ConversationId = preparation.Context.ConversationId;
        foreach (string unknown in preparation.Context.Unknown) parts.Drift.Note(DriftKind.Request, unknown, record.UserAgent);
        if (preparation.Context.SchemaBytes > MostSchemaBytes) Log.LargeSchemas(parts.Log, record.RequestId, request.Model, preparation.Context.SchemaBytes / 1024);
        foreach (string beta in request.NewBetas) parts.Drift.Note(DriftKind.Beta, beta, record.UserAgent);

        // 3. Answer: attempts until one succeeds or the client has seen a part of it.
        using IAnswer answer = request.Answer();
        var attempts = new Attempts(parts, preparation, answer, record);
        record.Error = preparation.Context.AnsweredLocally ? await AnswerLocallyAsync(preparation, answer, record, clientGone)
            : preparation.Kilo is not null ? await new KiloAttempts(parts, preparation, answer, record).RunAsync(clientGone)
            : await preparation.IsTooLongAsync() ? await OverflowAsync(preparation)
            : await attempts.RunAsync(clientGone);

        // 4. Exactly one end: the answer's own, or a failure in the form that is still possible.
        if (record.Error is { } error) await TellAsync(http, answer, error, attempts.Limits, clientGone);
    }

    /// <summary>No token was asked for, so none is fetched: the answer is the one the backend would cut off at once.</summary>
    private async Task<ApiError?> AnswerLocallyAsync(Preparation preparation, IAnswer answer, TurnRecord record, CancellationToken clientGone)
    {
        await preparation.CountAsync();
        using IEventConverter converter = answer.Convert(preparation.Context, parts.Time);
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
        await Task.Delay(CutAfter, parts.Time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }

    /// <summary>Says in the log how a turn ended.</summary>
    public static void Report(ILogger log, TurnRecord record)
    {
        if (record.ClientLeft)
        {
            Log.ClientLeft(log, record.RequestId, record.RequestedModel);
        }
        else if (record.Error is { } error)
        {
            Log.Failed(log, record.RequestId, record.RequestedModel, error.Status, AnthropicError.Word(error.Type));
        }
        else if (record.End is { } end)
        {
            Log.Answered(log, record.RequestId, record.RequestedModel, record.UpstreamModel, record.Account ?? "nobody", end.Reason.ToString(),
                end.Usage.FreshInput, end.Usage.CacheRead, end.Usage.Output, (long)record.Total.TotalMilliseconds);
        }
    }

    /// <summary>Finds the model that is meant. Nothing is converted yet.</summary>
    private async Task<Preparation> PrepareAsync(string model, ReadOnlyMemory<byte> received, TurnConversion convert, CancellationToken cancellation, SideCall? side = null)
    {
        ProxySettings settings = parts.Settings.Read();
        ModelCatalogue catalogue = await parts.Catalogue.GetAsync(cancellation);
        Route route = side is { } call
            ? ModelRouter.Small(catalogue, call)
            : ModelRouter.Resolve(model, catalogue, settings.ModelMappings, settings.HaikuKiloModel);
        return new Preparation(convert, received, route, parts, settings)
        {
            SearchModel = settings.SearchModel is { } searching ? ModelRouter.Resolve(searching, catalogue, settings.ModelMappings).Profile : null,
        };
    }

    /// <summary>The account a turn would most likely be sent from; empty without any. Encrypted reasoning counts for that one only.</summary>
    private string LikelyAccountId(Preparation preparation) =>
        parts.Pool.Preview(preparation.Route.Profile.Slug).Account?.AccountId ?? "";
}
