namespace FakeCodex;

/// <summary>
/// The ChatGPT Codex backend on a loopback port: real sockets, the real backend's rules, scripted answers. The login server and
/// the Kilo gateway answer on the same port.
/// </summary>
public sealed class FakeBackend : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly ReplyScript _script = new(EchoAnswers.Turn);
    private WebApplication? _host;

    private FakeBackend(TimeProvider clock)
    {
        _clock = clock;
        Auth = new(clock);
        Kilo = new(clock);
        Resets = new(clock);
    }

    /// <summary>Such as <c>http://127.0.0.1:41234</c>, without a slash at its end.</summary>
    public string Origin { get; private set; } = "";

    /// <summary>The base address of inference for ChatGPT logins.</summary>
    public string CodexUrl => $"{Origin}/backend-api/codex";

    public FakeAuth Auth { get; }

    public FakeKilo Kilo { get; }

    public ModelCatalogue Catalogue { get; } = new();

    /// <summary>The resets that accounts have saved up.</summary>
    public BankedResets Resets { get; }

    /// <summary>The encrypted contents that may be sent back, by account.</summary>
    public IssuedContent Issued { get; } = new();

    /// <summary>What becomes of requests that are compressed with zstd.</summary>
    public ZstdSupport Zstd { get; set; }

    /// <summary>Every request to the backend, in time order.</summary>
    public RequestLog Received { get; } = new();

    /// <summary>The inference requests only, also those that broke a rule.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. Received.All.Where(IsInference)];

    /// <summary>The inference requests that broke a rule. A test of a good client ends with this list empty.</summary>
    public IReadOnlyList<Rejection> Rejections => [.. Requests.Select(request => request.Rejection).OfType<Rejection>()];

    /// <summary>Answers to client-executed searches.</summary>
    public ReplyScript Searches { get; } = new(EchoAnswers.Search);

    /// <summary>The answer of <c>/wham/usage</c> for an account.</summary>
    public Func<FakeUser, Reply> Usage { get; set; } = AccountAnswers.Usage;

    /// <summary>The answer of <c>/wham/accounts/check</c> for an account.</summary>
    public Func<FakeUser, Reply> AccountsCheck { get; set; } = AccountAnswers.AccountsCheck;

    /// <summary>The answer of <c>/models</c>; the rules go by <see cref="Catalogue"/>.</summary>
    public Func<ReceivedRequest, Reply> Models { get; set; } = _ => Reply.Http("models-200");

    /// <param name="clock">Decides when tokens expire.</param>
    /// <param name="port">0 for any free one.</param>
    public static async Task<FakeBackend> StartAsync(TimeProvider? clock = null, int port = 0)
    {
        FakeBackend backend = new(clock ?? TimeProvider.System);
        backend._host = await LoopbackHost.StartAsync(port, backend.Map);
        Uri address = LoopbackHost.AddressOf(backend._host);
        backend.Origin = address.ToString().TrimEnd('/');
        backend.Auth.IsServedAt(address);
        return backend;
    }

    /// <summary>Everything that is answered here, such as <c>POST /oauth/token</c>.</summary>
    public IReadOnlyList<string> Routes =>
    [
        .. from source in ((IEndpointRouteBuilder)_host!).DataSources
           from endpoint in source.Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           select $"{method} {endpoint.RoutePattern.RawText}",
    ];

    /// <summary>Queues answers for the next inference requests that break no rule, one each.</summary>
    public void Answer(params ReadOnlySpan<Reply> replies) => _script.Enqueue(replies);

    /// <summary>Queues one answer that is made from the request it answers.</summary>
    public void Answer(Func<ReceivedRequest, Reply> reply) => _script.Enqueue(reply);

    /// <summary>Answers all requests for which nothing is queued; without it the fake says what the user said.</summary>
    public void AnswerAll(Func<ReceivedRequest, Reply> reply) => _script.Otherwise(reply);

    /// <summary>Waits for the inference request with this number, counted from 1.</summary>
    public Task<ReceivedRequest> WaitForRequestAsync(int number = 1, CancellationToken cancellationToken = default) =>
        Received.WaitAsync(IsInference, number, cancellationToken);

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static bool IsInference(ReceivedRequest request) =>
        request.Method == "POST" && request.Path.EndsWith("/responses", StringComparison.Ordinal);

    private void Map(WebApplication app)
    {
        // The WebSocket upgrade is refused the way that sends the real client to plain HTTP at once.
        app.MapGet("/backend-api/codex/responses", http => AnswerAsync(http, _ => Reply.Json(426, """{"detail":"Upgrade Required"}""")));
        app.MapGet("/v1/responses", http => AnswerAsync(http, _ => Reply.Json(426, """{"detail":"Upgrade Required"}""")));
        app.MapPost("/backend-api/codex/responses", http => AnswerAsync(http, Inference));
        app.MapPost("/v1/responses", http => AnswerAsync(http, Inference));
        app.MapPost("/backend-api/codex/alpha/search", http => AnswerAsync(http, Authorized((request, _) => SearchAnswer(request))));
        app.MapGet("/backend-api/codex/models", http => AnswerAsync(http, Authorized((request, _) => Models(request))));
        app.MapGet("/backend-api/wham/usage", http => AnswerAsync(http, Authorized((_, user) => Resets.Usage(user, Usage(user)))));
        app.MapGet("/backend-api/wham/rate-limit-reset-credits", http => AnswerAsync(http, Authorized((_, user) => Resets.ListOf(user))));
        app.MapPost("/backend-api/wham/rate-limit-reset-credits/consume", http => AnswerAsync(http, Authorized(Resets.Consume)));
        app.MapGet("/backend-api/wham/accounts/check", http => AnswerAsync(http, Authorized((_, user) => AccountsCheck(user))));
        app.MapFallback(http => AnswerAsync(http, _ => Reply.NotFound()));
        Auth.Map(app);
        Kilo.Map(app);
    }

    private async Task AnswerAsync(HttpContext http, Func<ReceivedRequest, Reply> answer)
    {
        RequestBody body;
        try
        {
            body = await RequestBody.ReadAsync(http.Request, http.RequestAborted, knowsZstd: Zstd == ZstdSupport.Decoded);
        }
        catch (InvalidDataException e)
        {
            await Rejection.Detail(400, $"Invalid request body: {e.Message}").ToReply().SendAsync(http);
            return;
        }
        ReceivedRequest request = new(http.Request, body, _clock.GetUtcNow());
        Reply reply = Zstd == ZstdSupport.Refused && request.Header("content-encoding") == "zstd" ? Refuse(request) : answer(request);
        // Only now, so that whoever waits for the request also sees its user and the rule it broke.
        Received.Add(request);
        await request.AnswerAsync(reply, http);
    }

    private static Reply Refuse(ReceivedRequest request)
    {
        request.Rejection = Rejection.Detail(415, "Unsupported Media Type");
        return request.Rejection.ToReply();
    }

    private Func<ReceivedRequest, Reply> Authorized(Func<ReceivedRequest, FakeUser, Reply> answer) => request =>
    {
        (request.User, request.Rejection) = BearerCheck.Identify(request, Auth.Book);
        return request.User is { } user ? answer(request, user) : request.Rejection!.ToReply();
    };

    private Reply Inference(ReceivedRequest request) => Authorized(AnswerTurn)(request);

    private Reply AnswerTurn(ReceivedRequest request, FakeUser user)
    {
        request.Rejection = RequestRules.FirstBroken(new(request, Catalogue, Issued));
        if (request.Rejection is { } rejection) return rejection.ToReply();
        Reply reply = _script.Next(request);
        Issued.RegisterFrom(reply, user);
        return reply.Has("x-request-id") ? reply : reply.With("x-request-id", FakeIds.Item("req"));
    }

    private Reply SearchAnswer(ReceivedRequest request)
    {
        request.Rejection = SearchRules.FirstBroken(request.Json);
        return request.Rejection?.ToReply() ?? Searches.Next(request);
    }
}
