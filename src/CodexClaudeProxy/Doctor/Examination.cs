namespace CodexClaudeProxy.Doctor;

/// <summary>Looks at everything that must be well for a turn to succeed: all at once, each with a limit of its own.</summary>
internal static class Examination
{
    /// <param name="sendsRequest">Also sends a real, small request, which costs a little of the quota.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(Patient patient, bool sendsRequest, CancellationToken cancellation) =>
        await Task.WhenAll(ChecksOf(patient, sendsRequest).Select(check => RunAsync(check, patient.Time, cancellation)));

    /// <summary>What there is to look at, for whoever wants to tell each finding as soon as it is known.</summary>
    public static Check[] ChecksOf(Patient patient, bool sendsRequest) =>
    [
        .. LocalChecks.Of(patient),
        .. NetworkChecks.Of(patient),
        CompressionCheck.Of(patient),
        .. AccountChecks.Of(patient),
        new("request", "A real request", token => sendsRequest ? TestRequest.SendAsync(patient, token) : Task.FromResult(Verdict.Skipped("Not requested; it would use a little of your quota"))) { Limit = TimeSpan.FromMinutes(2) },
        .. ClaudeChecks.Of(patient),
    ];

    public static string Word(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warn => "warn",
        CheckStatus.Fail => "fail",
        _ => "skipped",
    };

    public static async Task<Finding> RunAsync(Check check, TimeProvider time, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        using CancellationTokenSource limit = new(check.Limit, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        Verdict verdict;
        try
        {
            // A check that ignores the token must not delay the others.
            verdict = await check.RunAsync(both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            verdict = Verdict.Fail($"There was no answer within {check.Limit.TotalSeconds:0} seconds", "Check the network connection, firewalls and proxies");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            verdict = Verdict.Fail(e.Message, "See the message; the check could not be completed");
        }

        return new Finding(check.Id, check.Title, verdict, time.GetElapsedTime(start));
    }
}
