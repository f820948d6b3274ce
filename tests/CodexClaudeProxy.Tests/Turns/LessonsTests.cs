using CodexClaudeProxy.Protocol.Codex;
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

    [Fact]
    public void A_model_that_showed_phases_has_them_from_then_on()
    {
        var lessons = new Lessons();
        lessons.NotePhases("gpt-5.5");

        Assert.True(lessons.Apply(new ModelProfile { Slug = "gpt-5.5" }).Phases);
        Assert.False(lessons.Apply(new ModelProfile { Slug = "gpt-5.6" }).Phases);
    }

    [Fact]
    public void What_one_model_refuses_another_is_still_sent()
    {
        var lessons = new Lessons();
        Assert.True(lessons.Refuse("gpt-5.5", "text"));
        Assert.False(lessons.Refuse("gpt-5.5", "text"));

        Assert.Equal(["text"], lessons.RefusedMembers("gpt-5.5"));
        Assert.Empty(lessons.RefusedMembers("gpt-5.6"));
    }
}
