using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Turns.Checks;

/// <summary>
/// Has the calls of one answer judged beside its stream: begun when no further call is coming, and again should one come all the same.
/// The end of the answer waits for it, but not long; what is not judged by then is left to the client.
/// </summary>
/// <param name="read">What to judge by; only read when there is a call.</param>
internal sealed class CallCheck(CallJudge judge, Func<CheckInput?> read, AnsweredCalls calls, SideOrigin origin, TurnRecord record, TimeProvider time, ILogger log, CancellationToken clientGone) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Calls of one answer follow each other within this; asking earlier would ask twice.</summary>
    private static readonly TimeSpan NoFurtherCall = TimeSpan.FromMilliseconds(150);

    // _lock guards everything below: the pump and the timer both begin.
    private readonly Lock _lock = new();
    private ITimer? _soon;
    private CancellationTokenSource? _ending;
    private AnsweredCall[] _judging = [];
    private Task<IReadOnlyList<JudgedCall>>? _run;

    private readonly Lazy<CheckInput?> _input = new(read);

    /// <summary>A part of the answer has come. Takes a note, and waits for nothing.</summary>
    public void Follow()
    {
        if (calls.Complete.Count == 0) return;
        lock (_lock)
        {
            if (calls.MoreMayCome || calls.Complete.Count == _judging.Length) return;
            AnsweredCall[] complete = [.. calls.Complete];
            _soon?.Dispose();
            _soon = time.CreateTimer(_ => BeginUnlessMoreCame(complete), null, NoFurtherCall, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The answer is complete: waits for the verdicts on all of its calls.</summary>
    public async Task FinishAsync()
    {
        Task<IReadOnlyList<JudgedCall>> run;
        lock (_lock)
        {
            _soon?.Dispose();
            if (_run is null || calls.Complete.Count != _judging.Length) Begin([.. calls.Complete]);
            run = _run!;
        }

        IReadOnlyList<JudgedCall> judged;
        try
        {
            judged = await run.WaitAsync(Patience, time, clientGone);
        }
        catch (Exception e) when (!clientGone.IsCancellationRequested)
        {
            // Whatever it was, the answer must not suffer from it.
            CheckStep step = e is TimeoutException ? CheckStep.Late : CheckStep.Failed;
            judged = [.. calls.Complete.Select(call => JudgedCall.Left(call, step))];
        }

        record.Checks = judged;
        calls.Verdicts = [.. judged.Where(static one => one.Judgement.Outcome is not null).Select(static one => new CallVerdict(one.Call.Id, one.Judgement.Outcome!.Value)
        {
            Explanation = one.Judgement.Explanation,
            CitedRule = one.Judgement.CitedRule,
        })];
        Log.Checked(log, record.RequestId, judged.Count, calls.Verdicts.Count, calls.Verdicts.Count(static verdict => verdict.Outcome == CallOutcome.Flagged));
    }

    public async ValueTask DisposeAsync()
    {
        if (_soon is not null) await _soon.DisposeAsync();
        if (_ending is null) return;
        await _ending.CancelAsync();
        if (_run is not null) await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private void BeginUnlessMoreCame(AnsweredCall[] complete)
    {
        lock (_lock)
        {
            if (complete.Length > _judging.Length && !calls.MoreMayCome && complete.Length == calls.Complete.Count) Begin(complete);
        }
    }

    private void Begin(AnsweredCall[] complete)
    {
        // What was begun too early is of no use any more: all calls of an answer are judged together.
        _ending?.Cancel();
        _ending = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        _judging = complete;
        CancellationToken ending = _ending.Token;
        _run = Task.Run(() => judge.JudgeAsync(_input.Value, complete, origin, ending), CancellationToken.None);
    }
}
