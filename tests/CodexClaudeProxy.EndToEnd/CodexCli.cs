using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The official Codex CLI, set up against the fake backend and its login server.</summary>
internal sealed class CodexCli(FakeBackend backend) : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];

    public ClientHome Home { get; } = new();

    /// <summary>What its sign-in left in <c>auth.json</c>.</summary>
    public JsonElement Tokens => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Home.Folder, "codex", "auth.json"))).GetProperty("tokens");

    /// <summary>A custom provider: one request per turn, no other traffic. It sends what its configuration says.</summary>
    public static CodexCli WithCustomProvider(FakeBackend backend)
    {
        CodexCli cli = new(backend);
        cli._environment["FAKE_TOKEN"] = backend.Auth.SignIn().AccessToken;
        cli.Home.Write("codex/config.toml", $$"""
            model = "gpt-5.5"
            model_provider = "fake"
            check_for_update_on_startup = false
            [model_providers.fake]
            name = "Fake"
            base_url = "{{backend.CodexUrl}}"
            wire_api = "responses"
            env_key = "FAKE_TOKEN"
            http_headers = { "chatgpt-account-id" = "{{FakeAuth.DefaultUser.AccountId}}" }
            request_max_retries = 0
            stream_max_retries = 0
            [analytics]
            enabled = false
            """);
        return cli;
    }

    /// <summary>Another server as the provider, without a key.</summary>
    public static CodexCli WithProvider(FakeBackend backend, string address)
    {
        CodexCli cli = new(backend);
        cli.Home.Write("codex/config.toml", $"""
            model = "gpt-5.5"
            model_provider = "other"
            check_for_update_on_startup = false
            [model_providers.other]
            name = "Other"
            base_url = "{address}"
            wire_api = "responses"
            request_max_retries = 0
            stream_max_retries = 0
            [analytics]
            enabled = false
            """);
        return cli;
    }

    /// <summary>A ChatGPT login: the built-in provider, with catalogue, account and refresh traffic and compressed bodies.</summary>
    public static CodexCli SignedIn(FakeBackend backend, FakeTokens tokens, string model = "gpt-5.5")
    {
        CodexCli cli = new(backend);
        cli.Home.Write("codex/auth.json", tokens.ToAuthJson(TimeProvider.System.GetUtcNow()));
        cli.WriteConfiguration(model, backend.CodexUrl);
        return cli;
    }

    /// <summary>A ChatGPT login whose account questions, like its requests, go to another server.</summary>
    /// <param name="address">Such as <c>http://127.0.0.1:8081</c>.</param>
    /// <param name="suffix">What its <c>chatgpt_base_url</c> has behind that.</param>
    public static CodexCli SignedInBehind(FakeBackend backend, FakeTokens tokens, string address, string suffix)
    {
        CodexCli cli = WithProvider(backend, $"{address}/v1");
        cli.Home.Write("codex/auth.json", tokens.ToAuthJson(TimeProvider.System.GetUtcNow()));
        string file = Path.Combine(cli.Home.Folder, "codex", "config.toml");
        File.WriteAllText(file, $"chatgpt_base_url = \"{address}{suffix}\"\n" + File.ReadAllText(file));
        return cli;
    }

    public static CodexCli WithApiKey(FakeBackend backend)
    {
        CodexCli cli = new(backend);
        cli.Home.Write("codex/auth.json", $$"""{"auth_mode":"apikey","OPENAI_API_KEY":"{{backend.Auth.IssueApiKey()}}"}""");
        cli.WriteConfiguration("gpt-5.5", $"{backend.Origin}/v1");
        return cli;
    }

    /// <summary>One non-interactive turn, with an event per line of output.</summary>
    public Task<ClientResult> ExecAsync(string prompt, params string[] options) =>
        RunAsync(["exec", "--skip-git-repo-check", "--json", .. options, "--", prompt]);

    public Task<ClientResult> RunAsync(params string[] arguments) => RunAsync(arguments, talk: null);

    /// <summary>The sign-in of its desktop applications, in the browser of whoever is given the address.</summary>
    public Task<ClientResult> SignInAsync(Func<string, Task> browser)
    {
        WriteConfiguration("gpt-5.5", backend.CodexUrl);
        _environment["CODEX_APP_SERVER_LOGIN_ISSUER"] = backend.Auth.Url;
        return RunAsync(["app-server"], async (input, output, cancellation) =>
        {
            await input.WriteLineAsync("""{"method":"initialize","id":0,"params":{"clientInfo":{"name":"browser_sign_in","title":null,"version":"1"}}}""");
            await input.WriteLineAsync("""{"method":"initialized"}""");
            await input.WriteLineAsync("""{"method":"account/login/start","id":1,"params":{"type":"chatgpt"}}""");
            await input.FlushAsync(cancellation);
            JsonElement started = await ReadUntilAsync(output, IsAnswerToOne, cancellation);
            await browser(started.GetProperty("result").GetText("authUrl")!);
            JsonElement ended = await ReadUntilAsync(output, message => message.GetText("method") == "account/login/completed", cancellation);
            Assert.True(ended.GetProperty("params").GetProperty("success").GetBoolean(), ended.GetRawText());
        });
    }

    /// <summary>What it has to show for <c>/status</c>.</summary>
    public async Task<JsonElement> RateLimitsAsync()
    {
        JsonElement answer = default;
        await RunAsync(["app-server"], async (input, output, cancellation) =>
        {
            await input.WriteLineAsync("""{"method":"initialize","id":0,"params":{"clientInfo":{"name":"status","title":null,"version":"1"}}}""");
            await input.WriteLineAsync("""{"method":"initialized"}""");
            await input.WriteLineAsync("""{"method":"account/rateLimits/read","id":1}""");
            await input.FlushAsync(cancellation);
            answer = await ReadUntilAsync(output, IsAnswerToOne, cancellation);
        });
        return answer.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException(answer.GetRawText());
    }

    private static bool IsAnswerToOne(JsonElement message) => message.Get("id").ValueKind == JsonValueKind.Number && message.GetProperty("id").GetInt32() == 1;

    private static async Task<JsonElement> ReadUntilAsync(StreamReader output, Func<JsonElement, bool> matches, CancellationToken cancellation)
    {
        while (await output.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith('{') && JsonElement.Parse(line) is var message && matches(message)) return message;
        }

        throw new InvalidOperationException("The app server ended.");
    }

    public void Dispose() => Home.Dispose();

    private Task<ClientResult> RunAsync(string[] arguments, Func<StreamWriter, StreamReader, CancellationToken, Task>? talk)
    {
        _environment["CODEX_HOME"] = Path.Combine(Home.Folder, "codex");
        _environment["CODEX_REFRESH_TOKEN_URL_OVERRIDE"] = $"{backend.Auth.Url}/oauth/token";
        _environment["CODEX_REVOKE_TOKEN_URL_OVERRIDE"] = $"{backend.Auth.Url}/oauth/revoke";
        Directory.CreateDirectory(_environment["CODEX_HOME"]);
        return ClientProcess.RunAsync(Clients.Codex, arguments, Home, _environment, TestContext.Current.CancellationToken, talk);
    }

    // Two spellings of one host: with equal origins the client would insist on an HTTPS workspace address.
    private void WriteConfiguration(string model, string inferenceUrl) => Home.Write("codex/config.toml", $"""
        model = "{model}"
        chatgpt_base_url = "{backend.Origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}/backend-api/"
        openai_base_url = "{inferenceUrl}"
        check_for_update_on_startup = false
        [features]
        apps = false
        plugins = false
        remote_plugin = false
        [analytics]
        enabled = false
        """);
}
