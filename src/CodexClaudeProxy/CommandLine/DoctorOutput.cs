using CodexClaudeProxy.Doctor;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Tells what checks find: as text each finding as soon as it is known, as JSON all of them in their order.</summary>
internal sealed class DoctorOutput(TextWriter output, bool asJson)
{
    /// <returns>The exit code: 1 when something must be done.</returns>
    public async Task<int> TellAsync(IReadOnlyList<Check> checks, CancellationToken cancellation)
    {
        Task<Finding>[] running = [.. checks.Select(check => Examination.RunAsync(check, TimeProvider.System, cancellation))];
        if (!asJson)
        {
            int width = checks.Max(check => check.Title.Length);
            await foreach (Task<Finding> done in Task.WhenEach(running)) Write(await done, width);
        }

        Finding[] findings = await Task.WhenAll(running);
        int failed = findings.Count(finding => finding.Verdict.Status == CheckStatus.Fail);
        if (asJson) output.WriteJson(DoctorReport.Of(findings), DoctorContext.Default.DoctorReport);
        else
        {
            output.WriteLine();
            output.WriteLine(failed == 0 ? "No problems found." : failed == 1 ? "1 problem must be fixed." : $"{failed} problems must be fixed.");
        }

        return failed > 0 ? Commands.Failure : 0;
    }

    private void Write(Finding finding, int width)
    {
        output.WriteLine($"{Examination.Word(finding.Verdict.Status),-7}  {finding.Title.PadRight(width)}  {finding.Verdict.Detail}");
        if (finding.Verdict.Fix is { } fix) output.WriteLine($"{"",-7}  {"".PadRight(width)}  → {fix}");
    }
}
