using System.CommandLine;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Updates;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Exchanges the program for another release, when it is told to, and never by itself.</summary>
internal static class UpdateCommand
{
    private const string Command = "codex-claude-proxy update";

    private static readonly string? Source = AppContext.GetData("CodexClaudeProxy.ReleaseSource") as string;

    private static readonly MinisignKey? Key = AppContext.GetData("CodexClaudeProxy.ReleaseKey") is string key ? MinisignKey.Parse(key) : null;

    public static Command Build(Terminal terminal)
    {
        var check = new Option<bool>("--check") { Description = "Only tell whether there is a newer version" };
        var rollback = new Option<bool>("--rollback") { Description = "Go back to the version before the last update" };
        var version = new Option<string>("--version") { Description = "Take this version instead of the newest one, also an older one", HelpName = "version" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        var command = new Command("update", "Update this program to the newest release, after verifying its signature") { check, rollback, version, json };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(rollback) && (parsed.GetValue(check) || parsed.GetValue(version) is not null)) parsed.AddError("--rollback goes with neither --check nor --version.");
            if (parsed.GetValue(version) is { } text && ReleaseVersion.Parse(text) is null) parsed.AddError($"--version: '{text}' is not a version such as 1.2.3.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using Interruption interruption = new(cancellation);
            bool asJson = parsed.GetValue(json);
            try
            {
                return Tell(terminal, asJson, parsed.GetValue(rollback)
                    ? await RollBackAsync(interruption.Token)
                    : await UpdateAsync(terminal, ReleaseVersion.Parse(parsed.GetValue(version)), parsed.GetValue(check), interruption.Token));
            }
            catch (UpdateRefusedException e)
            {
                return Tell(terminal, asJson, new UpdateReport(Success: false, e.Message, ProductVersion.Text));
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                return Commands.Interrupted;
            }
        });
        return command;
    }

    private static async Task<UpdateReport> UpdateAsync(Terminal terminal, ReleaseVersion? wanted, bool onlyCheck, CancellationToken cancellation)
    {
        if (Source is null || Key is null) throw new UpdateRefusedException("This build has no release source, so it cannot update itself. Get another version where you got this one.");
        InstalledProgram? program = InstalledProgram.Running();
        PackageOwner? owner = program is null ? null : await PackageOwner.FindAsync(program.Path, cancellation);
        if (!onlyCheck) program = ThatIsOurs(program, owner);

        using HttpMessageInvoker http = Egress.Create(terminal.Variable);
        Updater updater = new(new ReleaseFiles(http, Source), Key, ProductVersion.Identity);
        VerifiedRelease release = await updater.FindAsync(wanted, cancellation);
        string now = ProductVersion.Text, found = release.Version.ToString();
        if (release.Version.CompareTo(ReleaseVersion.Parse(now)) == 0) return new UpdateReport(Success: true, $"{(wanted is null ? "This is the newest version" : "This is that version already")}: {now}.", now, found);
        if (onlyCheck) return new UpdateReport(Success: true, $"Version {found} is available, this is {now}. Install it with: {owner?.Update ?? (wanted is null ? Command : $"{Command} --version {found}")}", now, found);

        await terminal.Error.WriteLineAsync($"Downloading version {found} …");
        await updater.InstallAsync(release, program!, cancellation);
        return new UpdateReport(
            Success: true,
            $"{program!.Path} is now version {found}. Version {now} is kept beside it; {Command} --rollback brings it back. A running proxy must be restarted to change its version.",
            found, found, Changed: true);
    }

    private static async Task<UpdateReport> RollBackAsync(CancellationToken cancellation)
    {
        InstalledProgram? program = InstalledProgram.Running();
        program = ThatIsOurs(program, program is null ? null : await PackageOwner.FindAsync(program.Path, cancellation));
        if (!File.Exists(program.Previous)) throw new UpdateRefusedException($"There is no previous version: {program.Previous} does not exist.");
        BuildIdentity previous = await InstalledProgram.AskAsync(program.Previous, cancellation)
            ?? throw new UpdateRefusedException($"{program.Previous} does not start on this machine. Nothing was changed.");
        using (program.Begin()) program.Exchange(program.Previous);
        return new UpdateReport(
            Success: true,
            $"{program.Path} is version {previous.Version} again. Version {ProductVersion.Text} is kept beside it; {Command} --rollback brings it back. A running proxy must be restarted to change its version.",
            previous.Version, Changed: true);
    }

    private static InstalledProgram ThatIsOurs(InstalledProgram? program, PackageOwner? owner)
    {
        if (program is null) throw new UpdateRefusedException("The program was started by dotnet, so there is no file to replace. Build it again instead.");
        if (owner is not null) throw new UpdateRefusedException($"{program.Path} belongs to a package of {owner.Name}. Change its version with: {owner.Update}");
        return program;
    }

    private static int Tell(Terminal terminal, bool asJson, UpdateReport report)
    {
        if (asJson) terminal.Out.WriteJson(report, UpdatesContext.Default.UpdateReport);
        else (report.Success ? terminal.Out : terminal.Error).WriteLine(report.Message);
        return report.Success ? 0 : Commands.Failure;
    }
}
