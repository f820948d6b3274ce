using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Doctor;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class DoctorOutputTests
{
    [Fact]
    public async Task A_finding_is_told_while_another_check_still_runs()
    {
        await using SignallingWriter output = new();
        TaskCompletionSource<Verdict> slow = new();
        Check[] checks = [new("slow", "A slow one", _ => slow.Task), new("quick", "A quick one", _ => Task.FromResult(Verdict.Ok("It is well")))];

        Task<int> telling = new DoctorOutput(output, asJson: false).TellAsync(checks, TestContext.Current.CancellationToken);
        await output.Contains("ok       A quick one  It is well\n");
        Assert.False(telling.IsCompleted);

        slow.SetResult(Verdict.Fail("It is not well", "Mend it"));
        Assert.Equal(1, await telling);
        Assert.Contains("fail     A slow one   It is not well\n", output.ToString(), StringComparison.Ordinal);
    }
}
