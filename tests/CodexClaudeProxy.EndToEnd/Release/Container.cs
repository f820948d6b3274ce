using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>
/// The image, built and run with podman: a read-only root, no capabilities, 128 MB. It shares this machine's network, since no network of its
/// own is needed for what is tested.
/// </summary>
[Trait("Stage", "container")]
public sealed class Container : IDisposable
{
    private const string Image = "localhost/codex-claude-proxy-test";
    private const string Key = "Zk3vQ8mTn5Rw7Yb2Lc9Xd4Jf6Hg1Ps0A";
    private const string Message = """{"model":"claude-sonnet-4-5","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"Hello"}]}""";

    // The limits at the end only keep podman from raising them, which a test machine may not be allowed to.
    private static readonly string[] Confined =
        ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges", "--memory=128m", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];

    private static readonly Lazy<Task<string>> Built = new(BuildOnceAsync);

    private static string StaticBinary => Needs.Path("CCP_STATIC_BINARY", "a static program (publish.sh --static)");

    private readonly ClientHome _home = new();
    private readonly List<string> _started = [];
    private readonly int _port = FreePort();

    public void Dispose()
    {
        foreach (string name in _started)
        {
            PodmanAsync("rm", "--force", "--time", "0", "--volumes", name).GetAwaiter().GetResult();
            PodmanAsync("volume", "rm", "--force", name).GetAwaiter().GetResult();
        }

        _home.Dispose();
    }

    [Fact]
    public async Task It_serves_and_says_that_it_is_well()
    {
        await BuildAsync();
        string name = await StartAsync("serve");

        Assert.Equal($"The proxy at http://127.0.0.1:{_port} answers.\n", await GoodAsync("exec", name, "/codex-claude-proxy", "health"));
        await HealthyAsync(name);

        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/accounts", TestContext.Current.CancellationToken)).StatusCode);
        http.DefaultRequestHeaders.Add("x-api-key", Key);
        Assert.Equal("/data/accounts.json", JsonElement.Parse(await http.GetStringAsync("/health", TestContext.Current.CancellationToken)).GetText("configPath"));

        JsonElement state = JsonElement.Parse(await GoodAsync("inspect", name))[0];
        Assert.Equal("65532:65532", state.GetProperty("Config").GetText("User"));
        Assert.True(state.GetProperty("HostConfig").GetProperty("ReadonlyRootfs").GetBoolean());
        Assert.Equal(128 * 1024 * 1024, state.GetProperty("HostConfig").GetProperty("Memory").GetInt64());
        // What is null here is a list without entries.
        Assert.Contains(state.GetProperty("EffectiveCaps").GetRawText(), new[] { "null", "[]" });
    }

