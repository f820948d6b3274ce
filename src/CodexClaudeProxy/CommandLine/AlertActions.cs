using CodexClaudeProxy.Alerts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What was typed for a channel.</summary>
/// <param name="Ntfy">A topic, or the address of one.</param>
internal sealed record NewChannel(string Name, string? Url, string? Ntfy, IReadOnlyList<string> Command, bool Desktop)
{
    public ChannelKind? Kind { get; init; }

    public string? Token { get; init; }

    public string? Secret { get; init; }

    public IReadOnlyList<string> Events { get; init; } = [];

    public bool IncludeEmail { get; init; }
}

/// <summary>What the commands of alerts do and print.</summary>
internal sealed class AlertActions(ProxyOptions options, Terminal terminal, bool asJson)
{
    private readonly AlertChannels _channels = new(options.DataDirectory, options.AlertCommand, terminal.Time, NullLogger.Instance);
    private readonly AlertPrograms _programs = new() { Variable = terminal.Variable };

    public Task<int> ListAsync()
    {
        AlertMemory memory = new AlertMemoryFile(options.DataDirectory, NullLogger.Instance).Load();
        var report = AlertsAnswer.Of(_channels.ReadOrThrow(), channel => memory.Channels.GetValueOrDefault(channel.Name), memory.Recent, Bodies(), _programs);
        if (asJson) terminal.Out.WriteJson(report, AlertReportsContext.Default.AlertsAnswer);
        else Show(report);
        return Task.FromResult(0);
    }

    public async Task<int> AddAsync(NewChannel given, CancellationToken ct)
    {
        int ways = (given.Url is null ? 0 : 1) + (given.Ntfy is null ? 0 : 1) + (given.Command.Count > 0 ? 1 : 0) + (given.Desktop ? 1 : 0);
        if (ways != 1) throw new UsageException("Name one of --url, --ntfy, --command and --desktop.");
        AlertChannel channel = new()
        {
            Name = given.Name,
            Authorization = given.Token is null ? null : $"Bearer {given.Token}",
            Secret = given.Secret,
            Events = given.Events.Count > 0 ? given.Events : null,
            IncludeEmail = given.IncludeEmail,
        };
        if (given.Desktop && _programs.MissingDesktop is { } missing) return Tell(false, $"There can be no notifications here: {missing}.");
        channel = given switch
        {
            { Desktop: true } => channel with { Kind = ChannelKind.Desktop },
            { Command.Count: > 0 } => channel with { Kind = ChannelKind.Command, Command = given.Command },
            { Ntfy: { } topic } => channel with { Kind = ChannelKind.Ntfy, Url = AlertAddress.OfTopic(await ReadAsync(topic, ct)) },
            _ => WithUrl(channel, given.Kind, await ReadAsync(given.Url!, ct)),
        };
        ChannelFault? fault = await _channels.AddAsync(channel, ct);
        return fault is null
            ? Tell(true, $"Alerts go to {channel.Name} ({channel.KindName}, {channel.Shown}) from now on.", $"See whether they arrive: codex-claude-proxy alerts test {ShellCommand.Argument(channel.Name)}")
            : Tell(false, $"{fault.Message}.");
    }

    public async Task<int> RemoveAsync(string name, CancellationToken ct)
    {
        ChannelFault? fault = await _channels.RemoveAsync(name, ct);
        return fault is null ? Tell(true, $"The channel {name} was removed.") : Tell(false, $"{fault.Message}.");
    }

    public async Task<int> TestAsync(string? name, CancellationToken ct)
    {
        IReadOnlyList<AlertChannel> all = _channels.ReadOrThrow();
        AlertChannel[] chosen = [.. all.Where(channel => name is null || channel.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
        if (chosen.Length == 0) return Tell(false, name is null ? "There is no channel to test. Add one: codex-claude-proxy alerts add phone --ntfy TOPIC" : $"There is no channel {name}.");
        using HttpMessageInvoker http = Egress.Create(terminal.Variable);
        var sender = new AlertSender(http, $"codex-claude-proxy/{ProductVersion.Text}", terminal.Time) { Programs = _programs };
        AlertBodies bodies = Bodies();
        AlertTestResult[] results = await terminal.ShowProgressAsync("Sending", Task.WhenAll(chosen.Select(async channel =>
        {
            SendResult result = await sender.SendAsync(channel, Alert.Of(AlertEvents.Test, terminal.Time.GetUtcNow(), channel.Name), bodies, ct);
            return new AlertTestResult(channel.Name, result.IsDelivered, result.Error);
        })));
        bool isDelivered = results.All(static result => result.Delivered);
        if (asJson) terminal.Out.WriteJson(new AlertTestAnswer(isDelivered, results), AlertReportsContext.Default.AlertTestAnswer);
        else foreach (AlertTestResult result in results) (result.Delivered ? terminal.Out : terminal.Error).WriteLine(result.Delivered ? $"{result.Channel}: the test was delivered." : $"{result.Channel}: the test did not arrive: {result.Error}.");
        return isDelivered ? 0 : Commands.Failure;
    }

    private void Show(AlertsAnswer report)
    {
        if (report.Channels.Count == 0) terminal.Out.WriteLine("Alerts go nowhere yet. Add a channel: codex-claude-proxy alerts add phone --ntfy TOPIC");
        foreach (AlertChannelReport channel in report.Channels)
        {
            string last = channel.LastDelivered is { } at ? $"; last delivered {AccountTable.Local(at, terminal.Time)}" : "";
            string trouble = channel.State is "ok" or "untried" ? "" : $": {channel.LastError}";
            terminal.Out.WriteLine($"{channel.Name}  {channel.Kind}  {channel.Address}  {channel.State}{trouble}{last}");
        }

        foreach (RecentAlert alert in report.Recent) terminal.Out.WriteLine($"  {AccountTable.Local(alert.At, terminal.Time)}  {alert.Text}");
    }

    private AlertBodies Bodies()
    {
        using SettingsStore settings = new(options.DataDirectory, terminal.Time, NullLogger.Instance);
        return new AlertBodies(settings.Read().TimeZone ?? terminal.Time.LocalTimeZone, options.PublicUrl);
    }

    /// <summary>What others on this machine must not see in the list of processes comes in another way.</summary>
    private async Task<string> ReadAsync(string given, CancellationToken ct) => given == "-" ? (await terminal.ReadLineAsync(ct))?.Trim() ?? "" : given;

    private static AlertChannel WithUrl(AlertChannel channel, ChannelKind? kind, string url) => channel with { Url = url, Kind = kind ?? AlertAddress.KindOf(url) };

    private int Tell(bool success, string message, string? note = null) => Outcome.Tell(terminal, asJson, success, message, note);
}
