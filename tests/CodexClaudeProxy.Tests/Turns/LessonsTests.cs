using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

public sealed class LessonsTests
{
    [Fact]
    public void Reasoning_that_is_still_asked_about_is_the_last_to_be_forgotten()
    {
        var lessons = new Lessons(TimeProvider.System);
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
        var lessons = new Lessons(TimeProvider.System);
        lessons.NotePhases("gpt-5.5");

        Assert.True(lessons.Apply(new ModelProfile { Slug = "gpt-5.5" }).Phases);
        Assert.False(lessons.Apply(new ModelProfile { Slug = "gpt-5.6" }).Phases);
    }

    [Fact]
    public void What_one_model_refuses_another_is_still_sent()
    {
        var lessons = new Lessons(TimeProvider.System);
        Assert.True(lessons.Refuse("gpt-5.5", "text"));
        Assert.False(lessons.Refuse("gpt-5.5", "text"));

        Assert.Equal(["text"], lessons.RefusedMembers("gpt-5.5"));
        Assert.Empty(lessons.RefusedMembers("gpt-5.6"));
    }

    [Fact]
    public void What_was_learnt_survives_a_restart_and_not_forever()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        var lessons = new Lessons(time);
        lessons.Refuse("gpt-5.5", "text");
        lessons.RefuseEffort("gpt-5.5", Effort.XHigh);
        lessons.UseLane("gpt-6", lite: true);
        lessons.NotePhases("gpt-6");
        lessons.ReduceSchema("hash");
        lessons.Reject("acct", ["first", "second"]);
        var written = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written)) lessons.Write(json);
        using JsonDocument saved = JsonDocument.Parse(written.WrittenMemory);

        time.Advance(TimeSpan.FromDays(29));
        var next = new Lessons(time);
        next.Read(saved.RootElement);
        Assert.Equal(["text"], next.RefusedMembers("gpt-5.5"));
        Assert.Equal([Effort.High], next.Apply(new ModelProfile { Slug = "gpt-5.5", Efforts = [Effort.High, Effort.XHigh] }).Efforts);
        Assert.True(next.LaneOf("gpt-6"));
        Assert.True(next.Apply(new ModelProfile { Slug = "gpt-6" }).Phases);
        Assert.Equal(["hash"], next.ReducedSchemas);
        Assert.True(next.IsRejected("acct", "second"));
        // Nothing new: there is nothing to save.
        Assert.False(next.Changed.TryRead(out _));

        time.Advance(TimeSpan.FromDays(2));
        var late = new Lessons(time);
        late.Read(saved.RootElement);
        Assert.Empty(late.RefusedMembers("gpt-5.5"));
        Assert.Empty(late.ReducedSchemas);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"models":[],"schemas":{"a":1},"unreadableReasoning":{"x":"y"}}""")]
    [InlineData("""{"models":{"m":{"refused":7,"efforts":["strange"],"lite":"x","learnt":"2999-01-01T00:00:00Z"},"n":null}}""")]
    public void An_odd_file_teaches_nothing(string json)
    {
        var lessons = new Lessons(TimeProvider.System);
        lessons.Read(JsonElement.Parse(json));

        Assert.Empty(lessons.RefusedMembers("m"));
        Assert.Empty(lessons.ReducedSchemas);
    }
}
