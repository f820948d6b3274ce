using System.Text.Json;
using CodexClaudeProxy.Alerts;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>Accounts that stand somehow, looked at again and again with one memory.</summary>
internal sealed class AlertScene
{
    public static readonly AlertAccount Team = new("acc_1", 1, "team", "Example Ltd", "team@example.com");
    public static readonly AlertAccount Home = new("acc_2", 2, "home", null, "home@example.com");

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 29, 18, 0, 0, TimeSpan.Zero);

    public AlertMemory Memory { get; private set; } = new();

    public int LowPercent { get; set; } = 10;

    /// <summary>One that is ready, with its windows.</summary>
    public static ObservedAccount Ready(AlertAccount account, params ObservedWindow[] windows) => new(account, Standing.Ready) { Windows = windows };

    public static ObservedAccount UsedUp(AlertAccount account, DateTimeOffset until) =>
        new(account, Standing.UsedUp, until) { Windows = [new ObservedWindow("5h", TimeSpan.FromHours(5), 100, until)] };

    public ObservedWindow Hours(double used, double inHours = 2) => new("5h", TimeSpan.FromHours(5), used, Now.AddHours(inHours));

    public ObservedWindow Week(double used, double inHours = 72) => new("7d", TimeSpan.FromDays(7), used, Now.AddHours(inHours));

    public void Pass(double hours) => Now = Now.AddHours(hours);

    /// <summary>What is told of it.</summary>
    public IReadOnlyList<Alert> Look(params ObservedAccount[] accounts) => Look(static seen => seen, accounts);

    public IReadOnlyList<Alert> Look(Func<Observation, Observation> with, params ObservedAccount[] accounts) =>
        AlertRules.Compare(Memory, with(new Observation(Now, accounts) { LowPercent = LowPercent }));

    /// <summary>The names of what is told, without the pool's where an account's are meant.</summary>
    public string[] Names(params ObservedAccount[] accounts) => [.. Look(accounts).Select(static alert => alert.Event)];

    /// <summary>The memory as the file holds it.</summary>
    public void Restart() => Memory = JsonSerializer.Deserialize(AlertMemoryFile.Text(Memory), AlertsContext.Default.AlertMemory)!;
}
