using System.Globalization;

namespace FakeCodex;

/// <summary>The fake backend for a person: point the proxy, or the real Codex CLI, at the address it prints.</summary>
internal static class Program
{
    private const string Help = """
        FakeCodex: a ChatGPT Codex backend, login server and Kilo gateway on one loopback port.

        Usage: FakeCodex [--port N] [--fixture NAME | --scenario NAME] [--auth-file PATH]

          --port N          listen on 127.0.0.1:N (default 22002; 0 for any free port)
          --fixture NAME    answer every turn with a recorded stream or refusal, e.g. tool-parallel, 429-usage-limit-reached
          --scenario NAME   answer every turn in this way (default echo):
                              echo       repeats what the user said
                              reasoning  thinks aloud first, then repeats
                              slow       one word every 300 ms
                              tool       calls the first tool once, then says what came back
                              loop       the same, and thinks before it calls
              overloaded fails as a busy backend does, inside a 200 stream
          --list            print the names of all fixtures
          --auth-file PATH  where to write the auth.json of a signed-in user (default: in a new temporary directory)
          --help            this text

        It prints its addresses and the auth.json. A browser or device login ends at once, as dev@example.com.
        Requests that the real backend would refuse are refused in its words, and reported here.
        """;

    private static async Task<int> Main(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h")) return Print(Help);
        if (args.Contains("--list")) return Print(string.Join('\n', Fixtures.Streams.Concat(Fixtures.Answers)));
        if (!TryRead(args, out Dictionary<string, string> options, out string problem)) return Fail(problem);
        if (!int.TryParse(options.GetValueOrDefault("--port", "22002"), CultureInfo.InvariantCulture, out int port))
        {
            return Fail("--port needs a number");
        }
        if (AnswerOf(options) is not { } answer) return Fail("no such fixture or scenario; see --help and --list");

        await using FakeBackend backend = await FakeBackend.StartAsync(port: port);
        backend.AnswerAll(answer);
        backend.Auth.Devices.ApproveAllAs = FakeAuth.DefaultUser;
        string authFile = options.GetValueOrDefault("--auth-file")
            ?? Path.Combine(Directory.CreateTempSubdirectory("fake-codex-").FullName, "auth.json");
        await File.WriteAllTextAsync(authFile, backend.Auth.SignIn().ToAuthJson(TimeProvider.System.GetUtcNow()));
        Print($"""
            Codex backend   {backend.CodexUrl}
            Public API      {backend.Origin}/v1   key {backend.Auth.IssueApiKey()}
            Login server    {backend.Origin}
            Kilo gateway    {backend.Origin}/api/openrouter
            auth.json       {authFile}
            Ctrl+C ends it.
            """);
        await ReportUntilStoppedAsync(backend);
        return 0;
    }

    private static async Task ReportUntilStoppedAsync(FakeBackend backend)
    {
        using CancellationTokenSource stopped = new();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stopped.Cancel();
        };
        try
        {
            for (int number = 1; ; number++)
            {
                ReceivedRequest request = await backend.Received.WaitAsync(number, stopped.Token);
                string refusal = request.Rejection is { } rejection ? $"  refused: {rejection}" : "";
                Print($"{request.At.ToLocalTime():HH:mm:ss} {request.Method} {request.Path}{refusal}");
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The way to leave.
        }
    }

    private static Func<ReceivedRequest, Reply>? AnswerOf(Dictionary<string, string> options)
    {
        if (!options.TryGetValue("--fixture", out string? fixture)) return Scenarios.Find(options.GetValueOrDefault("--scenario", "echo"));
        if (Fixtures.Streams.Contains(fixture)) return _ => Reply.Stream(fixture);
        return Fixtures.Answers.Contains(fixture) ? _ => Reply.Http(fixture) : null;
    }

    private static bool TryRead(string[] args, out Dictionary<string, string> options, out string problem)
    {
        string[] known = ["--port", "--fixture", "--scenario", "--auth-file"];
        options = [];
        problem = "";
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!known.Contains(args[i])) problem = $"unknown option {args[i]}";
            else if (i + 1 == args.Length) problem = $"{args[i]} needs a value";
            else options[args[i]] = args[i + 1];
        }
        return problem.Length == 0;
    }

    private static int Print(string text)
    {
        Console.WriteLine(text);
        return 0;
    }

    private static int Fail(string problem)
    {
        Console.Error.WriteLine($"FakeCodex: {problem}");
        return 2;
    }
}
