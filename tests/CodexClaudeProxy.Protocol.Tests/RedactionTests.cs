namespace CodexClaudeProxy.Protocol.Tests;

public sealed class RedactionTests
{
    private const string Jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHx1c2VyIn0.c2lnbmF0dXJl-_x";

    [Theory]
    [InlineData($"the token {Jwt} is old", "the token [redacted] is old")]
    [InlineData($"token={Jwt}", "token=[redacted]")]
    [InlineData($"x-{Jwt}, next", "x-[redacted], next")]
    [InlineData("key sk-proj-Abc123Abc123Abc123 was refused", "key [redacted] was refused")]
    [InlineData("sk-ant-api03-abcABC123_-xyz", "[redacted]")]
    [InlineData("from ccp_XuMkqGSDs6a4Jg5Qsrw2WGzQ01LzLZ5Ssay4SL9Rt9k", "from [redacted]")]
    [InlineData("got rt_Vw8xR1ZzY2FuYXJ5 from disk", "got [redacted] from disk")]
    [InlineData("got rt.1.AXYAbcdefghijklmnop", "got [redacted]")]
    [InlineData("code ac_0123456789abcdefGH", "code [redacted]")]
    [InlineData("opaque Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy1 here", "opaque [redacted] here")]
    public void What_looks_like_a_secret_is_taken_out(string text, string clean) => Assert.Equal(clean, new Redaction().Scrub(text));

    [Theory]
    [InlineData("Authorization: Bearer abcdefgh12", "Authorization: Bearer [redacted]")]
    [InlineData("authorization: Basic dXNlcjpwYXNz", "authorization: Basic [redacted]")]
    [InlineData("Bearer abc/def+ghi=, next", "Bearer [redacted], next")]
    [InlineData("x-api-key: my-own-key", "x-api-key: [redacted]")]
    [InlineData("Cookie: __Secure-session=abcdef; b=c\nnext", "Cookie: [redacted]\nnext")]
    [InlineData("""{"refresh_token":"plain-and-opaque","x":1}""", """{"refresh_token":"[redacted]","x":1}""")]
    [InlineData("""{\"access_token\": \"plain-and-opaque\"}""", """{\"access_token\": \"[redacted]\"}""")]
    [InlineData("{ accessToken = plain-and-opaque }", "{ accessToken = [redacted] }")]
    [InlineData("/auth/callback?code=abcdefgh&state=ijklmnop&x=1", "/auth/callback?code=[redacted]&state=[redacted]&x=1")]
    [InlineData("next=%2Fcallback%3Fcode%3Dac_0123456789abcdefGH%26x", "next=%2Fcallback%3Fcode%3D[redacted]")]
    [InlineData("code_verifier=aaaabbbbcccc", "code_verifier=[redacted]")]
    [InlineData("user_code: ABCD-12345", "user_code: [redacted]")]
    [InlineData("device_auth_id=deviceauth_1", "device_auth_id=[redacted]")]
    public void What_stands_where_a_secret_stands_is_taken_out(string text, string clean) => Assert.Equal(clean, new Redaction().Scrub(text));

    [Theory]
    [InlineData("req_0B1cD2eF3gH4iJ5kL6mN7oP8 attempt on a@b.c:11111111-2222-3333-4444-555555555555 failed: UsageLimit (status 429, code usage_limit_reached); MoveOn")]
    [InlineData("Token of a@b.c refreshed, valid until 2026-11-25T08:00:00.0000000+00:00")]
    [InlineData("'search' in /home/me/.codex-claude-proxy/settings.json is not one of: auto, standalone, hosted; its default is used")]
    [InlineData("The account file /data/accounts.json was damaged; kept as /data/accounts.json.damaged-20261125T080000123Z")]
    [InlineData("   at CodexClaudeProxy.Turns.Corridor.AnswerAsync(HttpContext http, TurnRecord record) in Corridor.cs:line 100")]
    [InlineData("   at System.Runtime.CompilerServices.AsyncTaskMethodBuilder`1.AsyncStateMachineBox`1.ExecutionContextCallback(Object s)")]
    [InlineData("claude-opus-4-8 → gpt-6.1-sol on a@b.c: end_turn, 100+2000 in, 30 out, 1200 ms; state: idle, code: 7")]
    [InlineData("Unknown to this version (Beta): sk-like-name-of-a-feature, first seen from claude-cli/2.1.0")]
    [InlineData("tools: Invalid schema for function 'mcp__claude_ai_Google_Drive_v2__list_recently_changed_files'")]
    [InlineData("A bearer token is missing; Bearer authentication is needed")]
    [InlineData("messages.0: token: Unrecognized member, api_key: Input should be a string")]
    public void Everyday_lines_stay_as_they_are(string text) => Assert.Same(text, new Redaction("another").Scrub(text));

    [Fact]
    public void The_access_key_is_taken_out_whatever_it_looks_like() =>
        Assert.Equal("GET /x?[redacted] ([redacted])", new Redaction("open sesame").Scrub("GET /x?open sesame (open sesame)"));

    [Fact]
    public void Addresses_are_masked_only_when_that_is_wished()
    {
        var redaction = new Redaction();
        const string line = "Account jane.doe+x@example.com:1 signed in, not a@b or @home or x@";

        Assert.Same(line, redaction.Scrub(line));
        redaction.MaskMails = true;

        Assert.Equal("Account j…@example.com:1 signed in, not a…@b or @home or x@", redaction.Scrub(line));
    }

    [Fact]
    public void Nothing_is_worth_reading_twice()
    {
        var redaction = new Redaction();
        string once = redaction.Scrub($"Bearer {Jwt} and refresh_token=abcdefghijkl");

        Assert.Same(once, redaction.Scrub(once));
    }
}
