namespace CodexClaudeProxy.Doctor;

/// <summary>What all checks found.</summary>
/// <param name="Checks">In the order they were made.</param>
internal sealed record DoctorReport(IReadOnlyList<CheckReport> Checks)
{
    public static DoctorReport Of(IEnumerable<Finding> findings) => new(
        [.. findings.Select(finding => new CheckReport(
            finding.Id, finding.Title, Examination.Word(finding.Verdict.Status), finding.Verdict.Detail, finding.Verdict.Fix, (long)finding.Took.TotalMilliseconds))]);
}

/// <summary>What one check found.</summary>
/// <param name="Id">Stable, for programs.</param>
/// <param name="Title">For people.</param>
/// <param name="Status"><c>ok</c>, <c>warn</c>, <c>fail</c> or <c>skipped</c>.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What the user can do; null where nothing needs doing.</param>
/// <param name="Ms">How long it took, in milliseconds.</param>
internal sealed record CheckReport(string Id, string Title, string Status, string Detail, string? Fix, long Ms);
