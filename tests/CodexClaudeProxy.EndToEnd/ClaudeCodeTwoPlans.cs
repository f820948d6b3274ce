using FakeCodex;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Claude Code with a sign-in of its own, in the set-up that the program offers for that: models of two plans in one session.</summary>
public sealed class ClaudeCodeTwoPlans : IAsyncLifetime
{
    private const string AccessKey = "the-access-key-of-this-proxy-0123456789";
    private const string Token = "sk-ant-oat01-of-nobody-0123456789abcdef";

    private FakeAnthropic _anthropic = null!;
    private PublishedProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _anthropic = await FakeAnthropic.StartAsync();
        _proxy = await PublishedProxy.StartAsync(
            backend => [backend.Auth.SignIn()], """{"anthropicModels":"claude-*"}""", ("CCP_ANTHROPIC_URL", _anthropic.Url), ("CCP_API_KEY", AccessKey));
    }

    public async ValueTask DisposeAsync()
    {
        Assert.DoesNotContain(Token, _proxy.Output, StringComparison.Ordinal);
        await _proxy.DisposeAsync();
        await _anthropic.DisposeAsync();
    }

    [Fact]
    public async Task A_conversation_goes_on_with_a_model_of_the_other_plan()
    {
        _proxy.Backend.Answer(Reply.Text("Hello from Codex."));
        using ClaudeCode claude = await SignedInAsync();

        ClaudeRun first = (await claude.AskAsync("Who are you?")).AssertSmooth();
        ClaudeRun second = (await claude.AskAsync("And you?", "--resume", first.SessionId, "--model", "gpt-5.5")).AssertSmooth();
        ClaudeRun third = (await claude.AskAsync("And again?", "--resume", first.SessionId, "--model", "claude-sonnet-5-5")).AssertSmooth();

        Assert.Equal((FakeAnthropic.Said, "Hello from Codex.", FakeAnthropic.Said), (first.Text, second.Text, third.Text));
        AnthropicRequest[] asked = [.. _anthropic.Requests.Where(request => request.Text.Contains("Who are you?", StringComparison.Ordinal))];
        Assert.Equal(["claude-opus", "claude-sonnet"], asked.Select(request => request.Model![..request.Model!.IndexOf('-', "claude-".Length)]).Distinct());
        Assert.All(_anthropic.Requests, request =>
        {
            Assert.Equal($"Bearer {Token}", request.Header("authorization"));
            Assert.Contains("oauth-2025-04-20", request.Header("anthropic-beta"), StringComparison.Ordinal);
            Assert.DoesNotContain(AccessKey, string.Join('\n', request.Headers), StringComparison.Ordinal);
        });
        ReceivedRequest codex = Assert.Single(_proxy.Backend.Requests);
        Assert.Equal("gpt-5.5", codex.Model());
        Assert.Contains(FakeAnthropic.Said, codex.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, string.Join('\n', codex.Headers) + codex.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_Anthropics_reaches_the_user_in_its_own_words()
    {
        _anthropic.Answer = async (http, _) =>
        {
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"type":"error","error":{"type":"invalid_request_error","message":"Anthropic does not like this"}}""");
        };
        using ClaudeCode claude = await SignedInAsync();

        ClaudeRun run = await claude.AskAsync("Who are you?");

        Assert.True(run.Result.Get("is_error").GetBoolean());
        Assert.Contains("Anthropic does not like this", run.Text, StringComparison.Ordinal);
    }

    /// <summary>As the program sets it up, and signed in.</summary>
    private async Task<ClaudeCode> SignedInAsync()
    {
        ClaudeCode claude = new(_proxy, model: null);
        foreach (string name in claude.Environment.Keys.Where(static name => name.StartsWith("ANTHROPIC_", StringComparison.Ordinal) || name.EndsWith("_TOKENS", StringComparison.Ordinal) || name.EndsWith("_WINDOW", StringComparison.Ordinal)).ToArray())
            claude.Environment.Remove(name);
        foreach ((string name, string value) in await _proxy.ClaudeEnvironmentAsync(AccessKey)) claude.Environment[name] = value;
        Assert.DoesNotContain("ANTHROPIC_AUTH_TOKEN", claude.Environment.Keys);
        claude.Home.Write(".claude/.credentials.json",
            $$$"""{"claudeAiOauth":{"accessToken":"{{{Token}}}","refreshToken":"sk-ant-ort01-of-nobody","expiresAt":4102444800000,"scopes":["user:inference","user:profile"],"subscriptionType":"max"}}""");
        return claude;
    }
}
