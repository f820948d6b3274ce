using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.ClaudeCode;

/// <summary>The whole program beside a Claude Code whose settings lie in a directory of their own.</summary>
internal sealed class ClaudeScene : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-claude-");
    private readonly HttpMessageInvoker _http = Egress.Create(_ => null);
    private ProxyHost? _host;

    public HttpClient Client { get; private set; } = new();

    public TestLog Log { get; } = new();

    public string SettingsPath => Path.Combine(_directory.FullName, "claude", "settings.json");

    public string Address => _host!.Address.ToString().TrimEnd('/');

    public string Folder => _directory.FullName;

    /// <param name="settings">Null for no file.</param>
    public static async Task<ClaudeScene> StartAsync(string? settings, string? accessKey = null)
    {
        ClaudeScene scene = new();
        if (settings is not null) scene.Write(settings);
        ProxyOptions options = new()
        {
            Port = 0,
            DataDirectory = Path.Combine(scene.Folder, "data"),
            ApiKey = accessKey,
            // Nobody listens there, and nobody is signed in: the built-in list of models counts.
            ChatGptUrl = new Uri("http://127.0.0.1:9"),
        };
        ClaudeHome claude = new(Path.GetDirectoryName(scene.SettingsPath)!, SearchPath: scene.Folder);
        Surroundings around = new(scene._http, new CodexHome(Path.Combine(scene.Folder, "codex")), claude);
        scene._host = await ProxyHost.StartAsync(options, host => Composition.ComposeAsync(host, around), logs: scene.Log, cancellation: TestContext.Current.CancellationToken);
        scene.Client = new HttpClient { BaseAddress = scene._host.Address };
        if (accessKey is not null) scene.Client.DefaultRequestHeaders.Add("x-api-key", accessKey);
        return scene;
    }

    public string Read() => File.ReadAllText(SettingsPath);

    public void Write(string settings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SettingsPath)!);
        File.WriteAllText(SettingsPath, settings);
    }

    public async Task<JsonObject> GetAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path, TestContext.Current.CancellationToken))!.AsObject();

    public async Task<(int Status, JsonObject Answer)> PostAsync(string path, string body = "{}")
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        _http.Dispose();
        _directory.Delete(recursive: true);
    }
}
