using System.Net;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Tests.CommandLine;
using FakeCodex;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Tests.Login;

/// <summary>A terminal with the whole program behind it, a login server that plays by the real one's rules, and a browser.</summary>
internal sealed class LoginShell : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-login-");
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private readonly CancellationTokenSource _interrupt = new();

    private Terminal? _terminal;

    private LoginShell(FakeBackend backend) => Backend = backend;

    public FakeBackend Backend { get; }

    public FakeAuth Auth => Backend.Auth;

    public Dictionary<string, string> Environment { get; } = [];

    public TypedInput Input { get; } = new();

    public SignallingWriter Output { get; } = new();

    public SignallingWriter Errors { get; } = new();

    public bool IsInteractive { get; set; }

    /// <summary>Why no browser opens; null when one does.</summary>
    public string? NoBrowser { get; set; } = "nobody is there";

    /// <summary>What the browser was opened with.</summary>
    public TaskCompletionSource<string> Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string DataDirectory => Path.Combine(_directory.FullName, "data");

    public string CodexHome => Path.Combine(_directory.FullName, "codex");

    public AccountList Accounts
    {
        get
        {
            using AccountStore store = new(new DataDirectory(DataDirectory), TimeProvider.System, NullLogger<AccountStore>.Instance);
            return store.Read();
        }
    }

    public static async Task<LoginShell> StartAsync()
    {
        var shell = new LoginShell(await FakeBackend.StartAsync());
        Directory.CreateDirectory(shell.CodexHome);
        foreach ((string name, string value) in (IEnumerable<(string, string)>)
        [
            ("CCP_DATA_DIR", shell.DataDirectory), ("CODEX_HOME", shell.CodexHome), ("CCP_AUTH_URL", shell.Auth.Url),
            ("CCP_CHATGPT_URL", shell.Backend.Origin + "/backend-api"), ("CCP_LOGIN_PORTS", "0"), ("CCP_PORT", $"{LoginScene.FreePort()}"),
        ]) shell.Environment[name] = value;
        return shell;
    }

    public Task<int> RunAsync(params string[] arguments)
    {
        // One, as a process has: a line that nobody waits for any longer is read by the next.
        _terminal ??= new(Input, Output, Errors, name => Environment.GetValueOrDefault(name))
        {
            IsInteractive = IsInteractive,
            OpenBrowser = url =>
            {
                Opened.TrySetResult(url);
                return NoBrowser;
            },
        };
        return Commands.RunAsync(arguments, _terminal, _interrupt.Token);
    }

    /// <summary>Another process, with nothing printed yet.</summary>
    public void RestartAs(bool interactive)
    {
        (_terminal, IsInteractive) = (null, interactive);
        Output.Clear();
        Errors.Clear();
    }

    public Task InterruptAsync() => _interrupt.CancelAsync();

    /// <summary>The address on the output, once it is there.</summary>
    public async Task<string> AddressAsync()
    {
        await Output.Contains("code_challenge_method=S256");
        await Output.Contains("max_age=0");
        string text = Output.ToString();
        int start = text.IndexOf(Auth.Url + "/oauth/authorize?", StringComparison.Ordinal);
        return text[start..].Split('\n', '"')[0].Trim();
    }

    /// <summary>Opens the address as a browser does: to the login server, and back to where that sends it.</summary>
    public async Task<string> VisitAsync(string url)
    {
        using HttpResponseMessage response = await _browser.GetAsync(url, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Signs in on another machine: the address the browser ends at, where nobody answers.</summary>
    public static async Task<string> SignInElsewhereAsync(string url)
    {
        using HttpMessageInvoker browser = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using HttpResponseMessage response = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.AbsoluteUri;
    }

    public async ValueTask DisposeAsync()
    {
        await _interrupt.CancelAsync();
        Input.Dispose();
        _browser.Dispose();
        _interrupt.Dispose();
        await Backend.DisposeAsync();
        Output.Dispose();
        Errors.Dispose();
        _directory.Delete(recursive: true);
    }
}
