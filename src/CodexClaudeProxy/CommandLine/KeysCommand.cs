using System.CommandLine;
using CodexClaudeProxy.Keys;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Manages the keys of clients on disk, whether the proxy runs or not: it sees the change at its next request. Also generates the owner's access key.</summary>
internal sealed class KeysCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON instead of text" };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "Directory of the keys", HelpName = "directory" };
    private readonly Option<string?> _file = new("--file") { Description = "Write the key to this new file, readable by you only, instead of printing it", HelpName = "path" };

    private KeysCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal)
    {
        var keys = new KeysCommand(terminal);
        var command = new Command("keys", "Keys of the clients of this program, and the access key of its owner") { keys._json, keys._dataDirectory };
        command.SetAction((parsed, ct) => keys.RunAsync(parsed, (actions, stop) => actions.ListAsync(stop), ct));
        foreach (Command sub in (Command[])[keys.List(), keys.Add(), keys.Set(), keys.Renew(), keys.Revoke(), keys.Generate()]) command.Subcommands.Add(sub);
        return command;
    }

    private Command List()
    {
        var command = new Command("list", "Show the keys of clients with their limits and their use") { _json, _dataDirectory };
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.ListAsync(stop), ct));
        return command;
    }

    private Command Add()
    {
        var name = new Argument<string>("name") { Description = "What the key is called, such as the device or the person that gets it" };
        var wanted = new KeyOptions(forChange: false);
        var command = new Command("add", "Add a key for a client; from the first one on every client needs a key") { name, _file, _json, _dataDirectory };
        wanted.AddTo(command);
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.AddAsync(parsed.GetValue(name)!, wanted.Of(parsed, _terminal.Time), parsed.GetValue(_file), stop), ct));
        return command;
    }

    private Command Set()
    {
        Argument<string> name = OneKey();
        var wanted = new KeyOptions(forChange: true);
        var command = new Command("set", "Change the name, models, limits or end of a key") { name, _json, _dataDirectory };
        wanted.AddTo(command);
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.ChangeAsync(parsed.GetValue(name)!, wanted.Of(parsed, _terminal.Time), stop), ct));
        return command;
    }

    private Command Renew()
    {
        Argument<string> name = OneKey();
        var command = new Command("renew", "Replace a key by a new one with the same settings; the old one stops working at once") { name, _file, _json, _dataDirectory };
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.RenewAsync(parsed.GetValue(name)!, parsed.GetValue(_file), stop), ct));
        return command;
    }

    private Command Revoke()
    {
        Argument<string> name = OneKey();
        var command = new Command("revoke", "Revoke a key; it stops working at once, and its statistics stay") { name, _json, _dataDirectory };
        command.Aliases.Add("remove");
        command.SetAction((parsed, ct) => RunAsync(parsed, (actions, stop) => actions.RevokeAsync(parsed.GetValue(name)!, stop), ct));
        return command;
    }

    private Command Generate()
    {
        var generate = new Command("generate", "Generate an access key for the owner, for --api-key-file or CCP_API_KEY") { _file };
        generate.SetAction((parsed, _) => GenerateAsync(parsed.GetValue(_file)));
        return generate;
    }

    /// <summary>A shell is told which keys there are.</summary>
    private Argument<string> OneKey()
    {
        var key = new Argument<string>("name") { Description = "The key's name or id" };
        key.CompletionSources.Add(context => KeyActions.NamesIn(_terminal, context.ParseResult.GetValue(_dataDirectory)));
        return key;
    }

    private Task<int> RunAsync(ParseResult parsed, Func<KeyActions, CancellationToken, Task<int>> act, CancellationToken ct) =>
        BackupCommand.RunAsync(_terminal, parsed.GetValue(_dataDirectory), parsed.GetValue(_json), async (options, stop) =>
        {
            await using KeyActions actions = new(options, _terminal, parsed.GetValue(_json));
            return await act(actions, stop);
        }, ct);

    private async Task<int> GenerateAsync(string? path)
    {
        string key = KeyText.Generate();
        if (path is null)
        {
            await _terminal.Out.WriteLineAsync(key);
            return 0;
        }

        try
        {
            await KeyActions.WriteAsync(path, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await _terminal.Error.WriteLineAsync($"The key was not written: {e.Message}");
            return Commands.Failure;
        }

        await _terminal.Out.WriteLineAsync($"A new key is in {path}. Use it: codex-claude-proxy --api-key-file {ShellCommand.Argument(path)}");
        return 0;
    }
}
