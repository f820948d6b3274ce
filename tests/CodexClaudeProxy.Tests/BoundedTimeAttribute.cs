using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

[assembly: CodexClaudeProxy.Tests.BoundedTime]

namespace CodexClaudeProxy.Tests;

/// <summary>
/// A test that waits for what never comes is cancelled, and so fails by its name; else it would take all the time that the whole program has. Tests wait with
/// the token of their context, which is what is cancelled.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class BoundedTimeAttribute : BeforeAfterTestAttribute
{
    /// <summary>Many times what the longest takes, also on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Timer> _running = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ITestContext context = TestContext.Current;
        _running[test.UniqueID] = new Timer(_ => context.CancelCurrentTest(), null, Limit, Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_running.TryRemove(test.UniqueID, out Timer? timer)) timer.Dispose();
    }
}
