using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

public sealed class CacheKeyTests
{
    private const string Session = "0b6f0c1e-7d53-4c1f-9f1e-0a1b2c3d4e5f";

    private static string ConversationOf(string members, string? session = null) =>
        Converted.Of(members, hints: new ClientHints { SessionId = session }).Context!.ConversationId;

    [Theory]
    [InlineData("{}", Session, Session)]
    [InlineData("""{"metadata":{"user_id":"user_1_account__session_0b6f0c1e-7d53-4c1f-9f1e-0a1b2c3d4e5f"}}""", null, Session)]
    [InlineData("""{"metadata":{"user_id":"user_my_session_box_session_0b6f0c1e-7d53-4c1f-9f1e-0a1b2c3d4e5f"}}""", null, Session)]
    [InlineData("""{"metadata":{"user_id":"{\"device_id\":\"d\",\"session_id\":\"0b6f0c1e-7d53-4c1f-9f1e-0a1b2c3d4e5f\"}"}}""", null, Session)]
    [InlineData("""{"metadata":{"user_id":"user_1_account__session_0b6f0c1e-7d53-4c1f-9f1e-0a1b2c3d4e5f"}}""", "other", "other")]
    public void The_client_names_the_conversation(string members, string? session, string expected) => Assert.Equal(expected, ConversationOf(members, session));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"user_id":"somebody"}}""")]
    [InlineData("""{"metadata":{"user_id":"user_1_session_x"}}""")]
    [InlineData("""{"metadata":{"user_id":"{broken"}}""")]
    [InlineData("""{"metadata":{"user_id":"{\"session_id\":\"\"}"}}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"a"},{"role":"user","content":"b"}]}""")]
    public void Otherwise_its_beginning_does(string members) => Assert.Equal(ConversationOf("{}"), ConversationOf(members));

    [Theory]
    [InlineData("""{"system":"S"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Ho"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"H"},{"type":"text","text":"i"}]}]}""")]
    public void Another_beginning_is_another_conversation(string members) => Assert.NotEqual(ConversationOf("{}"), ConversationOf(members));

    [Fact]
    public void A_wild_session_header_is_tamed() => Assert.Matches("^[A-Za-z0-9_-]{1,64}$", ConversationOf("{}", new string('é', 5_000)));

    [Fact]
    public void The_key_is_a_version_5_UUID_of_conversation_agent_and_model()
    {
        var key = CacheKey.Create(Session, null, "gpt-5.6");
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", key);
        Assert.Equal(key, CacheKey.Create(Session, "", "gpt-5.6"));
        Assert.NotEqual(key, CacheKey.Create(Session, "agent", "gpt-5.6"));
        Assert.NotEqual(key, CacheKey.Create(Session, null, "gpt-5.5"));
        Assert.Equal("e130b41d-df7c-5cf2-8391-fd033c2b3ea5", CacheKey.Create(Session, "agent", "gpt-5.6"));
    }

    [Fact]
    public void The_key_is_sent_and_told()
    {
        var converted = Converted.Of("{}", hints: new ClientHints { SessionId = Session, AgentId = "a" });
        Assert.Equal(CacheKey.Create(Session, "a", "gpt-5.6"), converted.Text("/prompt_cache_key"));
        Assert.Equal(converted.Context!.PromptCacheKey, converted.Text("/prompt_cache_key"));
    }
}
