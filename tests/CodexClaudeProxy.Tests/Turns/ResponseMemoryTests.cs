using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Turns.Memory;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

public sealed class ResponseMemoryTests : IDisposable
{
    private const string Mine = "ba36a4ed";

    private readonly FakeTimeProvider _time = new();
    private readonly ResponseMemory _memory;
    private int _emptied;

    public ResponseMemoryTests() => _memory = new ResponseMemory(_time, () => _emptied++, limitBytes: 200_000);

    public void Dispose() => _memory.Dispose();

    private void Keep(string id, string input, string? previous = null, string output = "", string more = "") => _memory.Keep(
        JsonElement.Parse($$"""{"input":{{input}}{{(previous is null ? "" : $",\"previous_response_id\":\"{previous}\"")}}{{more}}}"""),
        JsonElement.Parse($$"""{"id":"{{id}}","instructions":"{{new string('i', 500)}}","output":[{{output}}]}"""), Mine);

    private static string Message(string id, int length = 10) => $$"""{"type":"message","id":"{{id}}","role":"assistant","content":"{{new string('x', length)}}"}""";

    private string? ConversationOf(string id) => _memory.RecallConversation(id) is { } items ? string.Join(' ', items.Select(static item => Encoding.UTF8.GetString(item.Json.Span)[..12])) : null;

    [Fact]
    public void An_hour_after_the_last_use_it_is_gone_without_anybody_asking()
    {
        Keep("resp_1", "\"first words\"", output: Message("msg_1"));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(ConversationOf("resp_1"));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(_memory.Recall("msg_1"));
        Assert.Equal(0, _emptied);
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal((0, 0L, 1), (_memory.Size.Entries, _memory.Size.Bytes, _emptied));
    }

    [Fact]
    public void Only_an_answers_own_items_are_found_and_with_whose_they_are()
    {
        Keep("resp_1", "[{\"role\":\"user\",\"id\":\"msg_user\",\"content\":\"Hi\"}]", output: Message("msg_1"));
        Assert.Equal(Mine, _memory.Recall("msg_1")!.AccountMark);
        Assert.Null(_memory.Recall("msg_user"));
        Assert.Null(_memory.Recall("resp_1"));
        Assert.Null(_memory.RecallConversation("msg_1"));
    }

    [Fact]
    public void A_conversation_that_grows_is_kept_once()
    {
        string words = new('w', 5_000);
        string input = $$"""{"role":"user","content":"{{words}}"}""";
        for (int turn = 0; turn < 20; turn++)
        {
            Keep($"resp_{turn}", $"[{input}]", output: Message($"msg_{turn}"));
            input += $$""",{"type":"item_reference","id":"msg_{{turn}}"},{"role":"user","content":"{{turn}}"}""";
        }

        // Twenty times the first message alone would be 100 kB.
        Assert.InRange(_memory.Size.Bytes, 5_000, 60_000);
        Assert.Equal(40, _memory.RecallConversation("resp_19")!.Count);
    }

    [Fact]
    public void When_it_is_full_the_oldest_goes_and_what_is_not_whole_is_not_known()
    {
        for (int turn = 0; turn < 40; turn++) Keep($"resp_{turn}", $"\"question {turn}\"", output: Message($"msg_{turn}", 10_000));

        Assert.InRange(_memory.Size.Bytes, 100_000, 200_000);
        Assert.Null(ConversationOf("resp_0"));
        Assert.NotNull(ConversationOf("resp_39"));
        Keep("resp_large", "\"Hi\"", output: Message("msg_large", 300_000));
        Assert.Null(ConversationOf("resp_large"));
    }

    [Fact]
    public void Forgetting_a_response_leaves_what_another_needs()
    {
        Keep("resp_1", "\"first words\"", output: Message("msg_1"));
        Keep("resp_2", "\"other words\"", previous: "resp_1", output: Message("msg_2"));

        Assert.True(_memory.Forget("resp_1"));
        Assert.Null(ConversationOf("resp_1"));
        Assert.NotNull(ConversationOf("resp_2"));
        Assert.True(_memory.Forget("resp_2"));
        Assert.False(_memory.Forget("resp_2"));
        Assert.Equal((0, 0L), (_memory.Size.Entries, _memory.Size.Bytes));
    }

    [Fact]
    public void Off_it_forgets_and_keeps_nothing()
    {
        Keep("resp_1", "\"first words\"", output: Message("msg_1"));
        _memory.IsOn = false;
        Keep("resp_2", "\"first words\"", output: Message("msg_2"));
        Assert.Equal(0, _memory.Size.Entries);
    }

    [Theory]
    [InlineData(16L << 30, ResponseMemory.MostBytes)]
    [InlineData(192L << 20, 24L << 20)]
    public void Where_memory_is_short_so_is_this(long available, long limit) => Assert.Equal(limit, ResponseMemory.LimitFor(available));
}
