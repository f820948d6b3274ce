using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Answers;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Streaming;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>
/// The waiting for a quota's reset. A client that gets a stream sees it begin, and signs of life, so that neither it nor a gateway on the
/// way takes us for dead; for one that gets a document there is nothing to show, and less than five minutes of patience.
/// </summary>
internal sealed class Hold(Turn turn, Relay relay, TurnClocks clocks)
{
    /// <summary>Clocks differ a little.</summary>
    private static readonly TimeSpan AfterReset = TimeSpan.FromMilliseconds(500);

    private readonly IAnswer _answer = turn.Answer;
    private readonly TurnRecord _record = turn.Record;

    /// <returns>False when the program stops before.</returns>
    public async Task<bool> UntilAsync(DateTimeOffset release, CancellationToken clientGone)
    {
        TimeSpan began = _record.Elapsed;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, clocks.DrainEnding);
        try
        {
            await WaitAsync(release + AfterReset, end.Token);
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return false;
        }

        _record.Held += _record.Elapsed - began;
        return true;
    }

    private async Task WaitAsync(DateTimeOffset end, CancellationToken cancellation)
    {
        IEventConverter? shown = null;
        try
        {
            while (end - clocks.Time.GetUtcNow() is { Ticks: > 0 } left)
            {
                TimeSpan quiet = _record.Streamed ? UntilNextSign() : left;
                await Task.Delay(quiet < left ? quiet : left, clocks.Time, cancellation);
                if (quiet >= left) continue;

                shown ??= await relay.BeginAsync();
                if (_answer.IsCommitted) shown.KeepAlive();
                else shown.Begin();
                await _answer.SendAsync(relay.Limits, cancellation);
            }
        }
        finally
        {
            shown?.Dispose();
        }
    }

    /// <summary>The beginning is held back as long as that of any stream: a failure until then can still be a status.</summary>
    private TimeSpan UntilNextSign()
    {
        TimeSpan begin = TimeSpan.FromSeconds(turn.Preparation.Settings.HoldSeconds) - _record.Elapsed;
        return _answer.IsCommitted ? Pump.KeepAliveAfter : begin > TimeSpan.Zero ? begin : TimeSpan.Zero;
    }
}
