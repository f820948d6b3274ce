using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Memory;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

public sealed class ReasoningMemoryTests : IDisposable
{
    private const string Mine = "ba36a4ed";
    private const int Megabyte = 1_048_576;

    private readonly FakeTimeProvider _time = new();
    private readonly ReasoningMemory _memory;
    private int _emptied;

    public ReasoningMemoryTests() => _memory = new ReasoningMemory(_time, () => _emptied++);

    public void Dispose() => _memory.Dispose();

    private IReadOnlyList<KeptReasoning>? Recall(string conversation, string call, string mark, params string[] inRequest) =>
        _memory.Recall(conversation, call, mark, inRequest.Contains);

    private static KeptReasoning[] Items(string hash = "1", int bytes = 100) => [new(new byte[bytes], hash)];

    [Fact]
    public void Each_call_of_each_conversation_has_its_own()
    {
        KeptReasoning[] items = Items();
        _memory.Keep("one", "call_1", Mine, items);

        Assert.Same(items, Recall("one", "call_1", Mine));
        Assert.Null(Recall("one", "call_2", Mine));
        Assert.Null(Recall("two", "call_1", Mine));
    }

    [Theory]
    [InlineData("callAbc9")]
    [InlineData("call-Abc9")]
    [InlineData("call_Abc.9|fc")]
    public void A_client_may_change_the_punctuation_of_an_id(string kept)
    {
        KeptReasoning[] items = Items();
        string sent = kept.Contains('|') ? "callAbc9fc" : "call_Abc9";
        _memory.Keep("c", kept, Mine, items);

        Assert.Same(items, Recall("c", sent, Mine));
        Assert.Null(Recall("c", sent.ToLowerInvariant(), Mine));
        Assert.Null(Recall("d", sent, Mine));
    }

    [Fact]
    public void Two_ids_that_differ_only_in_punctuation_are_not_taken_for_each_other()
    {
        (KeptReasoning[] first, KeptReasoning[] second) = (Items(), Items());
        _memory.Keep("c", "call_1_2", Mine, first);
        // The other one led to no reasoning, and both are in the conversation.
        Assert.Null(Recall("c", "call_12", Mine, inRequest: ["call_1_2", "call_12"]));

        _memory.Keep("c", "call_12", Mine, second);
        Assert.Same(first, Recall("c", "call_1_2", Mine));
        Assert.Same(second, Recall("c", "call_12", Mine));
        Assert.Null(Recall("c", "call12", Mine));
    }

    [Fact]
    public void Ids_of_punctuation_alone_are_ids_too()
    {
        _memory.Keep("c", "--", Mine, Items());

        Assert.NotNull(Recall("c", "--", Mine));
        Assert.Null(Recall("c", "__", Mine));
    }

    [Fact]
    public void Another_account_learns_that_there_is_something_and_nothing_of_it()
    {
        _memory.Keep("c", "call_1", Mine, Items());

        Assert.Empty(Recall("c", "call_1", "00000000")!);
    }

    [Fact]
    public void An_hour_after_the_last_use_it_is_gone()
    {
        _memory.Keep("c", "call_1", Mine, Items());
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(Recall("c", "call_1", Mine));
        _time.Advance(TimeSpan.FromMinutes(59));
        // Whoever cannot use it does not renew it.
        Assert.NotNull(Recall("c", "call_1", "00000000"));
        Assert.Equal(0, _emptied);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Recall("c", "call_1", Mine));
    }

    [Fact]
    public void Nobody_needs_to_ask_for_it_to_go()
    {
        _memory.Keep("c", "call_1", Mine, Items());
        _time.Advance(TimeSpan.FromMinutes(30));
        _memory.Keep("c", "call_2", Mine, Items());
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal((1, 0), (_memory.Size.Entries, _emptied));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal((0, 0L, 1), (_memory.Size.Entries, _memory.Size.Bytes, _emptied));

        // And all begins anew.
        _memory.Keep("c", "call_3", Mine, Items());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 2), (_memory.Size.Entries, _emptied));
    }

    [Fact]
    public void The_least_recently_used_goes_first()
    {
        for (int i = 0; i < 6; i++) _memory.Keep("c", "call_" + i, Mine, Items(bytes: 10 * Megabyte));
        Assert.NotNull(Recall("c", "call_0", Mine));
        _memory.Keep("c", "call_6", Mine, Items(bytes: 20 * Megabyte));

        Assert.Equal([true, false, false, true, true, true, true], Enumerable.Range(0, 7).Select(i => Recall("c", "call_" + i, Mine) is not null));
        Assert.InRange(_memory.Size.Bytes, 60 * Megabyte, ReasoningMemory.LimitBytes);
    }

    [Fact]
    public void It_never_holds_more_than_its_limit()
    {
        for (int i = 0; i < 40; i++) _memory.Keep("c", "call_" + i, Mine, Items(bytes: (i * 7919 % 40 + 1) * Megabyte));
        Assert.InRange(_memory.Size.Bytes, 1, ReasoningMemory.LimitBytes);

        // What does not fit at all pushes nothing out; long names count too.
        int entries = _memory.Size.Entries;
        _memory.Keep("c", "huge", Mine, Items(bytes: 64 * Megabyte));
        _memory.Keep(new string('x', 32 * Megabyte), "named", Mine, Items());
        Assert.Equal(entries, _memory.Size.Entries);
    }

    [Fact]
    public void The_same_call_again_replaces_what_was_there()
    {
        _memory.Keep("c", "call_1", Mine, Items(bytes: 1000));
        long bytes = _memory.Size.Bytes;
        KeptReasoning[] items = Items(bytes: 1000);
        _memory.Keep("c", "call_1", "00000000", items);

        Assert.Equal((1, bytes), (_memory.Size.Entries, _memory.Size.Bytes));
        Assert.Same(items, Recall("c", "call_1", "00000000"));
    }

    [Fact]
    public void What_the_account_cannot_read_is_forgotten()
    {
        _memory.Keep("c", "call_1", Mine, [.. Items("a"), .. Items("b")]);
        _memory.Keep("c", "call_2", Mine, Items("c"));
        _memory.Keep("c", "call_3", "00000000", Items("b"));

        _memory.Forget(Mine, ["b", "x"]);

        Assert.Equal([false, true, true], new[] { "call_1", "call_2", "call_3" }.Select(call => Recall("c", call, call == "call_3" ? "00000000" : Mine) is not null));
    }

    [Fact]
    public void Switched_off_it_forgets_and_takes_nothing()
    {
        _memory.Keep("c", "call_1", Mine, Items());
        _memory.IsOn = false;
        Assert.True(_memory.IsEmpty);
        Assert.Equal(0, _memory.Size.Bytes);
        _memory.Keep("c", "call_2", Mine, Items());
        Assert.True(_memory.IsEmpty);

        _memory.IsOn = true;
        Assert.Null(Recall("c", "call_1", Mine));
        _memory.Keep("c", "call_2", Mine, Items());
        Assert.False(_memory.IsEmpty);
    }
}
