using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Claude Code, set up for the proxy as its documentation tells users to.</summary>
internal sealed class ClaudeCode : IDisposable
{
    public ClaudeCode(PublishedProxy proxy, string? model = "gpt-5.5")
    {
        Environment = new()
        {
            ["ANTHROPIC_BASE_URL"] = proxy.Url,
            ["ANTHROPIC_AUTH_TOKEN"] = "any",
            ["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] = "272000",
            ["CLAUDE_CODE_AUTO_COMPACT_WINDOW"] = "272000",
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            // Lets it skip permissions also as root.
            ["IS_SANDBOX"] = "1",
        };
        if (model is not null) Environment["ANTHROPIC_MODEL"] = model;
    }

    public ClientHome Home { get; } = new();

    public Dictionary<string, string> Environment { get; }

    /// <summary>What it may do without asking anybody: everything.</summary>
    public string[] Permissions { get; init; } = ["--dangerously-skip-permissions"];

    /// <summary>How long one run may take; null for the usual time.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>One run without a person, with an event per line of output.</summary>
    public async Task<ClaudeRun> AskAsync(string prompt, params string[] options) =>
        new(await RunAsync(
            ["-p", prompt, "--output-format", "stream-json", "--verbose", .. Permissions, .. options],
            TestContext.Current.CancellationToken));

    /// <param name="kill">Kills the client.</param>
    public Task<ClientResult> RunAsync(string[] arguments, CancellationToken kill) =>
        ClientProcess.RunAsync(Clients.Claude, arguments, Home, Environment, kill, limit: Limit);

    public void Dispose() => Home.Dispose();
}

/// <summary>What Claude Code printed in one run.</summary>
internal sealed class ClaudeRun(ClientResult client)
{
    private readonly IReadOnlyList<JsonElement> _events = client.Events;

    public int ExitCode => client.ExitCode;

    /// <summary>The event that ends a run.</summary>
    public JsonElement Result => Assert.Single(_events, data => data.GetText("type") == "result");

    public string SessionId => Result.GetText("session_id")!;

    /// <summary>What the user reads at the end.</summary>
    public string Text => Result.GetText("result")!;

    /// <summary>The content blocks of all answers, in order; without those of subagents.</summary>
    public IReadOnlyList<JsonElement> Blocks =>
    [
        .. from data in _events
           where data.GetText("type") == "assistant" && data.Get("parent_tool_use_id").IsAbsentOrNull()
           from block in data.Get("message").Get("content").Items()
           select block,
    ];

    /// <summary>The tool results the client made, in order.</summary>
    public IReadOnlyList<JsonElement> ToolResults =>
    [
        .. from data in _events
           where data.GetText("type") == "user" && data.Get("parent_tool_use_id").IsAbsentOrNull()
           from block in data.Get("message").Get("content").Items()
           where block.GetText("type") == "tool_result"
           select block,
    ];

    public IEnumerable<JsonElement> System(string subtype) =>
        _events.Where(data => data.GetText("type") == "system" && data.GetText("subtype") == subtype);

    /// <summary>The run went well and no request had to be repeated by the client.</summary>
    public ClaudeRun AssertSmooth()
    {
        AssertWell();
        Assert.Empty(System("api_retry"));
        return this;
    }

    public ClaudeRun AssertWell()
    {
        Assert.True(ExitCode == 0, client.ToString());
        Assert.False(Result.Get("is_error").GetBoolean(), client.ToString());
        return this;
    }

    public override string ToString() => client.ToString();
}
