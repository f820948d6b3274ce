using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Turns.Attempt;
using CodexClaudeProxy.Turns.Checks;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>Puts together what tries one turn, as <see cref="Composition"/> does it for the program: each part with what it uses.</summary>
internal sealed class TurnFactory
{
    private readonly SideQuestion _ask;

    public TurnFactory(TurnRecorder recorder, Preparations preparations, VerdictMemory verdicts)
    {
        // A turn may ask something in a turn of its own.
        _ask = new SideTurns(recorder, preparations, this).AskAsync;
        Judge = new CallJudge(verdicts, _ask);
    }

    public required AccountPool Pool { get; init; }

    public required TokenRefresher Tokens { get; init; }

    public required QuotaWatch Quotas { get; init; }

    public required DryPool Dry { get; init; }

    public required CodexClient Codex { get; init; }

    public required RequestCompression Compression { get; init; }

    public required KiloClient Kilo { get; init; }

    public required Catalogue Catalogue { get; init; }

    public required Lessons Lessons { get; init; }

    public required ReasoningMemory Reasoning { get; init; }

    public required Drift Drift { get; init; }

    public required TurnClocks Clocks { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>Judges the tool calls of answers.</summary>
    public CallJudge Judge { get; }

    public Attempts AttemptsOf(Turn turn)
    {
        Relay relay = RelayOf(turn);
        return new Attempts(
            turn, relay, new CodexAttempt(turn, relay, Codex, Compression, Pool, Lessons, Catalogue, Clocks), new Adaptation(turn.Preparation, Lessons, Reasoning),
            Pool, Tokens, Quotas, Dry, Catalogue, Clocks, Log);
    }

    public KiloAttempts KiloAttemptsOf(Turn turn) => new(turn, RelayOf(turn), Kilo, Clocks, Log);

    private Relay RelayOf(Turn turn) => new(turn, Clocks, Lessons, Drift, Judge, _ask, Log);
}
