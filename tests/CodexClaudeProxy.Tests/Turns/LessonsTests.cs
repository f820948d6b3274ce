using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.Turns;

public sealed class LessonsTests
{
    [Fact]
    public void Reasoning_that_is_still_asked_about_is_the_last_to_be_forgotten()
    {
        var lessons = new Lessons();
        lessons.Reject("a", ["kept", "forgotten"]);
        for (int i = 0; i < 4095; i++)
        {
            Assert.True(lessons.IsRejected("a", "kept"));
            lessons.Reject("a", [$"another {i}"]);
        }

        Assert.True(lessons.IsRejected("a", "kept"));
        Assert.False(lessons.IsRejected("a", "forgotten"));
        Assert.False(lessons.IsRejected("b", "kept"));
    }
}
