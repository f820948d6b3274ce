using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class HealthCommandTests : IDisposable
{
    private const string Key = "0123456789abcdefghijklmn";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_running_proxy_is_well()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        string address = $"http://127.0.0.1:{proxy.Address.Port}";

        Assert.Equal(0, await AskAsync(proxy.Address.Port));
        Assert.Equal($"The proxy at {address} answers.\n", _output.ToString());
        Assert.Equal("", _error.ToString());
    }

    /// <summary>As in a container: the address and the file of the key come from the environment.</summary>
    [Fact]
    public async Task A_proxy_that_listens_everywhere_is_asked_on_this_machine()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { Host = "0.0.0.0", ApiKey = Key });
        _variables["CCP_HOST"] = "0.0.0.0";
        _variables["CCP_PORT"] = $"{proxy.Address.Port}";
        _variables["CCP_API_KEY_FILE"] = Path.Combine(_directory.FullName, "key");
        await File.WriteAllTextAsync(_variables["CCP_API_KEY_FILE"], Key, TestContext.Current.CancellationToken);

        Assert.Equal(0, await AskAsync());
        Assert.Equal($"The proxy at http://127.0.0.1:{proxy.Address.Port} answers.\n", _output.ToString());
    }

    [Fact]
    public async Task Another_key_does_not_make_it_unwell()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = Key });

        Assert.Equal(0, await AskAsync(proxy.Address.Port));
        Assert.EndsWith("requires another access key.\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_listens_that_is_said()
    {
        int port;
        using (TcpListener closed = new(IPAddress.Loopback, 0))
        {
            closed.Start();
            port = ((IPEndPoint)closed.LocalEndpoint).Port;
        }

        Assert.Equal(1, await Commands.RunAsync(["health", "--port", $"{port}"], Terminal(), TestContext.Current.CancellationToken));
        Assert.Equal($"Nothing listens at http://127.0.0.1:{port}.\n", _error.ToString());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Another_program_on_the_port_is_not_the_proxy()
    {
        await using TestProxy stranger = await TestProxy.StartAsync(compose: _ => new Routes().Get("/", static http => http.Response.WriteAsync("{}")));

        Assert.Equal(1, await AskAsync(stranger.Address.Port, asJson: true));
        JsonElement answer = JsonElement.Parse(_output.ToString());
        Assert.False(answer.GetProperty("success").GetBoolean());
        Assert.Contains("does not answer as a running codex-claude-proxy does", answer.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_the_system_chose_cannot_be_known()
    {
        _variables["CCP_PORT"] = "0";

        Assert.Equal(2, await AskAsync());
        Assert.StartsWith("port: 0 is a port that the system chooses", _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>It accepts connections, and that is all.</summary>
    [Fact]
    public async Task Who_waits_for_no_answer_is_not_kept_for_long()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;

        Dictionary<string, string> flags = new() { ["port"] = $"{port}" };
        Assert.Equal(1, await HealthCommand.RunAsync(flags, asJson: false, TimeSpan.FromMilliseconds(100), Terminal(), TestContext.Current.CancellationToken));
        Assert.Equal($"The proxy at http://127.0.0.1:{port} has not answered within 0.1 seconds.\n", _error.ToString());
    }

    /// <summary>With more patience than the command has: this machine may have much to do.</summary>
    private Task<int> AskAsync(int? port = null, bool asJson = false) => HealthCommand.RunAsync(
        port is null ? new Dictionary<string, string>() : new() { ["port"] = $"{port}" }, asJson, TimeSpan.FromMinutes(1), Terminal(), TestContext.Current.CancellationToken);

    private Terminal Terminal() => new(TextReader.Null, _output, _error, name => name == "CCP_DATA_DIR" ? _directory.FullName : _variables.GetValueOrDefault(name));
}
