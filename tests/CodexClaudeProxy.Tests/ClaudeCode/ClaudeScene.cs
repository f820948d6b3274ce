using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Store;
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

    /// <summary>The backend's list as it was fetched last.</summary>
    private const string Models = """
        {"etag":"e","catalogue":{"models":[
          {"slug":"gpt-6.1-sol","display_name":"GPT-6.1-Sol","visibility":"list","priority":1,"context_window":272000},
          {"slug":"gpt-6.1-terra","display_name":"GPT-6.1 Terra","visibility":"list","priority":2,"context_window":500000},
          {"slug":"gpt-6-luna","display_name":"GPT-6-Luna","visibility":"list","priority":3,"context_window":272000},
          {"slug":"gpt-5.5","display_name":"gpt-5.5","visibility":"list","priority":4,"context_window":272000}]}}
        """;

    /// <param name="settings">Null for no file.</param>
    /// <param name="knowsModels">Whether the plan's models have ever been fetched.</param>
    /// <param name="proxySettings">What our own settings hold.</param>
    /// <param name="variable">Reads the environment of the proxy; null for an empty one.</param>
    public static async Task<ClaudeScene> StartAsync(string? settings, string? accessKey = null, bool knowsModels = true, string? proxySettings = null, Func<string, string?>? variable = null)
    {
        ClaudeScene scene = new();
        Directory.CreateDirectory(Path.Combine(scene.Folder, "data"));
        if (knowsModels) await File.WriteAllTextAsync(Path.Combine(scene.Folder, "data", "models.json"), Models, TestContext.Current.CancellationToken);
        if (proxySettings is not null) await File.WriteAllTextAsync(Path.Combine(scene.Folder, "data", "settings.json"), proxySettings, TestContext.Current.CancellationToken);
        if (settings is not null) scene.Write(settings);
        ProxyOptions options = new()
        {
            Port = 0,
            DataDirectory = Path.Combine(scene.Folder, "data"),
            ApiKey = accessKey,
            // Nobody listens there, and nobody is signed in.
            ChatGptUrl = new Uri("http://127.0.0.1:9"),
        };
        ClaudeHome claude = new(Path.GetDirectoryName(scene.SettingsPath)!, SearchPath: scene.Folder);
        Surroundings around = new(scene._http, new CodexHome(Path.Combine(scene.Folder, "codex")), claude) { Variable = variable ?? (_ => null) };
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
