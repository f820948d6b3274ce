using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load;

/// <summary>What all rows measure with.</summary>
/// <param name="targets">In the order of the table's columns; the first is the floor.</param>
internal sealed class Bench(Plan plan, BackendProcess backend, IReadOnlyList<Target> targets)
{
    private const int WarmUp = 200;

    public Plan Plan => plan;

    public BackendProcess Backend { get; } = backend;

    public Measurements Results { get; } = new();

    public IReadOnlyList<Target> Targets => targets;

    /// <summary>The builds of codex-claude-proxy.</summary>
    public IEnumerable<Target> Ours => targets.Where(static target => target.IsMessages);

    /// <summary>The fake backend without anything before it.</summary>
    public Target Direct { get; } = new("direct", backend.Port, isMessages: false, command: null);

    /// <summary>Does the same with all of them in turn, each round in another order, so that what else the machine does meets all of them.</summary>
    public static async Task InTurnAsync(int rounds, IReadOnlyList<Target> targets, Func<Target, Task> measure)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < targets.Count; i++) await measure(targets[(round + i) % targets.Count]);
        }
    }

    /// <summary>Starts what does not run yet, and lets it serve some requests: the first are not what is measured.</summary>
    public async Task RunAllAsync()
    {
        foreach (Target target in targets.Where(static target => !target.IsRunning))
        {
            await target.StartAsync();
            await WarmUpAsync(target);
        }
    }

    public async Task RestartAsync(Target target)
    {
        await target.StopAsync();
        await target.StartAsync();
        await WarmUpAsync(target);
    }

    public async Task StopAllAsync()
    {
        foreach (Target target in targets) await target.StopAsync();
    }

    private async Task WarmUpAsync(Target target)
    {
        await Backend.PlayAsync(Pace.Burst, 20);
        using Connection connection = new();
        await connection.ConnectAsync(target.Port);
        for (int turn = 0; turn < WarmUp; turn++)
        {
            ReplyReader reply = await connection.ExchangeAsync(ClientRequest.Small.Bytes(target.IsMessages, session: 0, turn));
            if (!reply.IsGood) throw new InvalidOperationException($"{target.Name} answered with {reply.Ending}");
        }
    }
}
