using System.CommandLine;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Reports problems and suggests fixes. The exit code is 1 when something must be done.</summary>
internal static class DoctorCommand
{
    private static readonly string[] Flags = ["data-dir", "host", "port", "api-key", "api-key-file"];

    public static Command Build(Terminal terminal)
    {
        var request = new Option<bool>("--request") { Description = "Also send a small, real request through the running proxy" };
        var client = new Option<string?>("--client") { Description = "Only run one turn in auto mode with the installed client against simulated upstream: claude", HelpName = "client" };
        client.AcceptOnlyFromAmong(ClaudeProgram.Name);
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        Option<string>[] flags = [.. OptionsReader.Settings.Where(setting => Flags.Contains(setting.Name)).Select(setting => new Option<string>(setting.Flag) { Description = setting.HelpToAsk, HelpName = setting.ValueName })];
        var command = new Command("doctor", "Diagnose problems and suggest fixes") { request, client, json };
        foreach (Option<string> flag in flags) command.Options.Add(flag);
        command.SetAction(async (parsed, cancellation) =>
        {
            var report = new DoctorOutput(terminal, parsed.GetValue(json));
            // Everything else would end the process where this is missing.
            if (terminal.Tls.MissingOpenSsl() is not null) return await report.TellAsync([LocalChecks.OpenSsl(terminal.Tls)], cancellation);
            return await LocalAccounts.UseAsync(
                terminal,
                flags.Select(flag => KeyValuePair.Create(flag.Name[2..], parsed.GetValue(flag))),
                accounts => report.TellAsync(
                    parsed.GetValue(client) is null ? Examination.ChecksOf(PatientOf(accounts, terminal), parsed.GetValue(request)) : [new ClientTrial(accounts.Options, terminal).Check],
                    cancellation),
                cancellation,
                unusable: (options, e) => report.TellAsync([LocalChecks.OpenSsl(terminal.Tls), LocalChecks.UnusableData(options.DataDirectory, e)], cancellation));
        });
        return command;
    }

    private static Patient PatientOf(LocalAccounts accounts, Terminal terminal) => new(accounts.Options, accounts.Http, accounts.Time)
    {
        Store = accounts.Store,
        Tokens = accounts.Tokens,
        Usage = accounts.Usage,
        Codex = accounts.Backend,
        Claude = ClaudeHome.Here(terminal.Variable),
        Settings = ClientSetup.SettingsOf(accounts.Options),
        Variable = terminal.Variable,
        Tls = terminal.Tls,
        Address = accounts.Options.AddressFor(accounts.Options.Port),
    };
}
