using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Hosting;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Hosting;

/// <summary>The real host on an ephemeral loopback port, with a data directory of its own.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly ProxyHost _host;
    private readonly DirectoryInfo _directory;

    private TestProxy(ProxyHost host, DirectoryInfo directory, TestLog log)
    {
        _host = host;
        _directory = directory;
        Log = log;
        Http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public HttpClient Http { get; }

    public Uri Address => _host.Address;

    public TestLog Log { get; }

    /// <param name="compose">Null for the whole program.</param>
    public static async Task<TestProxy> StartAsync(ProxyOptions? options = null, Func<HostParts, Routes>? compose = null, TimeProvider? time = null)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("ccp-test-");
        var log = new TestLog();
        options = (options ?? new ProxyOptions()) with { Port = 0, DataDirectory = directory.FullName };
        ProxyHost host = await ProxyHost.StartAsync(
            options,
            compose is null ? Composition.ComposeAsync : parts => Task.FromResult(compose(parts)),
            time ?? TimeProvider.System,
            log,
            cancellation: TestContext.Current.CancellationToken);
        return new TestProxy(host, directory, log);
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(response.StatusCode, all, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Sends the text as it is and reads until the server closes the connection.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the host while answers may still be on their way to <see cref="Http"/>.</summary>
    public async Task StopHostAsync()
    {
        await _host.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopHostAsync();
    }
}

internal sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>Keeps what was logged.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());

    public void Dispose() { }
}
