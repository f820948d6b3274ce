using CodexClaudeProxy.Doctor;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Tells what checks find: as text each finding as soon as it is known, as JSON all of them in their order.</summary>
internal sealed class DoctorOutput(Terminal terminal, bool asJson)
{
    /// <returns>The exit code: 1 when something must be done.</returns>
    public async Task<int> TellAsync(IReadOnlyList<Check> checks, CancellationToken cancellation)
    {
        Task<Finding>[] running = [.. checks.Select(check => Examination.RunAsync(check, TimeProvider.System, cancellation))];
        if (!asJson)
        {
            int width = checks.Max(check => check.Title.Length);
            List<Task<Finding>> open = [.. running];
            while (open.Count > 0)
            {
                Task<Finding> done = await terminal.ShowProgressAsync($"{(open.Count == 1 ? "1 check" : $"{open.Count} checks")} still running", Task.WhenAny(open));
                open.Remove(done);
                Write(await done, width);
            }
        }

        Finding[] findings = await Task.WhenAll(running);
        int failed = findings.Count(finding => finding.Verdict.Status == CheckStatus.Fail);
        if (asJson) terminal.Out.WriteJson(DoctorReport.Of(findings), DoctorContext.Default.DoctorReport);
        else
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(failed == 0 ? "No problems found." : failed == 1 ? "1 problem must be fixed." : $"{failed} problems must be fixed.");
        }

        return failed > 0 ? Commands.Failure : 0;
    }

    private void Write(Finding finding, int width)
    {
        terminal.Out.WriteLine($"{Status(finding.Verdict.Status)}  {finding.Title.PadRight(width)}  {finding.Verdict.Detail}");
        if (finding.Verdict.Fix is { } fix) terminal.Out.WriteLine($"{"",-7}  {"".PadRight(width)}  → {fix}");
    }

    private string Status(CheckStatus status)
    {
        string word = $"{Examination.Word(status),-7}";
        return status switch
        {
            CheckStatus.Ok => terminal.Paint(word, 32),
            CheckStatus.Warn => terminal.Paint(word, 33),
            CheckStatus.Fail => terminal.Paint(word, 31),
            _ => word,
        };
    }
}
