using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// Claude Code in a terminal, set up with the variables the proxy itself offers. What it asks beside the conversation (titles, and
/// whether a command is harmless) is answered here; the conversation is the test's.
/// </summary>
internal sealed class InteractiveClaude : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<ReceivedRequest, Reply>> _answers = new();

    private InteractiveClaude(PublishedProxy proxy) => Proxy = proxy;

    public PublishedProxy Proxy { get; }

    public ClientHome Home { get; } = new();

    public Terminal Terminal { get; private set; } = null!;

    /// <summary>The requests of the conversation, those of subagents among them.</summary>
    public IReadOnlyList<ReceivedRequest> Turns => [.. Proxy.Backend.Requests.Where(static request => request.OffersTools())];

    /// <summary>The questions whether a command is harmless.</summary>
    public IReadOnlyList<ReceivedRequest> Checks => [.. Proxy.Backend.Requests.Where(IsCheck)];

    /// <summary>Claude Code as its user finds it: past the questions of a first start, and in the mode it starts in.</summary>
    /// <param name="prepare">Changes its home before the start.</param>
    public static async Task<InteractiveClaude> StartAsync(PublishedProxy proxy, Func<InteractiveClaude, Task>? prepare = null)
    {
        InteractiveClaude claude = new(proxy);
        try
        {
            proxy.Backend.AnswerAll(claude.Answer);
            claude.Home.Write(".claude.json", new JsonObject
            {
                ["hasCompletedOnboarding"] = true,
                ["theme"] = "dark",
                ["projects"] = new JsonObject { [claude.Home.Project] = new JsonObject { ["hasTrustDialogAccepted"] = true } },
            }.ToJsonString());
            if (prepare is not null) await prepare(claude);
            Dictionary<string, string> environment = await proxy.ClaudeEnvironmentAsync();
            environment["DISABLE_AUTOUPDATER"] = "1";
            claude.Terminal = await Terminal.StartAsync(claude.Home, environment, Clients.Claude, "--permission-mode", "auto");
            await claude.Terminal.WaitForAsync("auto mode on");
            return claude;
        }
        catch
        {
            await claude.DisposeAsync();
            throw;
        }
    }

    /// <summary>Queues an answer of the conversation.</summary>
    public void Say(Reply reply) => _answers.Enqueue(_ => reply);

    public void Say(Func<ReceivedRequest, Reply> reply) => _answers.Enqueue(reply);

    /// <summary>Types a line and sends it.</summary>
    public async Task EnterAsync(string line)
    {
        await Terminal.TypeAsync(line);
        // Typed keys are drawn before the next one is looked at; an Enter that comes at once is taken for a pasted line break.
        await Terminal.WaitForAsync(line);
        await Terminal.PressAsync("Enter");
    }

    /// <summary>Says something and waits until the answer can be read.</summary>
    public async Task<string> AskAsync(string prompt, string answer)
    {
        await EnterAsync(prompt);
        return await Terminal.WaitForAsync(answer);
    }

    public async ValueTask DisposeAsync()
    {
        if (Terminal is not null) await Terminal.DisposeAsync();
        Home.Dispose();
    }

    private Reply Answer(ReceivedRequest request)
    {
        if (IsCheck(request)) return Reply.Text(request.Text.Contains("Respond with <severity>", StringComparison.Ordinal) ? "<severity>0</severity>" : "<block>no</block>");
        if (!request.OffersTools()) return Reply.Text("""{"title":"About canaries"}""");
        return _answers.TryDequeue(out Func<ReceivedRequest, Reply>? answer) ? answer(request) : Reply.Text("The test expected no further turn.");
    }

    private static bool IsCheck(ReceivedRequest request) => !request.OffersTools() && request.Text.Contains("<transcript>", StringComparison.Ordinal);
}
