using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>The clocks a turn runs by: what time it is, how long each wait may last, and when the program ends.</summary>
/// <param name="DrainEnding">The drain is nearly over: running answers must end now.</param>
/// <param name="UnbegunEnding">Turns whose client has seen nothing must end now.</param>
internal sealed record TurnClocks(TimeProvider Time, TimeLimits Limits, CancellationToken DrainEnding, CancellationToken UnbegunEnding)
{
    /// <param name="end">Ends the call for other reasons.</param>
    public CallClock ForCall(CancellationToken end) => new(Limits, Time, end);
}
