using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Kilo;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Checks;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>Asks the backend for the rest of an answer: the response, or why there is none.</summary>
internal delegate Task<(HttpResponseMessage Response, CodexFailure? Refusal)> ContinuationRequest(ReadOnlyMemory<byte> body);

/// <summary>Brings one upstream response into the client's answer. What it wrote is forgotten again when it failed before the client saw any of it.</summary>
internal sealed class Relay(Turn turn, TurnClocks clocks, Lessons lessons, Drift drift, CallJudge judge, SideQuestion ask, ILogger log)
{
    private readonly Preparation _preparation = turn.Preparation;
    private readonly IAnswer _answer = turn.Answer;
    private readonly TurnRecord _record = turn.Record;

    private bool _emptyAnswerRetried;
    private long _lastSent;

    /// <summary>The quota the last response told of.</summary>
    public RateLimits? Limits { get; set; }

    /// <summary>What the last response told of the quota inside its stream.</summary>
    public RateLimits? Told { get; private set; }

    /// <summary>The client has seen nothing that another attempt could not continue.</summary>
    public bool CanGoOn { get; private set; } = true;

    /// <summary>The program ends, and the turn with it.</summary>
    public bool IsEnding => clocks.DrainEnding.IsCancellationRequested || (clocks.UnbegunEnding.IsCancellationRequested && !_answer.IsCommitted);

    /// <summary>Ends a turn whose client has seen nothing, when it is time for those.</summary>
    public CancellationTokenRegistration EndUnbegun(CancellationTokenSource turn) => clocks.UnbegunEnding.Register(() =>
    {
        if (!_answer.IsCommitted) turn.Cancel();
    });

    /// <summary>Begins the answer of one attempt.</summary>
    public async ValueTask<IEventConverter> BeginAsync()
    {
        await _preparation.CountAsync();
        if (!_answer.IsCommitted) _answer.Reset();
        IEventConverter converter = _answer.Convert(_preparation.Context, clocks.Time);
        return _preparation.Kilo is null ? converter : new KiloConverter(converter, clocks.Time);
    }

    /// <summary>Waits for what an attempt needs before its stream begins; a client that has the beginning of an answer is shown signs of life meanwhile.</summary>
    public async Task<T> WhileShowingLifeAsync<T>(Task<T> needed, CancellationToken cancellation)
    {
        if (!_answer.IsCommitted || !_record.Streamed) return await needed;
        IEventConverter? shown = null;
        try
        {
            while (true)
            {
                TimeSpan quiet = Pump.KeepAliveAfter - clocks.Time.GetElapsedTime(_lastSent);
                if (await Task.WhenAny(needed, Task.Delay(quiet > TimeSpan.Zero ? quiet : TimeSpan.Zero, clocks.Time, cancellation)) == needed) return await needed;
                shown ??= await BeginAsync();
                shown.KeepAlive();
                await _answer.SendAsync(Limits, cancellation);
                _lastSent = clocks.Time.GetTimestamp();
            }
        }
        finally
        {
            shown?.Dispose();
        }
    }

    /// <param name="upstream">Cancelled to end the upstream call.</param>
    /// <param name="resume">How an answer that pauses for its advisor goes on; null where none does.</param>
    /// <returns>Why it failed, or null when the client has the whole answer.</returns>
    public async Task<CodexFailure?> RunAsync(
        HttpResponseMessage response, CancellationTokenSource upstream, CancellationToken clientGone, ContinuationRequest? resume = null)
    {
        using IEventConverter converter = await BeginAsync();
        await using CallCheck? check = CheckOf(converter, clientGone);
        try
        {
            await FollowAsync(converter, check, response, upstream, clientGone);
            if (converter is TurnConverter { IsPaused: true } && resume is not null) await FinishAdvisedAsync(converter, check, resume, upstream, clientGone);
        }
        finally
        {
            CanGoOn = !_answer.IsCommitted || converter.BlockCount == 0;
        }

        if (converter.SawPhase) lessons.NotePhases(_preparation.Context.Profile.Slug);
        foreach (string repair in converter.Repairs) Log.ArgumentsRepaired(log, _record.RequestId, repair);
        foreach (string unknown in converter.Unknown) drift.Note(DriftKind.UpstreamEvent, unknown, _record.UserAgent);
        if (converter.Failure is { } failure) return failure;

        if (IsWorthAnotherTry(converter)) return new CodexFailure(CodexFailureKind.StreamEnded, "The model returned an empty response");
        converter.Conclude();
        await _answer.SendAsync(Limits, clientGone);
        if (converter.Outcome is { } outcome) _preparation.Learn(outcome.Usage);
        _record.End = converter.Outcome;
        return null;
    }