    [Fact]
    public async Task It_streams_and_stops_before_it_would_be_killed()
    {
        await BuildAsync();
        string name = await StartAsync("demo");
        using HttpClient http = new();
        http.DefaultRequestHeaders.Add("x-api-key", Key);
        using StringContent body = new(Message, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync($"http://127.0.0.1:{_port}/v1/messages", body, TestContext.Current.CancellationToken);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await GoodAsync("stop", "--time", "10", name);

        Assert.Equal("0\n", await GoodAsync("inspect", "--format", "{{.State.ExitCode}}", name));
    }

    [Fact]
    public async Task Without_a_key_it_does_not_start()
    {
        await BuildAsync();

        ClientResult result = await PodmanAsync(["run", "--rm", "--network=host", .. Confined, Image]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("set an access key first", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_well_where_nothing_runs()
    {
        await BuildAsync();

        ClientResult result = await PodmanAsync(["run", "--rm", "--network=none", "--env", "CCP_API_KEY=" + Key, .. Confined, Image, "health"]);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Nothing listens at http://127.0.0.1:8081.", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_holds_the_program_and_certificates_and_nothing_else()
    {
        await BuildAsync();
        string name = (await GoodAsync("create", Image)).Trim();
        _started.Add(name);
        string archive = Path.Combine(_home.Folder, "root.tar");
        await GoodAsync("export", "--output", archive, name);

        List<string> files = [];
        await using FileStream stream = File.OpenRead(archive);
        await using System.Formats.Tar.TarReader tar = new(stream);
        while (await tar.GetNextEntryAsync(cancellationToken: TestContext.Current.CancellationToken) is { } entry)
        {
            if (entry.EntryType is System.Formats.Tar.TarEntryType.RegularFile or System.Formats.Tar.TarEntryType.V7RegularFile && entry.Length > 0) files.Add(entry.Name);
        }

        Assert.Equal(["codex-claude-proxy", "etc/ssl/certs/ca-certificates.crt"], files.Order(StringComparer.Ordinal));
    }

    /// <summary>The example does what the tests above prove, and no less.</summary>
    [Fact]
    public async Task The_example_for_Compose_confines_it_in_the_same_way()
    {
        string file = Path.Combine(Clients.Repository, "packaging", "compose.yaml");
        ClientResult yaml = await ClientProcess.RunAsync(Clients.Node, [Path.Combine(Clients.Folder, "scripts", "yaml.mjs"), file], _home, [], TestContext.Current.CancellationToken);
        JsonElement service = JsonElement.Parse(yaml.Output).GetProperty("services").GetProperty("codex-claude-proxy");

        Assert.True(service.GetProperty("read_only").GetBoolean());
        Assert.Equal("[\"ALL\"]", service.GetProperty("cap_drop").GetRawText());
        Assert.Equal("[\"no-new-privileges:true\"]", service.GetProperty("security_opt").GetRawText());
        Assert.Equal("128m", service.GetText("mem_limit"));
        Assert.Equal("127.0.0.1:8081:8081", service.GetProperty("ports")[0].GetString());
        Assert.Equal("data:/data", service.GetProperty("volumes")[0].GetString());
        Assert.StartsWith("${CCP_API_KEY:?", service.GetProperty("environment").GetText("CCP_API_KEY"), StringComparison.Ordinal);
    }

    /// <summary>As whoever watches over it: three failures in a row would be one too many.</summary>
    private async Task HealthyAsync(string name)
    {
        ClientResult result = await PodmanAsync("healthcheck", "run", name);
        for (int tries = 1; tries < 3 && result.ExitCode != 0; tries++) result = await PodmanAsync("healthcheck", "run", name);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static async Task BuildAsync()
    {
        _ = StaticBinary;
        Needs.Nothing(Script.IsInstalled("podman") ? null : "podman is not installed (Debian, Ubuntu: apt-get install podman runc)");
        await Built.Value;
    }

    /// <summary>By the script that everybody uses.</summary>
    private static async Task<string> BuildOnceAsync()
    {
        using ClientHome home = new();
        return await Script.OutputAsync(home, "scripts/image.sh", [StaticBinary, Image, "--quiet"], ("CONTAINER", "podman"));
    }

    private async Task<string> StartAsync(string command)
    {
        string name = $"ccp-test-{Guid.NewGuid():N}";
        _started.Add(name);
        await GoodAsync(["run", "--detach", "--name", name, "--network=host", "--volume", name + ":/data", "--env", "CCP_API_KEY=" + Key, "--env", $"CCP_PORT={_port}", .. Confined, Image, command]);
        using HttpClient http = new();
        for (int tries = 0; ; tries++)
        {
            try
            {
                await http.GetAsync($"http://127.0.0.1:{_port}/health", TestContext.Current.CancellationToken);
                return name;
            }
            catch (HttpRequestException) when (tries < 100)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
            catch (HttpRequestException)
            {
                Assert.Fail((await PodmanAsync("logs", name)).ToString());
            }
        }
    }

    private async Task<string> GoodAsync(params string[] arguments)
    {
        ClientResult result = await PodmanAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    /// <summary>With runc, which also knows systems where the two versions of control groups are mixed.</summary>
    private Task<ClientResult> PodmanAsync(params string[] arguments) => ClientProcess.RunAsync("podman", ["--runtime=runc", .. arguments], _home, [], CancellationToken.None);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
