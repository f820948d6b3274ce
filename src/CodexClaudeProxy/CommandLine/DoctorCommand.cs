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
        var client = new Option<string?>("--client") { Description = "Only run one turn in auto mode with the installed client against a simulated backend: claude", HelpName = "client" };
        client.AcceptOnlyFromAmong(ClaudeProgram.Name);
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        Option<string>[] flags = [.. OptionsReader.Settings.Where(setting => Flags.Contains(setting.Name)).Select(setting => new Option<string>(setting.Flag) { Description = setting.Help, HelpName = setting.ValueName })];
        var command = new Command("doctor", "Diagnose problems and suggest fixes") { request, client, json };
        foreach (Option<string> flag in flags) command.Options.Add(flag);
        command.SetAction((parsed, cancellation) => LocalAccounts.UseAsync(
            terminal,
            flags.Select(flag => KeyValuePair.Create(flag.Name[2..], parsed.GetValue(flag))),
            async accounts => Tell(
                terminal.Out,
                parsed.GetValue(client) is null ? await ExamineAsync(accounts, terminal, parsed.GetValue(request), cancellation) : [await new ClientTrial(accounts.Options, terminal).RunAsync(cancellation)],
                parsed.GetValue(json)),
            cancellation));
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(LocalAccounts accounts, Terminal terminal, bool sendsRequest, CancellationToken cancellation)
    {
        ProxyOptions options = accounts.Options;
        Patient patient = new(options, accounts.Http, accounts.Time)
        {
            Store = accounts.Store,
            Tokens = accounts.Tokens,
            Usage = accounts.Usage,
            Codex = accounts.Backend,
            Claude = ClaudeHome.Here(terminal.Variable),
            Settings = ClientSetup.SettingsOf(options),
            Variable = terminal.Variable,
            Address = options.AddressFor(options.Port),
        };
        return await Examination.RunAsync(patient, sendsRequest, cancellation);
    }

    private static int Tell(TextWriter output, IReadOnlyList<Finding> findings, bool asJson)
    {
        if (asJson) output.WriteJson(DoctorReport.Of(findings), DoctorContext.Default.DoctorReport);
        else WriteText(output, findings);
        return findings.Any(finding => finding.Verdict.Status == CheckStatus.Fail) ? Commands.Failure : 0;
    }

    private static void WriteText(TextWriter output, IReadOnlyList<Finding> findings)
    {
        int width = findings.Max(finding => finding.Title.Length);
        foreach (Finding finding in findings)
        {
            output.WriteLine($"{Examination.Word(finding.Verdict.Status),-7}  {finding.Title.PadRight(width)}  {finding.Verdict.Detail}");
            if (finding.Verdict.Fix is { } fix) output.WriteLine($"{"",-7}  {"".PadRight(width)}  → {fix}");
        }

        int failed = findings.Count(finding => finding.Verdict.Status == CheckStatus.Fail);
        output.WriteLine();
        output.WriteLine(failed == 0 ? "No problems found." : failed == 1 ? "1 problem must be fixed." : $"{failed} problems must be fixed.");
    }
}