    /// <summary>Brings one response into the answer, to its end.</summary>
    private async Task FollowAsync(
        IEventConverter converter, CallCheck? check, HttpResponseMessage response, CancellationTokenSource upstream, CancellationToken clientGone)
    {
        await using (var pump = new Pump(converter, _answer, clocks.Time, upstream, Limits, clocks.Limits, TimeSpan.FromSeconds(_preparation.Settings.HoldSeconds))
        {
            Converted = check is null ? null : check.Follow,
            Settled = _preparation.Settle,
        })
        {
            CodexFailure? broken = await PumpAsync(pump, response, upstream.Token, clientGone);
            if (!converter.IsEnded) converter.EndOfStream(broken);
            if (check is not null && converter.Calls is { IsHeld: true }) await check.FinishAsync();
            _lastSent = pump.LastSent;
            if (pump.FirstRead != 0) _record.FirstEvent ??= _record.At(pump.FirstRead);
            if (pump.FirstOutput != 0) _record.FirstOutput ??= _record.At(pump.FirstOutput);
        }

        Told = converter.RateLimits;
        Limits = Told ?? Limits;
    }

    /// <summary>Gets the advice the model waits for and lets it go on, until the turn ends.</summary>
    private async Task FinishAdvisedAsync(
        IEventConverter converter, CallCheck? check, ContinuationRequest resume, CancellationTokenSource upstream, CancellationToken clientGone)
    {
        var advisor = new Advisor(turn, this, ask, OriginOf(), clocks.Time);
        while (converter is TurnConverter { IsPaused: true } paused)
        {
            await advisor.AnswerAsync(paused, upstream.Token);
            if (paused.TryEndAdvised(always: advisor.IsInsisted))
            {
                if (check is not null && converter.Calls is { IsHeld: true }) await check.FinishAsync();
                return;
            }

            using var body = new PooledBuffer();
            paused.Resume(_preparation.Body, body);
            (HttpResponseMessage response, CodexFailure? refusal) = await resume(body.WrittenMemory);
            using (response)
            {
                if (refusal is { Kind: CodexFailureKind.Policy }) converter.Refuse(refusal);
                else if (refusal is not null) converter.EndOfStream(refusal);
                else await FollowAsync(converter, check, response, upstream, clientGone);
            }
        }
    }

    /// <summary>A policy refusal is an answer, whichever way it comes.</summary>
    public async Task<CodexFailure?> RefuseAsync(CodexFailure refusal, CancellationToken clientGone)
    {
        using IEventConverter converter = await BeginAsync();
        converter.Refuse(refusal);
        if (converter.Failure is { } failure) return failure;
        await _answer.SendAsync(Limits, clientGone);
        _record.End = converter.Outcome;
        return null;
    }

    /// <summary>What a call that never got a response means.</summary>
    public static CodexFailure Unreachable(HttpRequestException e) =>
        e is AccountProxyException own ? new(own.IsCertain ? CodexFailureKind.AccountProxy : CodexFailureKind.Unreachable, $"{e.Message}. {AccountProxyException.Advice}")
        : HasNoDescriptor(e) ? new(CodexFailureKind.Unavailable, LocalErrors.NoRoom.Message)
        : new(CodexFailureKind.Unreachable, e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name could not be resolved",
        HttpRequestError.ConnectionError => "no connection could be made, or it was reset",
        HttpRequestError.SecureConnectionError => "no secure connection could be made",
        HttpRequestError.ProxyTunnelError => e.Message,
        _ => "the connection broke before a response arrived",
    });

    private static bool HasNoDescriptor(HttpRequestException e) =>
        e.InnerException is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.TooManyOpenSockets };

    /// <summary>What a call that we cancelled means, when it was not the client that disconnected.</summary>
    public CodexFailure Cancelled() => IsEnding ? ShuttingDown : new CodexFailure(CodexFailureKind.TimedOut);

    /// <summary>What the end of the program means. No other attempt could change it.</summary>
    public static readonly CodexFailure ShuttingDown = new(CodexFailureKind.Unavailable, "The proxy is shutting down");

    /// <summary>Null when the answer's calls are not to be judged.</summary>
    private CallCheck? CheckOf(IEventConverter converter, CancellationToken clientGone)
    {
        if (converter.Calls is not { } calls || _preparation.CheckInput is not { } input) return null;
        return new CallCheck(judge, input, calls, OriginOf(), _record, clocks.Time, log, clientGone);
    }

    private SideOrigin OriginOf() =>
        new(_preparation.Context.ConversationId) { Session = _record.Session, Agent = _record.Agent, Project = _record.Project, UserAgent = _record.UserAgent, Key = _record.Key };

    /// <summary>An empty answer to a user's message is tried again, once.</summary>
    private bool IsWorthAnotherTry(IEventConverter converter)
    {
        bool empty = converter.BlockCount == 0 && converter.Outcome is { Reason: StopReason.EndTurn } && !_answer.IsCommitted;
        if (!empty || _emptyAnswerRetried || !_preparation.Context.EndsWithUserMessage) return false;
        _emptyAnswerRetried = true;
        return true;
    }

    /// <summary>Runs the pump; a broken connection becomes the failure it is.</summary>
    private async Task<CodexFailure?> PumpAsync(Pump pump, HttpResponseMessage response, CancellationToken upstream, CancellationToken clientGone)
    {
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(upstream);
            await pump.RunAsync(body, upstream);
            return null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException && !clientGone.IsCancellationRequested)
        {
            return CodexFailure.EndedEarly;
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return IsEnding ? ShuttingDown
                : pump.Silence ?? CodexFailure.EndedEarly;
        }
    }
}
