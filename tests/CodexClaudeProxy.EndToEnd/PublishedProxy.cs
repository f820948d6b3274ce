using System.Diagnostics;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// The published program in a process of its own, signed in at a fake backend of its own. Disposing it proves the end too: it
/// stops when it is told to, and nothing it wrote holds a token, a prompt or an answer.
/// </summary>
internal sealed class PublishedProxy : IAsyncDisposable
{
    private readonly ClientHome _home = new();
    private readonly List<string> _secrets = [];
    private RunningProgram _program = null!;

    private PublishedProxy(FakeBackend backend) => Backend = backend;

    public FakeBackend Backend { get; }

    /// <summary>Such as <c>http://127.0.0.1:41234</c>, without a slash at its end.</summary>
    public string Url => _program.Url;

    public int ProcessId => _program.ProcessId;

    /// <summary>Everything the program has printed so far.</summary>
    public string Output => _program.Output;

    /// <summary>Starts the program with one account.</summary>
    /// <param name="lifetime">How long its access token is good for; null for days.</param>
    public static Task<PublishedProxy> StartAsync(TimeSpan? lifetime = null) => StartAsync(backend => [backend.Auth.SignIn(lifetime: lifetime)]);

    /// <summary>Starts the program with the accounts the test signs in.</summary>
    /// <param name="settings">What <c>settings.json</c> holds; null for no such file.</param>
    /// <param name="variables">Further variables of the program's environment.</param>
    public static async Task<PublishedProxy> StartAsync(Func<FakeBackend, FakeTokens[]> signIn, string? settings = null, params (string Name, string Value)[] variables)
    {
        PublishedProxy proxy = new(await FakeBackend.StartAsync());
        FakeTokens[] accounts = signIn(proxy.Backend);
        proxy._home.Write("data/accounts.json", FakeTokens.ToAccountsJson(accounts));
        foreach (FakeTokens tokens in accounts) proxy._secrets.AddRange(tokens.AccessToken, tokens.RefreshToken, tokens.IdToken);

        if (settings is not null) proxy._home.Write("data/settings.json", settings);
        ProcessStartInfo start = await proxy.StartInfoAsync();
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        proxy._program = await RunningProgram.StartAsync(start);
        return proxy;
    }

    /// <summary>The variables that the program offers for Claude Code.</summary>
    /// <param name="accessKey">The program's; null when it has none.</param>
    public async Task<Dictionary<string, string>> ClaudeEnvironmentAsync(string? accessKey = null)
    {
        using HttpClient http = new();
        if (accessKey is not null) http.DefaultRequestHeaders.Add("x-ccp-key", accessKey);
        JsonNode offered = JsonNode.Parse(await http.GetStringAsync(Url + "/claude/environment", TestContext.Current.CancellationToken))!;
        return offered["variables"]!.AsArray().ToDictionary(static variable => variable!["name"]!.GetValue<string>(), static variable => variable!["value"]!.GetValue<string>());
    }

    /// <summary>Tells the program to stop, as a service manager or Ctrl+C does.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync() => _program.StopAsync();

    /// <summary>Only asks; <see cref="StopAsync"/> also waits.</summary>
    public void Terminate() => _program.Terminate();

    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.Equal(0, await StopAsync());
            AssertKeptSecrets();
            Assert.Empty(Backend.Rejections);
        }
        finally
        {
            _program.Dispose();
            await Backend.DisposeAsync();
            _home.Dispose();
        }
    }

    private void AssertKeptSecrets()
    {
        string output = Output;
        JsonNode accounts = JsonNode.Parse(File.ReadAllText(Path.Combine(_home.Folder, "data", "accounts.json")))!;
        // A token that was renewed meanwhile is a secret as well.
        IEnumerable<string> renewed = accounts["accounts"]!.AsArray()
            .SelectMany(account => new[] { account!["accessToken"], account["refreshToken"], account["idToken"] })
            .OfType<JsonValue>().Select(token => token.GetValue<string>());
        IEnumerable<string> said = Backend.Requests.SelectMany(request => request.Texts());
        foreach (string secret in _secrets.Concat(renewed).Concat(said))
        {
            Assert.False(output.Contains(secret, StringComparison.Ordinal), $"The program printed the secret {secret}");
        }
    }

    private async Task<ProcessStartInfo> StartInfoAsync()
    {
        ProcessStartInfo start = new(await PublishedBinary.PathAsync(), ["--port", "0"]) { WorkingDirectory = _home.Folder };
        start.Environment.Clear();
        start.Environment["HOME"] = _home.Folder;
        start.Environment["PATH"] = Path.GetDirectoryName(Clients.Claude);
        start.Environment["CODEX_HOME"] = Path.Combine(_home.Folder, "codex");
        // Half a minute, the default, would be waited for in every test that leaves an answer running.
        start.Environment["CCP_DRAIN"] = "5";
        start.Environment["CCP_DATA_DIR"] = Path.Combine(_home.Folder, "data");
        start.Environment["CCP_CHATGPT_URL"] = $"{Backend.Origin}/backend-api";
        start.Environment["CCP_AUTH_URL"] = Backend.Auth.Url;
        // The most talkative level is the one that could give something away.
        start.Environment["CCP_LOG_LEVEL"] = "trace";
        return start;
    }
}
