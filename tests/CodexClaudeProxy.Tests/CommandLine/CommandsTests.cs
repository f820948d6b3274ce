using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class CommandsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");
    private readonly SignallingWriter _output = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    [InlineData("version")]
    public async Task The_version_is_printed(string argument)
    {
        Assert.Equal(0, await RunAsync(argument));
        Assert.Matches($@"^codex-claude-proxy {Regex.Escape(ProductVersion.Text)} \(([0-9a-f]{{8}}, )?{RuntimeInformation.RuntimeIdentifier}\)\n$", _output.ToString().ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("version")]
    public async Task The_version_is_told_to_programs(string argument)
    {
        Assert.Equal(0, await RunAsync(argument, "--json"));

        JsonNode told = JsonNode.Parse(_output.ToString())!;
        Assert.Equal(("codex-claude-proxy", ProductVersion.Text, RuntimeInformation.RuntimeIdentifier), ((string?)told["name"], (string?)told["version"], (string?)told["target"]));
        Assert.Matches("^[0-9a-f]{8}$", (string?)told["commit"] ?? "00000000");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    public async Task Help_lists_the_commands(string argument)
    {
        Assert.Equal(0, await RunAsync(argument));
        Assert.Contains("serve, start", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--help")]
    [InlineData("help", "start")]
    public async Task Help_of_a_command_lists_its_options(params string[] arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));
        Assert.Contains("--data-dir <directory>", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("--chatgpt-url", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("srve")]
    [InlineData("--prot", "1")]
    [InlineData("serve", "--port")]
    [InlineData("serve", "extra")]
    [InlineData("serve", "--port", "1", "--port", "2")]
    [InlineData("--port", "x")]
    [InlineData("start", "--host", "0.0.0.0")]
    [InlineData("--host", "0.0.0.0", "--api-key", "a")]
    public async Task Wrong_usage_is_one_line_and_code_2(params string[] arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        Assert.Equal("", _output.ToString());
    }

    [Theory]
    [InlineData("file", "accounts", "import", "")]
    [InlineData("file", "accounts", "import", "-", " ")]
    [InlineData("file", "backup", "", "--passphrase-file", "pw")]
    [InlineData("file", "restore", "", "--passphrase-file", "pw", "--yes")]
    [InlineData("--passphrase-file", "backup", "b", "--passphrase-file", "")]
    [InlineData("--passphrase-file", "restore", "b", "--yes", "--passphrase-file=")]
    [InlineData("--import", "login", "--import", "")]
    [InlineData("--import", "accounts", "add", "--import=")]
    [InlineData("--file", "keys", "generate", "--file", "")]
    [InlineData("--output", "accounts", "export", "a@x.com", "--output", "")]
    [InlineData("--data-dir", "accounts", "list", "--data-dir", "")]
    [InlineData("--data-dir", "statusline", "--data-dir", "")]
    [InlineData("--data-dir", "claude", "config", "show", "--data-dir", "")]
    [InlineData("--api-key-file", "--api-key-file", "")]
    [InlineData("--api-key-file", "doctor", "--api-key-file", "")]
    [InlineData("--log-file", "serve", "--log-file=")]
    [InlineData("--log-file", "service", "install", "--log-file", "")]
    [InlineData("--api-key-file", "run", "--api-key-file=", "claude")]
    public async Task An_empty_path_is_wrong_usage(string name, params string[] arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));
        Assert.StartsWith($"{name} must not be empty.", Assert.Single(_error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Theory]
    [InlineData(1, "{", "accounts", "--json")]
    [InlineData(1, "{", "claude", "config", "--json")]
    [InlineData(2, "{\"port\":70000}", "accounts", "list", "--json")]
    [InlineData(2, "{}", "accounts", "remove", "--json")]
    [InlineData(2, "{}", "claude", "config", "--port", "0", "--json")]
    public async Task What_a_program_reads_is_json_also_when_it_fails(int exitCode, string config, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "config.json"), config, TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, await RunAsync(arguments));
        using var told = System.Text.Json.JsonDocument.Parse(_output.ToString());
        Assert.False(told.RootElement.GetProperty("success").GetBoolean());
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task A_broken_config_file_is_one_line_and_code_1()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "config.json"), "{", TestContext.Current.CancellationToken);

        Assert.Equal(1, await RunAsync("serve"));
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_taken_port_is_one_line_and_code_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Assert.Equal(1, await RunAsync("--port", $"{port}"));
        Assert.StartsWith($"Port {port} on 127.0.0.1 is already in use by ", Assert.Single(_error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_second_start_says_that_the_proxy_already_runs()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        int port = proxy.Http.BaseAddress!.Port;

        Assert.Equal(1, await RunAsync("--port", $"{port}"));
        Assert.StartsWith($"codex-claude-proxy is already running at http://127.0.0.1:{port}", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTPS_PROXY", "ftp://proxy.example:21")]
    [InlineData("all_proxy", "quic://proxy.example")]
    [InlineData("HTTP_PROXY", "http://")]
    public async Task A_proxy_that_cannot_be_used_stops_the_start(string name, string value)
    {
        _variables[name] = value;

        Assert.Equal(2, await RunAsync("serve", "--port", "0"));
        Assert.StartsWith(name.ToUpperInvariant() + " ", Assert.Single(_error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_file_may_begin_with_a_byte_order_mark()
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory.FullName, "config.json"), [0xEF, 0xBB, 0xBF, .. "{\"port\":70000}"u8], TestContext.Current.CancellationToken);

        Assert.Equal(2, await RunAsync("serve"));
        Assert.Equal("port: 70000 is not between 0 and 65535.", _error.ToString().TrimEnd());
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_line_and_code_1()
    {
        Assert.Equal(1, await RunAsync("--host", "203.0.113.7", "--api-key", "0123456789abcdefghijkl", "--port", "0"));
        Assert.StartsWith("The proxy cannot start: ", Assert.Single(_error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--host", "0.0.0.0", "--api-key", "0123456789abcdefghijkl")]
    [InlineData("--public-url", "https://proxy.example.com")]
    [InlineData("--public-url", "https://proxy.example.com", "--log-format", "json")]
    public async Task What_can_be_reached_from_outside_says_so(params string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        Task<int> running = Commands.RunAsync([.. arguments, "--port", "0"], Terminal(), stop.Token);
        await _output.Contains("this program can be reached from outside");
        await stop.CancelAsync();

        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task A_generated_key_is_printed_or_put_into_a_file_of_its_own()
    {
        string file = Path.Combine(_directory.FullName, "keys", "key");

        Assert.Equal(0, await RunAsync("keys", "generate"));
        string printed = _output.ToString().Trim();
        Assert.Matches("^[A-Za-z0-9]{43}$", printed);
        Assert.False(AccessKey.IsWeak(printed));

        Assert.Equal(0, await RunAsync("keys", "generate", "--file", file));
        string kept = AccessKey.Read(file);
        Assert.Matches("^[A-Za-z0-9]{43}$", kept);
        Assert.NotEqual(printed, kept);
        Assert.DoesNotContain(kept, _output.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        Assert.Equal(1, await RunAsync("keys", "generate", "--file", file));
        Assert.Equal(kept, AccessKey.Read(file));
    }

    [Theory]
    [InlineData("serve", "--port", "0")]
    [InlineData("start", "--port=0")]
    [InlineData("--port", "0", "--host", "localhost")]
    [InlineData("--port:0")] // Not a plain form: read by the full parser.
    public async Task Serve_says_where_it_is_and_stops_cleanly(params string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        Task<int> running = Commands.RunAsync(arguments, Terminal(), stop.Token);
        await _output.Contains("export ANTHROPIC_BASE_URL=\"http://127.0.0.1:");
        await stop.CancelAsync();

        Assert.Equal(0, await running);
        string[] lines = _output.ToString().Split('\n');
        Assert.Equal($"codex-claude-proxy {ProductVersion.Text}", lines[0].TrimEnd());
        Match address = Regex.Match(lines[1], @"^  Address +http://127\.0\.0\.1:(\d+)");
        Assert.True(address.Success, lines[1]);
        // Another port than the usual one, where it would not be found.
        Assert.Contains($"codex-claude-proxy run --port {address.Groups[1].Value}\n", _output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal("", _error.ToString());
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task The_address_that_is_shown_can_be_used(string host)
    {
        using var stop = new CancellationTokenSource();
        Task<int> running = Commands.RunAsync(["serve", "--host", host, "--port", "0", "--api-key", "0123456789abcdefghijklmn"], Terminal(), stop.Token);
        await _output.Contains("export ANTHROPIC_BASE_URL=\"http://127.0.0.1:");
        await stop.CancelAsync();

        Assert.Equal(0, await running);
        Assert.DoesNotContain("//0.0.0.0", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("//[::]", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_json_format_everything_on_the_output_is_json()
    {
        using var stop = new CancellationTokenSource();
        Task<int> running = Commands.RunAsync(["--port", "0", "--log-format", "json"], Terminal(), stop.Token);
        await _output.Contains("Listening on http://127.0.0.1:");
        await stop.CancelAsync();

        Assert.Equal(0, await running);
        foreach (string line in _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            Assert.Equal(System.Text.Json.JsonValueKind.Object, System.Text.Json.JsonDocument.Parse(line).RootElement.ValueKind);
    }

    [Fact]
    public async Task In_a_journal_there_is_no_text_for_a_person()
    {
        using var stop = new CancellationTokenSource();
        Task<int> running = Commands.RunAsync(["--port", "0"], Terminal() with { Reader = ConsoleReader.Journal }, stop.Token);
        await _output.Contains("Listening on http://127.0.0.1:");
        await stop.CancelAsync();

        Assert.Equal(0, await running);
        Assert.All(_output.ToString().TrimEnd().Split('\n'), line => Assert.Matches("^<[3-7]>", line));
        Assert.DoesNotContain("export", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("<6>Accounts: none signed in yet", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_journal_the_reason_of_the_end_is_an_error()
    {
        Assert.Equal(2, await Commands.RunAsync(["--port", "x"], Terminal() with { Reader = ConsoleReader.Journal }, TestContext.Current.CancellationToken));
        Assert.Equal("<3>port: 'x' is not a whole number.", _error.ToString().TrimEnd());
    }

    private Task<int> RunAsync(params string[] arguments) => Commands.RunAsync(arguments, Terminal(), TestContext.Current.CancellationToken);

    private Terminal Terminal() => new(TextReader.Null, _output, _error, name => name == "CCP_DATA_DIR" ? _directory.FullName : _variables.GetValueOrDefault(name));
}
