using System.Text.Json.Nodes;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Tests.ClaudeCode;
using CodexClaudeProxy.Tests.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Tests.Keys;

/// <summary>What the checks and <c>run</c> say where clients have keys.</summary>
public sealed class KeyDoctorTests : IDisposable
{
    private const string OwnersKey = "the-access-key-of-this-proxy-0123456789";

    private readonly ClaudeShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(null, null, false, "ok", "1 for clients; from this machine the proxy is managed without a key")]
    [InlineData(OwnersKey, null, false, "ok", "1 for clients, beside the owner's access key")]
    [InlineData(OwnersKey, "https://ccp.example.com", false, "ok", "1 for clients, beside the owner's access key")]
    [InlineData(null, null, true, "fail", "keys.json cannot be read, so no client's key is accepted")]
    public async Task The_keys_are_examined(string? owner, string? shown, bool isDamaged, string status, string detail)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: options => options with { ApiKey = owner, PublicUrl = shown is null ? null : new Uri(shown) });
        await AddAsync(proxy.DataDirectory);
        if (isDamaged) await File.WriteAllTextAsync(Path.Combine(proxy.DataDirectory, "keys.json"), "{", TestContext.Current.CancellationToken);

        JsonObject[] checks = await ChecksAsync(proxy, owner);

        JsonObject found = checks.Single(static check => (string)check["id"]! == "keys");
        Assert.Equal((status, detail), ((string)found["status"]!, (string)found["detail"]!));
        // With the owner's key, or not at all: a refusal would look like a fault.
        Assert.Equal(owner is null ? "skipped" : "ok", (string)checks.Single(static check => (string)check["id"]! == "request")["status"]!);
    }

    [Fact]
    public async Task Without_keys_there_is_nothing_to_examine()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        Assert.DoesNotContain(await ChecksAsync(proxy, null), static check => (string)check["id"]! == "keys");
    }

    [Fact]
    public async Task A_proxy_that_is_reached_from_outside_without_an_owners_key_is_warned_of()
    {
        string directory = Path.Combine(_shell.Home, "data");
        await AddAsync(directory);
        _shell.Variables["CCP_DATA_DIR"] = directory;
        _shell.Variables["CCP_PUBLIC_URL"] = "https://ccp.example.com";
        _shell.Variables["CCP_PORT"] = "1";
        _shell.Variables["CCP_CHATGPT_URL"] = _shell.Variables["CCP_AUTH_URL"] = "http://127.0.0.1:1";

        await _shell.RunAsync("doctor", "--json");

        JsonObject found = JsonNode.Parse(_shell.Output)!["checks"]!.AsArray().Select(static check => check!.AsObject()).Single(static check => (string)check["id"]! == "keys");
        Assert.Equal("warn", (string)found["status"]!);
        Assert.Contains("--api-key-file", (string)found["fix"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Run_takes_a_clients_key_and_asks_for_one(bool hasKey, int code)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        string key = await AddAsync(proxy.DataDirectory);
        _shell.Variables["CCP_DATA_DIR"] = proxy.DataDirectory;
        _shell.Variables["CCP_PORT"] = $"{proxy.Client.BaseAddress!.Port}";
        _shell.Variables["PATH"] = Environment.GetEnvironmentVariable("PATH")!;
        if (hasKey) _shell.Variables["CCP_API_KEY"] = key;

        Assert.Equal(code, await _shell.RunAsync("run", "--", "true"));

        if (!hasKey) Assert.Contains("need a key; make one with codex-claude-proxy keys add", _shell.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> AddAsync(string directory)
    {
        string key = KeyText.GenerateForClient();
        using ClientKeys keys = new(directory, TimeProvider.System, NullLogger.Instance);
        await keys.AddAsync(key, static one => one with { Name = "laptop" }, TestContext.Current.CancellationToken);
        return key;
    }

    private static async Task<JsonObject[]> ChecksAsync(RunningProxy proxy, string? owner)
    {
        using HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/api/doctor", """{"request":true}""", owner is null ? [] : [("x-api-key", owner)]);
        return [.. (await RunningProxy.JsonOf(answer))["checks"]!.AsArray().Select(static check => check!.AsObject())];
    }
}
