using System.CommandLine;
using System.Text.Json;
using CodexClaudeProxy.Alerts;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Manages the channels of alerts on disk, whether the proxy runs or not: it sees the change within a minute. Commands are set here, never over HTTP.</summary>
internal sealed class AlertsCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON instead of text", Recursive = true };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "Directory of accounts, settings and statistics", HelpName = "directory", Recursive = true };

    private AlertsCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal) => new AlertsCommand(terminal).Tree();

    private Command Tree()
    {
        var command = new Command("alerts", "Show and change where alerts go") { _json, _dataDirectory };
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, _) => actions.ListAsync(), ct));
        var list = new Command("list", "Show the channels of alerts and the latest alerts");
        list.SetAction((parsed, ct) => RunAsync(parsed, (actions, _) => actions.ListAsync(), ct));
        command.Subcommands.Add(list);
        command.Subcommands.Add(Add());
        var name = new Argument<string>("name") { Description = "Name of the channel" };
        var remove = new Command("remove", "Remove a channel") { name };
        remove.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.RemoveAsync(parsed.GetValue(name)!, stop), ct));
        command.Subcommands.Add(remove);
        var some = new Argument<string?>("name") { Description = "Name of the channel; all without it", Arity = ArgumentArity.ZeroOrOne };
        var test = new Command("test", "Send a test alert now and tell whether it arrived") { some };
        test.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.TestAsync(parsed.GetValue(some), stop), ct));
        command.Subcommands.Add(test);
        return command;
    }

    private Command Add()
    {
        var name = new Argument<string>("name") { Description = "A name of your choice" };
        var url = new Option<string?>("--url") { Description = "Address of a webhook, of Slack, Discord or a program of your own; - reads it from standard input", HelpName = "address" };
        var ntfy = new Option<string?>("--ntfy") { Description = "Topic at ntfy.sh, or the address of a topic at another ntfy server; - reads it from standard input", HelpName = "topic" };
        var program = new Option<string[]>("--command") { Description = "Program and its arguments, which gets each alert as JSON on its standard input; no shell", HelpName = "program", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
        var desktop = new Option<bool>("--desktop") { Description = "Notifications of this computer" };
        var kind = new Option<ChannelKind?>("--kind") { Description = "webhook, slack or discord, where the address does not tell it", HelpName = "kind", CustomParser = result => KindOf(result.Tokens[0].Value) ?? Fail(result, "--kind must be webhook, slack or discord") };
        var token = new Option<string?>("--token") { Description = "Token of the receiver, sent as Authorization: Bearer", HelpName = "token" };
        var secret = new Option<string?>("--secret") { Description = "Sign what a webhook gets with this secret (HMAC-SHA256)", HelpName = "secret" };
        var events = new Option<string[]>("--events") { Description = "Only these events, such as account.dry,pool.dry", HelpName = "events", AllowMultipleArgumentsPerToken = true };
        var email = new Option<bool>("--include-email") { Description = "Name accounts without a label by their e-mail address" };
        var command = new Command("add", "Add a channel that alerts go to") { name, url, ntfy, program, desktop, kind, token, secret, events, email };
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.AddAsync(
            new NewChannel(parsed.GetValue(name)!, parsed.GetValue(url), parsed.GetValue(ntfy), parsed.GetValue(program) ?? [], parsed.GetValue(desktop))
            {
                Kind = parsed.GetValue(kind),
                Token = parsed.GetValue(token),
                Secret = parsed.GetValue(secret),
                Events = [.. (parsed.GetValue(events) ?? []).SelectMany(static list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
                IncludeEmail = parsed.GetValue(email),
            }, stop), ct));
        return command;
    }

    private static ChannelKind? KindOf(string word) => word switch { "webhook" => ChannelKind.Webhook, "slack" => ChannelKind.Slack, "discord" => ChannelKind.Discord, _ => null };

    private static ChannelKind? Fail(System.CommandLine.Parsing.ArgumentResult result, string problem)
    {
        result.AddError(problem);
        return null;
    }

    private Task<int> RunAsync(ParseResult parsed, Func<AlertActions, CancellationToken, Task<int>> act, CancellationToken ct) =>
        BackupCommand.RunAsync(_terminal, parsed.GetValue(_dataDirectory), parsed.GetValue(_json), async (options, stop) =>
        {
            try
            {
                return await act(new AlertActions(options, _terminal, parsed.GetValue(_json)), stop);
            }
            catch (JsonException e)
            {
                return Outcome.Tell(_terminal, parsed.GetValue(_json), success: false, $"{Path.Combine(options.DataDirectory, "alert-channels.json")} cannot be read: {e.Message}");
            }
        }, ct);
}
