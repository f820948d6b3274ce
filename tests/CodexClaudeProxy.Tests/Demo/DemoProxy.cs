using System.Net;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Demo;
using CodexClaudeProxy.Hosting;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Demo;

/// <summary>A demo on a loopback port, its answers without their pauses. The fake backend checks what the simulated one receives.</summary>
internal sealed class DemoProxy : IAsyncDisposable
{
    private readonly DemoSession _session;
    private readonly ProxyHost _host;
    private readonly FakeBackend _rules;
    private readonly HttpClient _http;

    private DemoProxy(DemoSession session, ProxyHost host, FakeBackend rules)
    {
        _session = session;
        _host = host;
        _rules = rules;
        _http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public IReadOnlyList<Rejection> BrokenRules => _rules.Rejections;

    /// <summary>The Responses requests that came out of the proxy.</summary>
    public IReadOnlyList<ReceivedRequest> Upstream => _rules.Requests;

    public string DataDirectory => _session.DataDirectory;

    /// <param name="isFresh">As on the first day: two accounts, and nothing in the request log.</param>
    public static async Task<DemoProxy> StartAsync(bool isFresh = true)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        FakeBackend rules = await FakeBackend.StartAsync();
        SimulatedBackend backend = new(new HurriedTime(), isFresh);
        DemoSession session = await DemoSession.BeginAsync(new CheckedRequests(backend, rules), backend.Accounts, TimeProvider.System, isFresh, cancellation);
        ProxyOptions options = session.Redirect(new ProxyOptions { Port = 0 });
        ProxyHost host = await ProxyHost.StartAsync(options, session.ComposeAsync, TimeProvider.System, cancellation: cancellation);
        return new DemoProxy(session, host, rules);
    }

    public Task<HttpResponseMessage> PostAsync(string body) =>
        _http.PostAsync("/v1/messages", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    /// <summary>The message of an answer that is not streamed.</summary>
    public async Task<JsonElement> AskAsync(string messages, string more = "")
    {
        using HttpResponseMessage response = await PostAsync($$"""{"model":"gpt-5.5","max_tokens":4000,"messages":{{messages}}{{more}}}""");
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    public async Task<string> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach ((string name, string value) in headers) request.Headers.Add(name, value);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _rules.DisposeAsync();
        _session.Dispose();
    }
}
