using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>What a person at Claude Code notices of failures behind the proxy: nothing, or what to do.</summary>
public sealed class ClaudeCodeFailures : ClaudeCodeBehindProxy
{
    public static TheoryData<string> PassingFailures => ["overloaded", "server error", "cut", "an empty answer", "nothing at all"];

    [Theory]
    [MemberData(nameof(PassingFailures))]
    public async Task A_passing_failure_before_any_content_stays_invisible(string failure)
    {
        Backend.Answer(failure switch
        {
            "overloaded" => Reply.Stream("failed-server-overloaded"),
            "server error" => Reply.Http("500-server-error"),
            "cut" => Reply.Sse(new StreamScript().AbortConnection()),
            "an empty answer" => Reply.Sse(new StreamScript().Completed()),
            _ => Reply.Abort(),
        });
        Backend.Answer(Reply.Text("Here I am."));

        ClaudeRun run = (await Claude.AskAsync("Are you there?")).AssertSmooth();

        Assert.Equal("Here I am.", run.Text);
        Assert.Equal(2, Backend.Requests.Count);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_invisibly()
    {
        Backend.Answer(Reply.Http("401-token-expired"));
        Backend.Answer(Reply.Text("Here I am."));

        ClaudeRun run = (await Claude.AskAsync("Are you there?")).AssertSmooth();

        Assert.Equal("Here I am.", run.Text);
        Assert.Equal(1, Backend.Auth.Refreshes);
        Assert.NotEqual(Backend.Requests[0].Header("authorization"), Backend.Requests[1].Header("authorization"));
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_an_answer_is_made_good()
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary is on the").AbortConnection()));
        Backend.AnswerAll(_ => Reply.Text("The canary is on the roof."));

        ClaudeRun run = (await Claude.AskAsync("Where is it?")).AssertWell();

        Assert.Equal("The canary is on the roof.", run.Text);
        Assert.Equal(2, Backend.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_full_context_is_compacted_and_the_work_goes_on(bool insideTheStream)
    {
        Backend.Answer(Reply.Calls(new FunctionCall("Bash", """{"command":"echo one"}""", "call_1")));
        Backend.Answer(Reply.Text("That was one."));
        Backend.Answer(insideTheStream ? Reply.Stream("failed-context-length") : Reply.Http("400-context-length"));
        Backend.Answer(Reply.Text($"<summary>The user wants numbers. {new string('x', 400)}</summary>"));
        Backend.Answer(Reply.Text("And this is two."));

        ClaudeRun first = (await Claude.AskAsync("Begin")).AssertSmooth();
        ClaudeRun second = (await Claude.AskAsync("Continue", "--resume", first.SessionId)).AssertWell();

        Assert.Equal("And this is two.", second.Text);
        Assert.Single(second.System("compact_boundary"));
        Assert.Equal(5, Backend.Requests.Count);
        Assert.Contains("The user wants numbers.", Backend.Requests[4].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("call_1", Backend.Requests[4].Text, StringComparison.Ordinal);
    }

    /// <summary>By the proxy's own count: the backend never sees a request that is too long.</summary>
    [Fact]
    public async Task A_context_that_is_too_long_to_be_sent_is_compacted_and_the_work_goes_on()
    {
        // About 30 000 tokens with each step, of which the backend says nothing: the client believes that it has room.
        Backend.AnswerAll(request => request switch
        {
            _ when request.LastUserText.Contains("<summary>", StringComparison.Ordinal) => Reply.Text($"<summary>The user wants words. {new string('x', 400)}</summary>"),
            _ when request.Text.Contains("The user wants words.", StringComparison.Ordinal) => Reply.Text("And this is the end."),
            _ => Reply.Sse(new StreamScript().Text(RandomWords(seed: request.Input.Count, length: 60_000))
                .Calls(new FunctionCall("Bash", """{"command":"echo more"}""", $"call_{request.Input.Count}")).Completed()),
        });

        ClaudeRun run = (await Claude.AskAsync("Write a lot")).AssertWell();

        Assert.Equal("And this is the end.", run.Text);
        Assert.Single(run.System("compact_boundary"));
        Assert.Contains("POST /v1/messages 400", Proxy.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_usage_limit_is_told_at_once_with_the_time_of_its_end()
    {
        Backend.AnswerAll(_ => Reply.Http("429-usage-limit-reached"));

        ClaudeRun run = await Claude.AskAsync("Are you there?");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(429, run.Result.Get("api_error_status").GetInt32());
        Assert.Matches("usage limit reached.*Resets (in|now).* UTC", run.Text);
        Assert.Empty(run.System("api_retry"));
        Assert.Single(Backend.Requests);
    }

    [Fact]
    public async Task A_killed_client_ends_the_upstream_call()
    {
        Gate gate = new();
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sings and").Hold(gate)));
        using CancellationTokenSource kill = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<ClientResult> run = Claude.RunAsync(["-p", "Sing"], kill.Token);
        await gate.Reached;

        await kill.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(RequestEnd.ClientLeft, await Backend.Requests[0].Ended.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_missing_login_is_told_at_once()
    {
        await using PublishedProxy signedOut = await PublishedProxy.StartAsync(_ => []);
        using ClaudeCode claude = new(signedOut);

        ClaudeRun run = await claude.AskAsync("Are you there?");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("codex-claude-proxy login", run.Text, StringComparison.Ordinal);
        Assert.Empty(run.System("api_retry"));
    }

    [Fact]
    public async Task An_expired_token_is_renewed_before_it_is_used()
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync(TimeSpan.FromMinutes(-1));
        proxy.Backend.Answer(Reply.Text("Here I am."));
        using ClaudeCode claude = new(proxy);

        ClaudeRun run = (await claude.AskAsync("Are you there?")).AssertSmooth();

        Assert.Equal("Here I am.", run.Text);
        Assert.Equal(1, proxy.Backend.Auth.Refreshes);
        Assert.All(proxy.Backend.Received.All, request => Assert.Null(request.Rejection));
    }

    /// <summary>The dearest text there is: hardly two letters make a token.</summary>
    private static string RandomWords(int seed, int length)
    {
        Random random = new(seed);
        return string.Create(length, random, static (text, random) =>
        {
            for (int i = 0; i < text.Length; i++) text[i] = i % 9 == 8 ? ' ' : (char)random.Next('a', 'z' + 1);
        });
    }
}
