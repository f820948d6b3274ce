using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// The waiting for a quota's reset. A client that gets a stream sees it begin, and signs of life, so that neither it nor a gateway on the
/// way takes us for dead; for one that gets a document there is nothing to show, and less than five minutes of patience.
/// </summary>
internal sealed class Hold(AttemptParts parts, Preparation preparation, IAnswer answer, Relay relay, TurnRecord record)
{
    /// <summary>Clocks differ a little.</summary>
    private static readonly TimeSpan AfterReset = TimeSpan.FromMilliseconds(500);

    /// <returns>False when the program stops before.</returns>
    public async Task<bool> UntilAsync(DateTimeOffset release, CancellationToken clientGone)
    {
        TimeSpan began = record.Elapsed;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, parts.DrainEnding);
        try
        {
            await WaitAsync(release + AfterReset, end.Token);
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            return false;
        }

        record.Held += record.Elapsed - began;
        return true;
    }

    private async Task WaitAsync(DateTimeOffset end, CancellationToken cancellation)
    {
        IEventConverter? shown = null;
        try
        {
            while (end - parts.Time.GetUtcNow() is { Ticks: > 0 } left)
            {
                TimeSpan quiet = record.Streamed ? UntilNextSign() : left;
                await Task.Delay(quiet < left ? quiet : left, parts.Time, cancellation);
                if (quiet >= left) continue;

                shown ??= await relay.BeginAsync();
                if (answer.IsCommitted) shown.KeepAlive();
                else shown.Begin();
                await answer.SendAsync(relay.Limits, cancellation);
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
        TimeSpan begin = TimeSpan.FromSeconds(preparation.Settings.HoldSeconds) - record.Elapsed;
        return answer.IsCommitted ? Pump.KeepAliveAfter : begin > TimeSpan.Zero ? begin : TimeSpan.Zero;
    }
}
