using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;
using FakeCodex;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>The real program on a loopback port, with a fake backend behind it and accounts in a directory of its own.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-turns-");
    private readonly List<FakeUser> _users = [];
    private ProxyHost? _host;
    private Func<ProxyOptions, ProxyOptions>? _configure;
    private Func<HostParts, string, Surroundings>? _around;
    private TextWriter? _console;

    private RunningProxy(FakeBackend backend) => Backend = backend;

    public FakeBackend Backend { get; }

    public HttpClient Client { get; private set; } = new();

    public LogLines Logs { get; } = new();

    public string DataDirectory => Path.Combine(_directory.FullName, "data");

    public IReadOnlyList<FakeUser> Users => _users;

    /// <summary>What the accounts were signed in with.</summary>
    public List<FakeTokens> Tokens { get; } = [];

    /// <param name="accounts">How many accounts are signed in; the first is the active one.</param>
    /// <param name="settings">What <c>settings.json</c> holds at the start.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="around">Other surroundings than those of this machine, for a directory of the test's own.</param>
    public static async Task<RunningProxy> StartAsync(
        int accounts = 1, TimeProvider? time = null, string? settings = null,
        Func<ProxyOptions, ProxyOptions>? configure = null, Func<HostParts, string, Surroundings>? around = null, TextWriter? console = null)
    {
        FakeBackend backend = await FakeBackend.StartAsync(time);
        var proxy = new RunningProxy(backend);
        proxy.WriteAccounts(accounts);
        if (settings is not null) proxy.WriteSettings(settings);
        (proxy._configure, proxy._around, proxy._console) = (configure, around, console);
        await proxy.StartHostAsync(time);
        return proxy;
    }

    /// <summary>The program ends in good order and begins again with what it left.</summary>
    public async Task RestartAsync(TimeProvider? time = null)
    {
        await StopAsync();
        await StartHostAsync(time);
    }

    public async Task StopAsync()
    {
        Client.Dispose();
        await EndHostAsync();
    }

    /// <summary>The program ends while answers may still be on their way to <see cref="Client"/>.</summary>
    public async Task EndHostAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _host = null;
    }

    public string SettingsFile => Path.Combine(DataDirectory, "settings.json");

    /// <summary>As another program would.</summary>
    public void WriteSettings(string json)
    {
        File.WriteAllText(SettingsFile + ".new", json);
        File.Move(SettingsFile + ".new", SettingsFile, overwrite: true);
    }

    /// <summary>The body as it came.</summary>
    public async Task<string> GetTextAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<JsonObject> GetJsonAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        return await JsonOf(response);
    }

    /// <summary>The request log, as soon as it has so many lines: a client may have its answer a moment before the line is written.</summary>
    public async Task<JsonArray> ListedAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            JsonArray rows = (await GetJsonAsync("/api/requests"))["requests"]!.AsArray();
            if (rows.Count >= count) return rows;
            await Task.Delay(5, patience.Token);
        }
    }

    public Task<HttpResponseMessage> PostAsync(string json, string path = "/v1/messages", CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>A request for a few words, as a stream or not.</summary>
    public static string Ask(string text = "Hi", bool stream = false, string more = "") =>
        $$"""{"model":"gpt-5.5","max_tokens":1000,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]{{(more.Length > 0 ? "," + more : "")}}}""";

    public static async Task<JsonObject> JsonOf(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    public static async Task<IReadOnlyList<(string Name, JsonElement Data)>> EventsOf(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static frame =>
        {
            string[] lines = frame.Split('\n');
            return (lines[0]["event: ".Length..], JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement);
        })];
    }

    public static async Task AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string type, string message)
    {
        JsonObject body = await JsonOf(response);
        Assert.Equal((status, type, message), (response.StatusCode, body["error"]!["type"]!.GetValue<string>(), body["error"]!["message"]!.GetValue<string>()));
        Assert.Equal(response.Headers.GetValues("request-id").Single(), body["request_id"]!.GetValue<string>());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Backend.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartHostAsync(TimeProvider? time)
    {
        var options = new ProxyOptions
        {
            Port = 0,
            DataDirectory = DataDirectory,
            ChatGptUrl = new Uri(Backend.Origin + "/backend-api"),
            AuthUrl = new Uri(Backend.Origin),
            KiloUrl = new Uri(Backend.Origin + "/api/openrouter"),
            LogLevel = LogLevel.Debug,
        };
        _host = await ProxyHost.StartAsync(
            _configure?.Invoke(options) ?? options,
            _around is null ? Composition.ComposeAsync : host => Composition.ComposeAsync(host, _around(host, _directory.FullName)),
            time, Logs, _console);
        Client = new HttpClient { BaseAddress = _host.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    private void WriteAccounts(int count)
    {
        var accounts = new JsonArray();
        for (int i = 0; i < count; i++)
        {
            FakeUser user = i == 0 ? FakeAuth.DefaultUser : new FakeUser($"user{i}@example.com", $"00000000-1111-2222-3333-00000000000{i}", $"user-{i}");
            _users.Add(user);
            FakeTokens tokens = Backend.Auth.SignIn(user);
            Tokens.Add(tokens);
            accounts.Add((JsonNode)new JsonObject
            {
                ["email"] = user.Email,
                ["accountId"] = user.AccountId,
                ["planType"] = user.Plan,
                ["accessToken"] = tokens.AccessToken,
                ["refreshToken"] = tokens.RefreshToken,
                ["idToken"] = tokens.IdToken,
                ["expiresAt"] = tokens.ExpiresAt.ToUnixTimeMilliseconds(),
            });
        }

        Directory.CreateDirectory(DataDirectory);
        var file = new JsonObject { ["accounts"] = accounts, ["activeAccount"] = count > 0 ? _users[0].Email : null, ["version"] = 1 };
        File.WriteAllText(Path.Combine(DataDirectory, "accounts.json"), file.ToJsonString());
    }
}

/// <summary>Everything the program logged, as text.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly List<string> _lines = [];

    public string Text
    {
        get { lock (_lines) return string.Join('\n', _lines); }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (owner._lines) owner._lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }
}
